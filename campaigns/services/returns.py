"""Returns: money back to the payer, and by the offer's terms the voucher or its money back too.

Order of the rows: the voucher, the resident's points, new rows, the offer's budget. Of two returns of one redemption
that saw the same sums one is written: their number is unique. The other undoes what it did and is told what is left.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from backend.accounts.models import User
from backend.audit import services as audit
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.earning import services as earning
from backend.edge import live
from backend.ledger import queries as books
from backend.ledger import services as ledger
from backend.ledger.errors import Overdraft
from backend.merchants import queries as merchants
from backend.webhooks import services as webhooks
from backend.webhooks.rules import Data
from backend.webhooks.types import EventType
from campaigns import errors, rules
from campaigns.models import (
    Redemption,
    Return,
    Voucher,
    campaign_account,
    merchant_account,
    outstanding_account,
)
from campaigns.models.terms import value_of
from campaigns.services.notices import tell_returned
from campaigns.types import Paid, Refund, TransferCode, UseTerms, VoucherStatus


def give_back(*, by: User, redemption_id: UUID, refund_fen: int, reference: str = "", now: datetime) -> Return:
    """Books that the store gave `refund_fen` of a redemption's payment back to the payer.

    `reference` is the store's own number of the refund: the same one with the same amount answers the same return.
    The merchant's account may go below zero; settlement claws it back. Raises NotFound, Forbidden,
    RefundExceedsPayment, RefundEmpty, RefundReferenceUsed or RefundChanged.
    """
    require_transaction()
    redemption = _redemption(by, redemption_id)
    earlier = _earlier(redemption)
    repeat = _repeat(earlier, refund_fen, reference)
    if repeat is not None:
        return repeat
    made = _drawn_up(redemption, earlier, by=by, refund_fen=refund_fen, reference=reference, now=now)
    effect = _effect(redemption, earlier, refund_fen, now)
    made.restores = effect.restores and _restore(redemption, now)
    made.returned_discount_fen = effect.returned_fen
    made.returned_fen = made.returned_fen + effect.returned_fen
    made.points_back = _points_back(redemption, made, effect, now)
    _move_money(made, redemption, now)
    made.refilled_fen = _refill(redemption, made, now) if made.restores else 0
    _write(made, redemption, refund_fen, now)
    audit.record(by=by.pk, action="campaigns.return", subject=made.pk, now=now, redemption=str(redemption.pk))
    told: Data = {"voucher": str(redemption.voucher_id), "redemption": str(redemption.pk), "refund_fen": refund_fen}
    webhooks.publish(type=EventType.VOUCHER_RETURNED, subject=made.pk, data=told, now=now)
    _tell(made, redemption.voucher, by)
    tell_returned(made, redemption.voucher, now)
    return made


def _redemption(by: User, redemption_id: UUID) -> Redemption:
    """A redemption of a store at whose counter `by` works. A suspended merchant may still give money back."""
    rows = Redemption.objects.select_related("voucher__offer", "voucher__use_terms", "store__merchant")
    redemption = rows.filter(pk=redemption_id).first()
    if redemption is None:
        raise NotFound
    merchants.counter_store(by, redemption.store_id)
    return redemption


def _earlier(redemption: Redemption) -> list[Return]:
    return list(Return.objects.filter(redemption=redemption).order_by("number"))


def _repeat(earlier: list[Return], refund_fen: int, reference: str) -> Return | None:
    named = next((each for each in earlier if reference and each.reference == reference), None)
    if named is not None and named.refund_fen != refund_fen:
        raise errors.RefundReferenceUsed(reference=reference)
    return named


def _drawn_up(
    redemption: Redemption, earlier: list[Return], *, by: User, refund_fen: int, reference: str, now: datetime
) -> Return:
    """The return, not yet written, with the sums before it and its own refund."""
    last = earlier[-1] if earlier else None
    return Return(
        redemption=redemption,
        number=_number_after(earlier),
        counter_id=by.pk,
        refund_fen=refund_fen,
        refunded_fen=(last.refunded_fen if last else 0) + refund_fen,
        returned_fen=last.returned_fen if last else 0,
        reference=reference,
        at=now,
    )


def _number_after(earlier: list[Return]) -> int:
    return len(earlier) + 1


def _effect(redemption: Redemption, earlier: list[Return], refund_fen: int, now: datetime) -> Refund:
    last = earlier[-1] if earlier else None
    paid = Paid(
        payable_fen=redemption.payable_fen,
        discount_fen=redemption.discount_fen,
        refunded_fen=last.refunded_fen if last else 0,
        returned_fen=last.returned_fen if last else 0,
    )
    valid = now < redemption.voucher.expires_at
    return rules.refund(_terms(redemption), paid, refund_fen=refund_fen, valid=valid)


def _terms(redemption: Redemption) -> UseTerms:
    return value_of(redemption.voucher.use_terms)


def _restore(redemption: Redemption, now: datetime) -> bool:
    """The guard: one statement puts the discount back on the voucher, with its old expiry.

    Not where the voucher has ended, nor where it would be worth more than its face: then another return was faster,
    and the number of this one will be taken.
    """
    room = F("face_value_fen") - redemption.discount_fen
    alive = Voucher.objects.filter(pk=redemption.voucher_id, expires_at__gt=now, remaining_fen__lte=room).exclude(
        status=VoucherStatus.EXPIRED.value
    )
    after = F("remaining_fen") + redemption.discount_fen
    return bool(alive.update(status=VoucherStatus.CLAIMED.value, remaining_fen=after))


def _points_back(redemption: Redemption, made: Return, effect: Refund, now: datetime) -> int:
    """The points that the voucher cost, with their old expiry, where a full refund cannot return the voucher."""
    voucher, terms = redemption.voucher, _terms(redemption)
    if made.restores or not effect.full or not terms.points_back:
        return 0
    points = rules.points_for(terms, voucher.points_paid, redemption.discount_fen, voucher.face_value_fen)
    if not points:
        return 0
    paid = books.transfer(f"claim:{voucher.pk}:points")
    ledger.reverse(
        transfer_id=paid.pk, amount=points, reference=f"return:{made.pk}:points", event_id=made.pk,
        code=TransferCode.POINTS_BACK, now=now,
    )  # fmt: skip
    earning.tell_balance(resident_id=voucher.resident_id)
    return points


def _move_money(made: Return, redemption: Redemption, now: datetime) -> None:
    """The discount leaves the merchant: for the voucher, or for the programme that paid for it."""
    if not made.returned_discount_fen:
        return
    offer_id = redemption.voucher.offer_id
    ledger.post(
        debit=merchant_account(redemption.store.merchant_id),
        credit=outstanding_account(offer_id) if made.restores else campaign_account(offer_id),
        amount=made.returned_discount_fen,
        code=TransferCode.RETURN,
        reference=f"return:{made.pk}",
        event_id=made.pk,
        now=now,
        memo={"redemption": str(redemption.pk)},
    )


def _refill(redemption: Redemption, made: Return, now: datetime) -> int:
    """Sets aside again what the redemption had released, so that the voucher is worth what it was.

    Where the programme's money is used up meanwhile, the voucher comes back with what the merchant gave back.
    """
    wanted, offer_id = redemption.released_fen, redemption.voucher.offer_id
    if not wanted:
        return 0
    try:
        ledger.post(
            debit=campaign_account(offer_id), credit=outstanding_account(offer_id), amount=wanted,
            code=TransferCode.REFILL, reference=f"return:{made.pk}:refill", event_id=made.pk, now=now,
        )  # fmt: skip
    except Overdraft:
        return 0
    Voucher.objects.filter(pk=redemption.voucher_id).update(remaining_fen=F("remaining_fen") + wanted)
    return wanted


def _write(made: Return, redemption: Redemption, refund_fen: int, now: datetime) -> None:
    """The guard: of two returns with one number the second is told what the first has left."""
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        _effect(redemption, _earlier(redemption), refund_fen, now)
        raise errors.RefundChanged from None


def _tell(made: Return, voucher: Voucher, by: User) -> None:
    """Both screens; the resident's voucher only where it changed."""
    event = {
        "type": "return",
        "id": str(made.pk),
        "redemption": str(made.redemption_id),
        "voucher": str(voucher.pk),
        "refund_fen": made.refund_fen,
        "returned_discount_fen": made.returned_discount_fen,
        "voucher_returned": made.restores,
    }
    if made.restores:
        told = {"type": "voucher", "id": str(voucher.pk), "status": VoucherStatus.CLAIMED.value, "returned": True}
        live.push(voucher.resident_id, told)
    for person in {voucher.resident_id, by.pk}:
        live.push(person, event)
