"""Whether a voucher can be used, and what it takes off a bill."""

from datetime import datetime

from campaigns import errors
from campaigns.types import Bill, Quote, UseTerms, VoucherKind, VoucherStatus, VoucherValue

MAX_BILL_FEN = 100_000_000  # one million yuan: above it, a slip of the finger
MAX_BILL_ITEMS = 100
MAX_ORDER_NO_CHARS = 64
MAX_NAME_CHARS = 40  # of a category of goods, or of an item on a bill
MAX_PER_PAYMENT = 20
WHOLE_BP = 10_000


def status_at(*, status: str, expires_at: datetime, now: datetime) -> VoucherStatus:
    """The status as people see it: a claimed voucher past its time is expired, also before the books say so."""
    due = status == VoucherStatus.CLAIMED and expires_at <= now
    return VoucherStatus.EXPIRED if due else VoucherStatus(status)


def require_usable(*, status: str, expires_at: datetime, now: datetime) -> None:
    """Passes for a voucher that a counter would take; raises VoucherAlreadyRedeemed or VoucherExpired."""
    match status_at(status=status, expires_at=expires_at, now=now):
        case VoucherStatus.REDEEMED:
            raise errors.VoucherAlreadyRedeemed
        case VoucherStatus.EXPIRED:
            raise errors.VoucherExpired(expired_at=expires_at)
        case VoucherStatus.CLAIMED:
            return


def require_category(terms: UseTerms, bill: Bill) -> None:
    """Passes for a bill of goods that the voucher is for; raises WrongCategory."""
    if terms.categories and bill.category not in terms.categories:
        raise errors.WrongCategory(categories=list(terms.categories))


def quote(terms: UseTerms, value: VoucherValue, bill: Bill) -> Quote:
    """What the voucher takes off the bill, and where the rest of its money goes.

    Never more than is set aside for it, never more than the bill, never nothing. Raises GiftNotOnBill or
    BelowMinimumSpend, with what is missing.
    """
    least = _least_bill(terms, value)
    gift = _gift_on(terms, bill)
    if bill.fen < least:
        raise errors.BelowMinimumSpend(min_spend_fen=least, missing_fen=least - bill.fen)
    worth = {
        VoucherKind.PERCENTAGE: bill.fen * terms.percent_off_bp // WHOLE_BP,
        VoucherKind.GIFT: gift,
    }.get(terms.kind, value.remaining_fen)
    discount = min(worth, value.remaining_fen, bill.fen)
    rest = value.remaining_fen - discount
    left = rest if terms.kind is VoucherKind.MULTI_USE else 0
    return Quote(discount_fen=discount, payable_fen=bill.fen - discount, released_fen=rest - left, left_fen=left)


def _least_bill(terms: UseTerms, value: VoucherValue) -> int:
    """The smallest bill that counts: the minimum, and what makes a percentage one fen."""
    one_fen = -(-WHOLE_BP // terms.percent_off_bp) if terms.kind is VoucherKind.PERCENTAGE else 1
    return max(value.min_spend_fen, one_fen)


def _gift_on(terms: UseTerms, bill: Bill) -> int:
    """The price of the gift on the bill, the dearest where there are several; 0 for other kinds."""
    if terms.kind is not VoucherKind.GIFT:
        return 0
    prices = [item.price_fen for item in bill.items if item.name == terms.gift_item]
    if not prices:
        raise errors.GiftNotOnBill(item=terms.gift_item)
    return max(prices)


def stack_of(terms: UseTerms, offer: object) -> str:
    """Vouchers of one stack may share a payment: those of one offer, or all that combine by the same number."""
    return f"any:{terms.per_payment}" if terms.combines else f"{offer}:{terms.per_payment}"
