"""Reads of merchants and stores."""

from uuid import UUID

from backend.accounts import queries as accounts
from backend.accounts.models import User
from backend.accounts.types import Role
from backend.core.errors import Forbidden
from backend.merchants.errors import StoreRequired
from backend.merchants.models import Merchant, Store
from backend.merchants.types import STORE_SCOPE


def counter_store(user: User, store_id: UUID | None) -> Store:
    """The store that `user` works at as a counter, with its merchant.

    `store_id` chooses where there are several. Raises Forbidden for a store that is not theirs, or when they have
    none, and StoreRequired when a choice is needed and was not made.
    """
    allowed = accounts.scopes(user, Role.COUNTER, STORE_SCOPE)
    wanted = allowed if store_id is None else allowed & {store_id}
    stores = list(Store.objects.select_related("merchant").filter(pk__in=wanted).order_by("pk"))
    if not stores:
        raise Forbidden
    if len(stores) > 1:
        raise StoreRequired(stores=[{"id": str(store.pk), "name": store.name} for store in stores])
    return stores[0]


def merchant_ids() -> list[UUID]:
    """Every merchant, oldest first."""
    return list(Merchant.objects.order_by("pk").values_list("pk", flat=True))
