"""Campaigns, offers, vouchers and their redemption: city money handed to people through shops."""
