"""What a refund does with a voucher and its money, by the offer's terms."""

from campaigns.errors import RefundEmpty, RefundExceedsPayment
from campaigns.types import Paid, PartialRefund, Refund, UseTerms, VoucherKind


def refund(terms: UseTerms, paid: Paid, *, refund_fen: int, valid: bool) -> Refund:
    """The effect of giving `refund_fen` of a payment back to the payer.

    `valid`: the voucher's time is not over. Only one refund of everything at once can return the voucher: after a
    partial one its money is on its way already. Raises RefundExceedsPayment, or RefundEmpty for a refund of nothing.
    """
    open_fen = paid.payable_fen - paid.refunded_fen
    nothing_left = not open_fen and paid.returned_fen == paid.discount_fen
    if refund_fen > open_fen or nothing_left:
        raise RefundExceedsPayment(refundable_fen=open_fen)
    if not refund_fen and open_fen:
        raise RefundEmpty(refundable_fen=open_fen)
    full = refund_fen == open_fen
    untouched = not paid.refunded_fen and not paid.returned_fen
    restores = full and untouched and valid and terms.full_refund_restores
    target = _returned_by(terms, paid, paid.refunded_fen + refund_fen)
    return Refund(returned_fen=target - paid.returned_fen, restores=restores, full=full and untouched)


def points_for(terms: UseTerms, points_paid: int, discount_fen: int, face_value_fen: int) -> int:
    """The points that a use of the voucher stands for: all that it cost, or of one used in parts this part's share.

    A share is rounded down, so that the parts together never pass what was paid.
    """
    if terms.kind is not VoucherKind.MULTI_USE:
        return points_paid
    return points_paid * discount_fen // face_value_fen


def _returned_by(terms: UseTerms, paid: Paid, refunded_fen: int) -> int:
    """How much of the voucher's money is back once `refunded_fen` of the payment is: all at the end, to the fen."""
    if terms.partial_refund is PartialRefund.FORFEIT or refunded_fen == paid.payable_fen:
        return paid.discount_fen
    return paid.discount_fen * refunded_fen // paid.payable_fen
