"""Reads of what is green, and the proof that every purchase is in the books."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from backend.accounts import queries as accounts
from backend.accounts.models import User
from backend.core.errors import NotFound
from backend.earning import queries as earning
from backend.earning.models import Award
from backend.earning.types import Activity
from backend.ledger.models import Transfer
from backend.merchants import queries as merchants
from backend.merchants.models import Store
from backend.merchants.types import MerchantStatus
from backend.purchases import errors
from backend.purchases.models import (
    Attendance,
    Certification,
    ConfirmedAct,
    Goods,
    Occasion,
    Permit,
    Purchase,
    Receipt,
    RefundedFen,
    TillKey,
)
from backend.purchases.rules import Green
from backend.purchases.types import CertificationKind

_BATCH = 500


def green_stores(now: datetime) -> "QuerySet[Store]":
    """Stores where something green earns now, each with `certified` and `permitted`; page them by name."""
    certified, permitted = Certification.objects.in_force(now), Permit.objects.in_force(now)
    return (
        Store.objects.filter(merchant__status=MerchantStatus.ACTIVE.value)
        .filter(Q(pk__in=certified.values("store")) | Q(pk__in=permitted.values("store")))
        .prefetch_related(
            Prefetch("certifications", certified, to_attr="certified"),
            Prefetch("permits", permitted, to_attr="permitted"),
        )
    )


def goods_in_force(now: datetime) -> "QuerySet[Goods]":
    """The goods that earn at a certified store now."""
    found: QuerySet[Goods] = Goods.objects.in_force(now)
    return found


def listed(now: datetime) -> set[Green]:
    """What is on the green list now, as the rule wants it. The list has hundreds of rows, not millions."""
    return set(goods_in_force(now).values_list("category", "product"))


def require_certified(store: Store, now: datetime) -> None:
    """Passes while the store holds a certification in force. Raises StoreStopped, StoreNotCertified."""
    _require_running(store)
    if not Certification.objects.in_force(now).filter(store=store).exists():
        raise errors.StoreNotCertified(certifications=[kind.value for kind in CertificationKind])


def require_permit(store: Store, activity: Activity, now: datetime) -> None:
    """Passes while the store may confirm `activity`. Raises StoreStopped, ActNotRegistered."""
    _require_running(store)
    allowed = sorted(Permit.objects.in_force(now).filter(store=store).values_list("activity", flat=True))
    if activity.value not in allowed:
        raise errors.ActNotRegistered(activity=activity.value, registered=allowed)


def _require_running(store: Store) -> None:
    if store.merchant.status != MerchantStatus.ACTIVE.value:
        raise errors.StoreStopped(merchant=store.merchant.name)


def works_at(user_id: UUID, store: Store) -> bool:
    """Whether the person behind an account works at the store or for its merchant, under any of their accounts."""
    return accounts.person_holds_within(user_id, [store.pk, store.merchant_id])


def till_key(key_id: str) -> TillKey | None:
    """A key that is good now, with its store."""
    return TillKey.objects.select_related("store__merchant").filter(key_id=key_id, revoked_at=None).first()


def till_keys(store_id: UUID) -> "QuerySet[TillKey]":
    """A store's keys, revoked ones too."""
    return TillKey.objects.filter(store=store_id)


def receipts_at(user: User, store_id: UUID | None) -> "QuerySet[Receipt]":
    """The receipts of the store that `user` works at, each with `back_fen`. Raises Forbidden, StoreRequired."""
    mine = Receipt.objects.filter(store=merchants.counter_store(user, store_id))
    return mine.select_related("purchase").annotate(back_fen=Coalesce(F("refunded__used"), 0))


def permits_at(user: User, store_id: UUID | None, now: datetime) -> "QuerySet[Permit]":
    """What the store that `user` works at may confirm now. Raises Forbidden, StoreRequired."""
    found: QuerySet[Permit] = Permit.objects.in_force(now).filter(store=merchants.counter_store(user, store_id))
    return found.order_by("activity")


