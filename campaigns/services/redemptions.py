"""Redeeming: a voucher against a bill at a counter.

Lock order: the voucher's row, then new rows only (the burned code, the redemption, transfers between open accounts).
Two counters with one voucher meet at its row; two vouchers for one payment meet at the unique (store, order_no).
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.accounts.models import User
from backend.audit import services as audit
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.edge import live
from backend.ledger import services as ledger
from backend.merchants import queries as merchants
from backend.merchants.errors import MerchantSuspended
from backend.merchants.models import Store
from backend.merchants.types import MerchantStatus
from backend.tokens import services as tokens
from backend.tokens.types import Purpose
from campaigns import errors, rules
from campaigns.models import Offer, Redemption, Voucher, merchant_account, outstanding_account
from campaigns.types import Discount, TransferCode, VoucherStatus

_NAMED_STORES = 5  # how many stores a refusal names


def redeem(
    *, by: User, code: str, bill_fen: int, order_no: str, store_id: UUID | None = None, now: datetime
) -> Redemption:
    """Uses the voucher whose rotating code a counter scanned, against a bill of `bill_fen` before the discount.

    `store_id` is needed of a counter with several stores only. Raises Forbidden, StoreRequired, MerchantSuspended,
    the refusals of `tokens.services.verify`, WrongStore, VoucherAlreadyRedeemed, VoucherExpired, BelowMinimumSpend,
    OrderAlreadyUsed; the voucher is untouched by any of them.
    """
    require_transaction()
    store = _open_store(by, store_id)
    token = tokens.verify(code=code, purpose=Purpose.VOUCHER, now=now)
    voucher = _voucher(token.subject)
    _require_taken_here(voucher.offer, store)
    _require_usable(voucher, now)
    discount = rules.discount_on(
        bill_fen=bill_fen, face_value_fen=voucher.face_value_fen, min_spend_fen=voucher.min_spend_fen
    )
    _use(voucher, now)
    # Its status stops the voucher; the burned code stops a code that was shown before the voucher comes back.
    tokens.burn(token=token, now=now)
    redemption = _write(voucher, store, by, bill_fen, discount, order_no, now)
    _pay(redemption, voucher, store, now)
    audit.record(by=by.pk, action="campaigns.redeem", subject=redemption.pk, now=now, voucher=str(voucher.pk))
    _tell(redemption, voucher, by)
    return redemption


def _open_store(by: User, store_id: UUID | None) -> Store:
    store = merchants.counter_store(by, store_id)
    if store.merchant.status != MerchantStatus.ACTIVE:
        raise MerchantSuspended(merchant=store.merchant.name)
    return store


def _voucher(voucher_id: UUID) -> Voucher:
    voucher = Voucher.objects.select_related("offer").filter(pk=voucher_id).first()
    if voucher is None:
        raise NotFound
    return voucher


def _require_taken_here(offer: Offer, store: Store) -> None:
    if offer.every_store or offer.stores.filter(pk=store.pk).exists():
        return
    names = offer.stores.order_by("pk").values_list("name", flat=True)[:_NAMED_STORES]
    raise errors.WrongStore(stores=list(names))


def _require_usable(voucher: Voucher, now: datetime) -> None:
    rules.require_usable(status=voucher.status, expires_at=clock.local(voucher.expires_at), now=now)


def _use(voucher: Voucher, now: datetime) -> None:
    """The guard: one statement turns a claimed voucher that has not expired into a redeemed one."""
    usable = Voucher.objects.filter(pk=voucher.pk, status=VoucherStatus.CLAIMED.value, expires_at__gt=now)
    if not usable.update(status=VoucherStatus.REDEEMED.value):
        voucher.refresh_from_db(fields=["status"])
        _require_usable(voucher, now)
        raise errors.VoucherAlreadyRedeemed  # it came back between the two statements: scan again
    voucher.status = VoucherStatus.REDEEMED.value


def _write(
    voucher: Voucher, store: Store, by: User, bill_fen: int, discount: Discount, order_no: str, now: datetime
) -> Redemption:
    try:
        with transaction.atomic():
            return Redemption.objects.create(
                voucher=voucher,
                store=store,
                counter_id=by.pk,
                bill_fen=bill_fen,
                discount_fen=discount.discount_fen,
                payable_fen=discount.payable_fen,
                order_no=order_no,
                at=now,
            )
    except IntegrityError:
        raise errors.OrderAlreadyUsed(order_no=order_no) from None


def _pay(redemption: Redemption, voucher: Voucher, store: Store, now: datetime) -> None:
    ledger.post(
        debit=outstanding_account(voucher.offer_id),
        credit=merchant_account(store.merchant_id),
        amount=redemption.discount_fen,
        code=TransferCode.REDEMPTION,
        reference=f"redemption:{voucher.pk}",
        event_id=redemption.pk,
        now=now,
        memo={"store": str(store.pk)},
    )


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
    live.push(voucher.resident_id, {"type": "voucher", "id": str(voucher.pk), "status": voucher.status})
    for person in {voucher.resident_id, by.pk}:
        live.push(person, event)
