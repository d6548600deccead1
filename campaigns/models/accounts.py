"""The ledger's names for the accounts of a campaign.

Money goes treasury → campaign → offer → outstanding → merchant. The first two are budgets, which can never be
overspent; the others are open: what they hold is what the journal says, so none of them is a row that every claim or
redemption waits for, and a clawback may take a merchant below zero.
"""

from uuid import UUID

from backend.ledger.types import AccountRef, Asset, Kind, budget_account

REDEEMED_POINTS = AccountRef(Asset.POINT, "redeemed-points", Kind.OPEN)


def campaign_programme(campaign_id: UUID) -> str:
    """The ledger's name for a campaign's budget."""
    return f"campaign:{campaign_id}"


def funding_account(campaign_id: UUID) -> AccountRef:
    """What of a campaign's budget is not allotted to an offer."""
    return budget_account(campaign_programme(campaign_id), Asset.FEN)


def programme_of(offer_id: UUID) -> str:
    """The ledger's name for an offer's budget."""
    return f"offer:{offer_id}"


def campaign_account(offer_id: UUID) -> AccountRef:
    """The offer's budget: what is allotted to it, and not promised by a voucher."""
    return budget_account(programme_of(offer_id), Asset.FEN)


def outstanding_account(offer_id: UUID) -> AccountRef:
    """Money promised to residents by vouchers that are neither redeemed nor expired."""
    return AccountRef(Asset.FEN, f"voucher-outstanding:{offer_id}", Kind.OPEN)


def merchant_account(merchant_id: UUID) -> AccountRef:
    """Money due to a merchant."""
    return AccountRef(Asset.FEN, f"merchant:{merchant_id}", Kind.OPEN)


ADJUSTMENTS = AccountRef(Asset.FEN, "settlement-adjustments", Kind.OPEN)  # what corrections cost or brought back
PAID_OUT = AccountRef(Asset.FEN, "settlement-paid-out", Kind.OPEN)  # what has left for merchants' banks


def payable_account(merchant_id: UUID) -> AccountRef:
    """Money of approved statements that the bank has not paid yet."""
    return AccountRef(Asset.FEN, f"payable:{merchant_id}", Kind.OPEN)
