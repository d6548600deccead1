"""Reads of merchants and stores."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Q, QuerySet

from backend.accounts import queries as accounts
from backend.accounts.models import Grant, User
from backend.accounts.types import Role
from backend.core.errors import Forbidden, NotFound
from backend.merchants.errors import StoreRequired
from backend.merchants.models import Application, Device, Merchant, Store
from backend.merchants.types import MERCHANT_SCOPE, STORE_SCOPE, MerchantStatus


def counter_store(user: User, store_id: UUID | None) -> Store:
    """The store that `user` works at as a counter, with its merchant.

    `store_id` chooses where there are several. Raises Forbidden for a store that is not theirs, or when they have
    none, and StoreRequired when a choice is needed and was not made.
    """
    allowed = stores_of_counter(user)
    stores = list((allowed if store_id is None else allowed.filter(pk=store_id)).order_by("pk"))
    if not stores:
        raise Forbidden
    if len(stores) > 1:
        raise StoreRequired(stores=[{"id": str(store.pk), "name": store.name} for store in stores])
    return stores[0]


def merchant_ids() -> list[UUID]:
    """Every merchant, oldest first."""
    return list(Merchant.objects.order_by("pk").values_list("pk", flat=True))


def stores_of_counter(user: User) -> "QuerySet[Store]":
    """The stores at whose counters `user` works, with their merchants."""
    allowed = accounts.scopes(user, Role.COUNTER, STORE_SCOPE)
    return Store.objects.select_related("merchant").filter(pk__in=allowed)


def stores_in_care(user: User) -> "QuerySet[Store]":
    """The stores whose statements, staff and devices `user` looks after: as owner of the merchant or as manager."""
    owned = accounts.scopes(user, Role.OWNER, MERCHANT_SCOPE)
    managed = accounts.scopes(user, Role.MANAGER, STORE_SCOPE)
    return Store.objects.select_related("merchant").filter(Q(merchant__in=owned) | Q(pk__in=managed))


def stores_seen_by(user: User) -> "QuerySet[Store]":
    """The stores whose statements `user` may read: all for an operator, else those in care."""
    if user.has_role(Role.OPERATOR):
        return Store.objects.select_related("merchant")
    return stores_in_care(user)


def store_in_care(user: User, store_id: UUID) -> Store:
    """One store in the care of `user`, with its merchant. Raises NotFound for any other."""
    return _one(stores_in_care(user), store_id)


def store_worked_at(user: User, store_id: UUID) -> Store:
    """One store that `user` owns, manages or works at, or any for an operator. Raises NotFound for any other."""
    at_counter = Store.objects.select_related("merchant").filter(
        pk__in=accounts.scopes(user, Role.COUNTER, STORE_SCOPE)
    )
    return _one(stores_seen_by(user) | at_counter, store_id)


def owns(user: User, merchant_id: UUID) -> bool:
    """Whether `user` is an owner of the merchant."""
    return merchant_id in accounts.scopes(user, Role.OWNER, MERCHANT_SCOPE)


def merchant_to_manage(user: User, merchant_id: UUID) -> Merchant:
    """A merchant of which `user` is an owner, or any for an operator. Raises NotFound for any other."""
    found = Merchant.objects.filter(pk=merchant_id).first()
    if found is None or not (user.has_role(Role.OPERATOR) or owns(user, merchant_id)):
        raise NotFound
    return found


def staff_of(store_id: UUID) -> "QuerySet[Grant]":
    """Who works at the store, with the people."""
    return accounts.grants_within(STORE_SCOPE, [store_id])


def devices_of(store_id: UUID) -> "QuerySet[Device]":
    """Every device that was enrolled at the store, revoked ones too."""
    return Device.objects.filter(store=store_id)


def applications_seen_by(user: User) -> "QuerySet[Application]":
    """All applications for an operator, else one's own."""
    return (
        Application.objects.all() if user.has_role(Role.OPERATOR) else Application.objects.filter(applicant_id=user.pk)
    )


def disagreements() -> Iterator[str]:
    """Stores that take vouchers though their merchant is suspended, or the other way round."""
    active = Q(merchant__status=MerchantStatus.ACTIVE.value)
    wrong = Store.objects.filter((active & Q(takes_vouchers=False)) | (~active & Q(takes_vouchers=True)))
    for pk in wrong.order_by("pk").values_list("pk", flat=True).iterator():
        yield f"store {pk}: whether it takes vouchers is not what its merchant's status says"


def _one(stores: "QuerySet[Store]", store_id: UUID) -> Store:
    found = stores.filter(pk=store_id).first()
    if found is None:
        raise NotFound
    return found
