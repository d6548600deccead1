"""When an offer is open, how long a voucher lives, what it takes off a bill. Pure; intervals are half-open.

Times that a refusal shows are shown in the zone in which the caller gives them.
"""

from datetime import datetime, timedelta

from campaigns.errors import (
    BelowMinimumSpend,
    OfferEnded,
    OfferNotYetOpen,
    OfferOutsideCampaign,
    VoucherAlreadyRedeemed,
    VoucherExpired,
)
from campaigns.types import Discount, VoucherStatus

MAX_VALID_DAYS = 366
MAX_BILL_FEN = 100_000_000  # one million yuan: above it, a slip of the finger
MAX_ORDER_NO_CHARS = 64


def require_open(*, starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Passes within [starts_at, ends_at); raises OfferNotYetOpen or OfferEnded."""
    if now < starts_at:
        raise OfferNotYetOpen(opens_at=starts_at)
    if now >= ends_at:
        raise OfferEnded(ended_at=ends_at)


def require_within(*, starts_at: datetime, ends_at: datetime, campaign: tuple[datetime, datetime]) -> None:
    """An offer lies within its campaign; raises OfferOutsideCampaign."""
    if not campaign[0] <= starts_at < ends_at <= campaign[1]:
        raise OfferOutsideCampaign(starts_at=campaign[0], ends_at=campaign[1])


def expiry_of(*, claimed_at: datetime, valid_days: int) -> datetime:
    """The first instant at which a voucher is worth nothing: days of 24 hours from the claim."""
    return claimed_at + timedelta(days=valid_days)


def status_at(*, status: str, expires_at: datetime, now: datetime) -> VoucherStatus:
    """The status as people see it: a claimed voucher past its time is expired, also before the books say so."""
    due = status == VoucherStatus.CLAIMED and expires_at <= now
    return VoucherStatus.EXPIRED if due else VoucherStatus(status)


def require_usable(*, status: str, expires_at: datetime, now: datetime) -> None:
    """Passes for a voucher that a counter would take; raises VoucherAlreadyRedeemed or VoucherExpired."""
    match status_at(status=status, expires_at=expires_at, now=now):
        case VoucherStatus.REDEEMED:
            raise VoucherAlreadyRedeemed
        case VoucherStatus.EXPIRED:
            raise VoucherExpired(expired_at=expires_at)
        case VoucherStatus.CLAIMED:
            return


def discount_on(*, bill_fen: int, face_value_fen: int, min_spend_fen: int) -> Discount:
    """The whole face value off a bill that reaches the minimum; raises BelowMinimumSpend.

    The minimum is never below the face value (a constraint of both rows), so no change is due and no value is lost.
    """
    if bill_fen < min_spend_fen:
        raise BelowMinimumSpend(min_spend_fen=min_spend_fen, missing_fen=min_spend_fen - bill_fen)
    return Discount(discount_fen=face_value_fen, payable_fen=bill_fen - face_value_fen)
