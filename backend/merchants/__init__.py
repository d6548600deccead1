"""Merchants and their stores: who may take vouchers, and where."""