def purchases_of(resident_id: UUID) -> "QuerySet[Purchase]":
    """A resident's purchases with store and award; page them by `-receipt`."""
    return Purchase.objects.filter(resident_id=resident_id).select_related("receipt__store", "award")


def attendances_of(resident_id: UUID) -> "QuerySet[Attendance]":
    """The occasions at which a resident was, newest first."""
    return Attendance.objects.filter(resident_id=resident_id).select_related("occasion").order_by("-id")


def occasions_ahead(now: datetime) -> "QuerySet[Occasion]":
    """What is open or to come; page them by `starts_at`."""
    return Occasion.objects.filter(ends_at__gt=now, cancelled_at=None).annotate(taken=Coalesce(F("seats__used"), 0))


def occasion(occasion_id: UUID) -> Occasion:
    """One occasion. Raises NotFound."""
    found = Occasion.objects.filter(pk=occasion_id).first()
    if found is None:
        raise NotFound
    return found


def disagreements() -> Iterator[str]:
    """Where a purchase, an act, an attendance or a refund is not what the books say."""
    yield from _awards("purchase", Purchase.objects.select_related("award"))
    yield from _awards("act", ConfirmedAct.objects.select_related("award"))
    yield from _awards("attendance", Attendance.objects.select_related("award"))
    yield from _refunds()
    yield from _seats()


def _awards(what: str, rows: "QuerySet[Any]") -> Iterator[str]:
    """Each row's award is the resident's, of the amount, and its points were issued."""
    left = rows.order_by("pk").iterator(_BATCH)
    while batch := list(islice(left, _BATCH)):
        issued = _issued([row.award for row in batch])
        for row in batch:
            award, amount = row.award, getattr(row, "amount_fen", 1)
            if (award.resident_id, award.amount) != (row.resident_id, amount):
                yield f"{what} {row.pk}: its award is for somebody or something else"
            if issued.get(earning.issue_reference(award)) != award.points:
                yield f"{what} {row.pk}: its award is not in the books"


def _issued(awards: Iterable[Award]) -> dict[str, int]:
    names = [earning.issue_reference(award) for award in awards]
    return dict(Transfer.objects.filter(reference__in=names).values_list("reference", "amount"))


def _refunds() -> Iterator[str]:
    """What the counter of an order says, what its refunds say, and what its award gave back, are one figure."""
    counters = RefundedFen.objects.select_related("receipt__purchase").annotate(
        paid_back=Coalesce(Sum("receipt__refunds__refund_fen"), 0)
    )
    for row in counters.order_by("pk").iterator(_BATCH):
        if row.used != row.paid_back or row.used > row.receipt.amount_fen:
            yield f"receipt {row.receipt_id}: {row.used} fen counted as refunded, the refunds say {row.paid_back}"
    after, before = Q(receipt__refunds__claimed=True), Q(receipt__refunds__claimed=False)
    purchases = Purchase.objects.annotate(
        paid_back=Coalesce(Sum("receipt__refunds__refund_fen", filter=after), 0),
        before=Coalesce(Sum("receipt__refunds__refund_fen", filter=before), 0),
    )
    for each in purchases.filter(~Q(paid_back=Coalesce(F("award__unitsback__used"), 0))).order_by("pk"):
        yield f"purchase {each.pk}: refunds of {each.paid_back} fen, and the award gave back another amount"
    for each in purchases.exclude(receipt__amount_fen=F("amount_fen") + F("before")).order_by("pk"):
        yield f"purchase {each.pk}: it earned for more or less than was left of its order"


def _seats() -> Iterator[str]:
    counted = Occasion.objects.annotate(taken=Coalesce(F("seats__used"), 0), there=Count("attendances"))
    for each in counted.order_by("pk").iterator(_BATCH):
        if not each.taken == each.there <= each.capacity:
            yield f"occasion {each.pk}: {each.taken} of {each.capacity} places taken, {each.there} attended"
