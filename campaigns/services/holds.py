"""Previewing a redemption, and keeping a voucher for it while the customer pays.

A preview makes every check that the redemption makes and moves nothing. A hold goes further: one guarded statement
marks the voucher as kept for this counter's payment, so that no other counter takes it meanwhile. Its end is a time
that every guard compares; a hold that is forgotten costs nobody anything.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from backend.accounts.models import User
from backend.audit import services as audit
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.edge import live
from backend.tokens.types import Purpose, Token
from campaigns import errors
from campaigns.models import Hold, Redemption, Voucher
from campaigns.services import presented, quotes, redemptions
from campaigns.services.presented import Shown
from campaigns.services.quotes import Payment
from campaigns.types import Bill, BillItem, Quote, VoucherStatus

HOLD = timedelta(minutes=3)  # to pay at a counter; a code lives one to two


@dataclass(frozen=True)
class Preview:
    """What a redemption would do, and the hold that keeps the voucher for it, if one was asked for."""

    voucher: Voucher
    bill_fen: int
    quote: Quote
    hold: Hold | None = None


def preview(
    *,
    by: User,
    code: str,
    bill_fen: int,
    order_no: str,
    category: str = "",
    items: tuple[BillItem, ...] = (),
    store_id: UUID | None = None,
    hold: bool = False,
    now: datetime,
) -> Preview:
    """What `redemptions.redeem` would do with the same words, by the same checks; `hold` keeps the voucher for it.

    Raises what redeeming raises. A hold asked for again with the same words is the same hold; with another bill of
    the same order, a new one takes its place.
    """
    require_transaction()
    payment = Payment(presented.open_store(by, store_id), order_no, Bill(bill_fen, category, items))
    shown = presented.shown_voucher(code=code, by=by, now=now)
    own = _own_hold(shown.voucher, payment, now)
    priced = quotes.price(
        voucher=shown.voucher, payment=payment, before=payment.redemptions(), by=by, now=now,
        hold_id=own.pk if own else None,
    )  # fmt: skip
    kept = _keep(by, shown, payment, own, now) if hold else None
    return Preview(shown.voucher, priced.place.bill_fen, priced.quote, kept)


def redeem_held(*, by: User, hold_id: UUID, device: str = "", payer: str = "", now: datetime) -> Redemption:
    """Makes the redemption that a hold has prepared. A repeat answers the same redemption.

    Raises NotFound, Forbidden, MerchantSuspended, DeviceRequired, VoucherHoldEnded, and what has come to stand against
    it since.
    """
    require_transaction()
    hold = _hold(hold_id)
    payment = Payment(
        presented.open_store(by, hold.store_id), hold.order_no, _bill(hold), device, redemptions.digest_of(payer)
    )
    token = Token(Purpose(hold.code_purpose), 0, hold.voucher_id, 0, hold.code_digest)
    shown = Shown(presented.voucher_of(hold.voucher_id), token, hold.slip_id)
    return redemptions.use(by=by, payment=payment, shown=shown, hold=hold, now=now)


def release(*, by: User, hold_id: UUID, now: datetime) -> None:
    """Lets the voucher go before the hold's time. Idempotent. Raises NotFound or Forbidden."""
    require_transaction()
    hold = _hold(hold_id)
    presented.open_store(by, hold.store_id)
    if Voucher.objects.filter(pk=hold.voucher_id, hold_id=hold.pk).update(hold_id=None, held_until=None):
        audit.record(by=by.pk, action="campaigns.release", subject=hold.pk, now=now, voucher=str(hold.voucher_id))


def _hold(hold_id: UUID) -> Hold:
    hold = Hold.objects.filter(pk=hold_id).first()
    if hold is None:
        raise NotFound
    return hold


def _own_hold(voucher: Voucher, payment: Payment, now: datetime) -> Hold | None:
    """The hold in force that this payment has on the voucher."""
    if voucher.held_until is None or voucher.held_until <= now:
        return None
    return Hold.objects.filter(pk__in=[voucher.hold_id], store=payment.store, order_no=payment.order_no).first()


def _keep(by: User, shown: Shown, payment: Payment, own: Hold | None, now: datetime) -> Hold:
    if own is not None and _bill(own) == payment.bill:
        return own
    hold = _drawn_up(by, shown, payment, now)
    _mark(shown.voucher, hold, own, now)
    hold.save(force_insert=True)
    audit.record(by=by.pk, action="campaigns.hold", subject=hold.pk, now=now, voucher=str(shown.voucher.pk))
    until = clock.local(hold.expires_at).isoformat()
    live.push(
        shown.voucher.resident_id,
        {"type": "voucher", "id": str(shown.voucher.pk), "status": shown.voucher.status, "held_until": until},
    )
    return hold


def _drawn_up(by: User, shown: Shown, payment: Payment, now: datetime) -> Hold:
    """The hold, not yet written; it never outlives its voucher."""
    return Hold(
        voucher=shown.voucher,
        store=payment.store,
        counter_id=by.pk,
        order_no=payment.order_no,
        bill_fen=payment.bill.fen,
        category=payment.bill.category,
        items=[[item.name, item.price_fen] for item in payment.bill.items],
        code_digest=shown.token.digest,
        code_purpose=shown.token.purpose.value,
        slip_id=shown.slip_id,
        at=now,
        expires_at=min(now + HOLD, shown.voucher.expires_at),
    )


def _mark(voucher: Voucher, hold: Hold, own: Hold | None, now: datetime) -> None:
    """The guard: one statement keeps a voucher that nobody else keeps."""
    free = Q(held_until=None) | Q(held_until__lte=now) | Q(hold_id=own.pk if own else hold.pk)
    rows = Voucher.objects.filter(
        free, pk=voucher.pk, status=VoucherStatus.CLAIMED.value, expires_at__gt=now, remaining_fen=voucher.remaining_fen
    )
    if not rows.update(hold_id=hold.pk, held_until=hold.expires_at):
        raise errors.QuoteChanged


def _bill(hold: Hold) -> Bill:
    return Bill(hold.bill_fen, hold.category, tuple(BillItem(name, price) for name, price in hold.items))
