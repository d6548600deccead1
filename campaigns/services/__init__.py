"""The verbs: open a campaign, add an offer, claim, redeem, expire. Steps: they want the caller's transaction."""

from campaigns.services.claims import claim
from campaigns.services.expiry import expire_due
from campaigns.services.offers import add_offer, open_campaign
from campaigns.services.redemptions import redeem

__all__ = ["add_offer", "claim", "expire_due", "open_campaign", "redeem"]
