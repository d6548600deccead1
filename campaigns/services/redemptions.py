"""Redeeming: a voucher against a bill at a counter.

Lock order: the payer's mark, the voucher's row, then new rows (the burned code, the redemption, transfers between
open accounts), the offer's budget, to which the rest of a voucher goes that was not used up, and last the store's
row, at which a suspension waits for redemptions under way and turns the next one away. Two counters with one voucher
meet at its row; two vouchers for one payment meet at the unique (store, order_no, place).
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from backend.accounts.models import User
from backend.accounts.services import payer_digest
from backend.audit import services as audit
from backend.core.transactions import require_transaction
from backend.earning.services import note_payers
from backend.edge import live
from backend.ledger import services as ledger
from backend.merchants.models import Store
from backend.merchants.services import taking
from backend.webhooks import services as webhooks
from backend.webhooks.types import EventType
from campaigns import errors
from campaigns.models import Hold, Redemption, Voucher, campaign_account, merchant_account, outstanding_account
from campaigns.models.terms import value_of
from campaigns.services import presented, quotes
from campaigns.services.notices import tell_redeemed
from campaigns.services.presented import Shown
from campaigns.services.quotes import Payment
from campaigns.types import Bill, BillItem, Quote, TransferCode, VoucherStatus


def redeem(
    *,
    by: User,
    code: str,
    bill_fen: int,
    order_no: str,
    category: str = "",
    items: tuple[BillItem, ...] = (),
    store_id: UUID | None = None,
    device: str = "",
    payer: str = "",
    now: datetime,
) -> Redemption:
    """Uses the voucher whose code a counter scanned or typed, against a bill of `bill_fen` before the discount.

    The same voucher, bill and `order_no` once more answer the redemption that there is. `store_id` is needed of a
    counter with several stores only; `device` is what came in `X-Counter-Device`; `payer` is the payment
    account, which counts as the resident's. Raises Forbidden, StoreRequired,
    MerchantSuspended, DeviceRequired, the refusals of `presented.shown_voucher` and `quotes.price`, and QuoteChanged;
    the voucher is untouched by any of them.
    """
    require_transaction()
    store = presented.open_store(by, store_id)
    shown = presented.shown_voucher(code=code, by=by, now=now)
    payment = Payment(store, order_no, Bill(bill_fen, category, items), device, digest_of(payer))
    return use(by=by, payment=payment, shown=shown, now=now)


def digest_of(payer: str) -> str:
    """What a payment keeps of the payment account; nothing of none."""
    return payer_digest(payer) if payer else ""


def use(*, by: User, payment: Payment, shown: Shown, hold: Hold | None = None, now: datetime) -> Redemption:
    """The redemption of a voucher that was shown just now, or for which `hold` was made."""
    voucher = shown.voucher
    before = payment.redemptions()
    done = _done_before(voucher, payment, before)
    if done is not None:
        return done
    note_payers(resident_id=voucher.resident_id, digests=[payment.payer_digest], now=now)
    hold_id = hold.pk if hold else None
    priced = quotes.price(voucher=voucher, payment=payment, before=before, by=by, now=now, hold_id=hold_id)
    _take(voucher, priced.quote, hold, now)
    presented.use_up(shown, now)
    redemption = _write(voucher, payment, priced, by, now)
    _pay(redemption, payment.store, now)
    audit.record(by=by.pk, action="campaigns.redeem", subject=redemption.pk, now=now, voucher=str(voucher.pk))
    webhooks.publish(type=EventType.VOUCHER_REDEEMED, subject=redemption.pk, data=_told(redemption, voucher), now=now)
    _tell(redemption, voucher, by)
    tell_redeemed(redemption, voucher, now)
    _release(redemption, now)
    taking.require_taking(store=payment.store, device=payment.device, now=now)
    return redemption


def _done_before(voucher: Voucher, payment: Payment, before: list[Redemption]) -> Redemption | None:
    """The redemption that the same words of the same store made: a repeat answers the same."""
    if not before or before[0].bill_fen != payment.bill.fen:
        return None
    return next((each for each in before if each.voucher_id == voucher.pk), None)


def _take(voucher: Voucher, quote: Quote, hold: Hold | None, now: datetime) -> None:
    """The guard: one statement takes the value from a claimed voucher that has not expired and is nobody else's."""
    free = Q(hold_id=hold.pk, held_until__gt=now) if hold else Q(held_until=None) | Q(held_until__lte=now)
    usable = Voucher.objects.filter(
        free,
        pk=voucher.pk,
        status=VoucherStatus.CLAIMED.value,
        expires_at__gt=now,
        remaining_fen=voucher.remaining_fen,
    )
    status = VoucherStatus.CLAIMED if quote.left_fen else VoucherStatus.REDEEMED
    after = {"status": status.value, "remaining_fen": quote.left_fen, "hold_id": None, "held_until": None}
    if not usable.update(**after):
        voucher.refresh_from_db(fields=["status", "remaining_fen"])
        quotes.require_usable(voucher, now)
        raise errors.VoucherHoldEnded if hold else errors.QuoteChanged
    for name, value in after.items():
        setattr(voucher, name, value)


