"""Campaigns, offers, vouchers and redemptions, and the ledger accounts that their value moves between."""

from campaigns.models.accounts import (
    ADJUSTMENTS,
    PAID_OUT,
    REDEEMED_POINTS,
    campaign_account,
    campaign_programme,
    funding_account,
    merchant_account,
    outstanding_account,
    payable_account,
    programme_of,
)
from campaigns.models.campaigns import Campaign, Offer
from campaigns.models.challenges import Challenge, Completion
from campaigns.models.draws import Draw, Entry, Win
from campaigns.models.drops import Drop, Ticket
from campaigns.models.grants import Grant, GrantLine, GrantUse
from campaigns.models.money import DayUse, MoneyChange, SpanUse
from campaigns.models.offline import LOSS_OFFLINE, OfflineAllowance, OfflineEntry, OfflineShown, escrow_account
from campaigns.models.redemptions import Hold, Redemption, Return
from campaigns.models.settlement import Adjustment, LineHold, PaymentFile, PaymentRow, Statement, StatementLine
from campaigns.models.slips import Slip
from campaigns.models.terms import OfferTerms
from campaigns.models.vouchers import ClaimUse, Voucher

__all__ = [
    "ADJUSTMENTS",
    "LOSS_OFFLINE",
    "PAID_OUT",
    "REDEEMED_POINTS",
    "Adjustment",
    "Campaign",
    "Challenge",
    "ClaimUse",
    "Completion",
    "DayUse",
    "Draw",
    "Drop",
    "Entry",
    "Grant",
    "GrantLine",
    "GrantUse",
    "Hold",
    "LineHold",
    "MoneyChange",
    "Offer",
    "OfferTerms",
    "OfflineAllowance",
    "OfflineEntry",
    "OfflineShown",
    "PaymentFile",
    "PaymentRow",
    "Redemption",
    "Return",
    "Slip",
    "SpanUse",
    "Statement",
    "StatementLine",
    "Ticket",
    "Voucher",
    "Win",
    "campaign_account",
    "campaign_programme",
    "escrow_account",
    "funding_account",
    "merchant_account",
    "outstanding_account",
    "payable_account",
    "programme_of",
]
