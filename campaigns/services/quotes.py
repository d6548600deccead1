"""Whether a voucher may be used here, now and on this bill, and what it takes off. Reads only; the verbs guard."""

from dataclasses import dataclass, replace
from datetime import datetime

from backend.accounts import queries as accounts
from backend.accounts.models import User
from backend.core import clock
from backend.merchants.models import Store
from campaigns import errors, rules
from campaigns.models import Offer, Redemption, Voucher
from campaigns.models.terms import value_of
from campaigns.types import Bill, Quote, UseTerms, VoucherValue

_NAMED_STORES = 5  # how many stores a refusal names


@dataclass(frozen=True)
class Place:
    """Where on a payment a voucher stands: its number, its stack, and what those before it left to pay."""

    number: int
    stack: str
    bill_fen: int


@dataclass(frozen=True)
class Priced:
    """A voucher that may be used, its place on the payment, and what it does to the bill."""

    place: Place
    quote: Quote


@dataclass(frozen=True)
class Payment:
    """A payment at a store: the store's own number of it, its bill before any voucher, the counter's device, and the
    digest of what it was paid with, where the till says it."""

    store: Store
    order_no: str
    bill: Bill
    device: str = ""
    payer_digest: str = ""

    def redemptions(self) -> list[Redemption]:
        """The vouchers used on it so far, in order. They are written once, so what was read of them stays true."""
        rows = Redemption.objects.filter(store=self.store, order_no=self.order_no)
        return list(rows.select_related("voucher__offer", "store").order_by("place"))


def price(
    *, voucher: Voucher, payment: Payment, before: list[Redemption], by: User, now: datetime, hold_id: object = None
) -> Priced:
    """What the voucher does to the payment's bill, on which the redemptions `before` were made.

    What nobody can mend is told before what the resident can. Raises WrongStore, VoucherAlreadyRedeemed,
    VoucherExpired, OwnVoucher, VoucherHeld (by another hold than `hold_id`), OutsideUseTimes, WrongCategory,
    OrderAlreadyUsed, VouchersDoNotCombine, OrderBillDiffers, GiftNotOnBill or BelowMinimumSpend.
    """
    terms = value_of(voucher.use_terms)
    _require_taken_here(voucher.offer, payment.store)
    require_usable(voucher, now)
    if accounts.person_of(voucher.resident_id) == accounts.person_of(by.pk):
        raise errors.OwnVoucher
    _require_free(voucher, hold_id, now)
    _require_time(terms, voucher, now)
    rules.require_category(terms, payment.bill)
    place = place_on(payment, before, terms, voucher.offer_id)
    value = VoucherValue(min_spend_fen=voucher.min_spend_fen, remaining_fen=voucher.remaining_fen)
    return Priced(place, rules.quote(terms, value, replace(payment.bill, fen=place.bill_fen)))


def place_on(payment: Payment, before: list[Redemption], terms: UseTerms, offer: object) -> Place:
    """The next place of the payment. Raises OrderAlreadyUsed, VouchersDoNotCombine or OrderBillDiffers."""
    stack = rules.stack_of(terms, offer)
    if not before:
        return Place(1, stack, payment.bill.fen)
    if len(before) >= terms.per_payment:
        raise errors.OrderAlreadyUsed(order_no=payment.order_no, limit=terms.per_payment)
    if before[0].stack != stack:
        raise errors.VouchersDoNotCombine(order_no=payment.order_no)
    if before[0].bill_fen != payment.bill.fen:
        raise errors.OrderBillDiffers(order_no=payment.order_no, bill_fen=before[0].bill_fen)
    return Place(len(before) + 1, stack, before[-1].payable_fen)


def require_usable(voucher: Voucher, now: datetime) -> None:
    """Raises VoucherAlreadyRedeemed or VoucherExpired."""
    rules.require_usable(status=voucher.status, expires_at=clock.local(voucher.expires_at), now=now)


def _require_taken_here(offer: Offer, store: Store) -> None:
    if offer.every_store or offer.stores.filter(pk=store.pk).exists():
        return
    names = offer.stores.order_by("pk").values_list("name", flat=True)[:_NAMED_STORES]
    raise errors.WrongStore(stores=list(names))


def _require_free(voucher: Voucher, hold_id: object, now: datetime) -> None:
    if voucher.held_until is not None and voucher.held_until > now and voucher.hold_id != hold_id:
        raise errors.VoucherHeld(held_until=clock.local(voucher.held_until))


def _require_time(terms: UseTerms, voucher: Voucher, now: datetime) -> None:
    at = clock.local(now)
    if rules.is_open(terms.times, at):
        return
    opens_at = rules.next_opening(terms.times, at, clock.local(voucher.expires_at))
    raise errors.NoUseTimeLeft(opens_at=None) if opens_at is None else errors.OutsideUseTimes(opens_at=opens_at)