def _write(voucher: Voucher, payment: Payment, priced: quotes.Priced, by: User, now: datetime) -> Redemption:
    place, quote = priced.place, priced.quote
    try:
        with transaction.atomic():
            return Redemption.objects.create(
                voucher=voucher,
                store=payment.store,
                counter_id=by.pk,
                bill_fen=place.bill_fen,
                discount_fen=quote.discount_fen,
                payable_fen=quote.payable_fen,
                released_fen=quote.released_fen,
                order_no=payment.order_no,
                place=place.number,
                stack=place.stack,
                at=now,
            )
    except IntegrityError:  # another voucher took the place: is there one more?
        quotes.place_on(payment, payment.redemptions(), value_of(voucher.use_terms), voucher.offer_id)
        raise errors.QuoteChanged from None


def _pay(redemption: Redemption, store: Store, now: datetime) -> None:
    ledger.post(
        debit=outstanding_account(redemption.voucher.offer_id),
        credit=merchant_account(store.merchant_id),
        amount=redemption.discount_fen,
        code=TransferCode.REDEMPTION,
        reference=f"redemption:{redemption.pk}",
        event_id=redemption.pk,
        now=now,
        memo={"store": str(store.pk)},
    )


def _release(redemption: Redemption, now: datetime) -> None:
    """What the use left of the voucher's money goes back to the programme at once."""
    if redemption.released_fen:
        offer_id = redemption.voucher.offer_id
        ledger.post(
            debit=outstanding_account(offer_id), credit=campaign_account(offer_id), amount=redemption.released_fen,
            code=TransferCode.REST, reference=f"redemption:{redemption.pk}:rest", event_id=redemption.pk, now=now,
        )  # fmt: skip


def _told(redemption: Redemption, voucher: Voucher) -> dict[str, str | int]:
    """What partners learn: which voucher and store, how much; not whose."""
    return {
        "voucher": str(voucher.pk),
        "offer": str(voucher.offer_id),
        "store": str(redemption.store_id),
        "discount_fen": redemption.discount_fen,
        "bill_fen": redemption.bill_fen,
    }


def _tell(redemption: Redemption, voucher: Voucher, by: User) -> None:
    """Both screens: the resident's voucher and the counter's redemption."""
    event = {
        "type": "redemption",
        "id": str(redemption.pk),
        "voucher": str(voucher.pk),
        "store": str(redemption.store_id),
        "discount_fen": redemption.discount_fen,
        "payable_fen": redemption.payable_fen,
    }
    told = {"type": "voucher", "id": str(voucher.pk), "status": voucher.status, "remaining_fen": voucher.remaining_fen}
    live.push(voucher.resident_id, told)
    for person in {voucher.resident_id, by.pk}:
        live.push(person, event)
