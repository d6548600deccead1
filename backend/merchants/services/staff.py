"""Who works at a store: its owner names managers, a manager names counters."""

from datetime import datetime
from uuid import UUID

from backend.accounts import queries as people
from backend.accounts import services as accounts
from backend.accounts.models import Grant, User
from backend.accounts.types import Role
from backend.core.errors import Forbidden, NotFound
from backend.core.transactions import require_transaction
from backend.merchants import queries
from backend.merchants.errors import TooManyStaff
from backend.merchants.types import STORE_SCOPE

MAX_STAFF = 100  # far above any store; judged by a plain read, because one more does no harm


def add_staff(*, by: User, store_id: UUID, phone: str, role: Role, now: datetime) -> Grant:
    """Makes the person with this number a manager or a counter of the store. Idempotent.

    Raises NotFound for a store that is not in the caller's care, Forbidden where a manager names a manager,
    PhoneInvalid, TooManyStaff.
    """
    require_transaction()
    _require_may(by, store_id, role)
    if people.grants_within(STORE_SCOPE, [store_id]).count() >= MAX_STAFF:
        raise TooManyStaff(limit=MAX_STAFF)
    user = accounts.person_of(phone=phone, now=now)
    return accounts.grant(by=by.pk, user=user, role=role, scope_kind=STORE_SCOPE, scope_id=store_id, now=now)


def remove_staff(*, by: User, store_id: UUID, grant_id: int, now: datetime) -> None:
    """Ends a person's role at the store, from this commit on. Raises NotFound, Forbidden."""
    require_transaction()
    queries.store_in_care(by, store_id)
    grant = people.grants_within(STORE_SCOPE, [store_id]).filter(pk=grant_id).first()
    if grant is None:
        raise NotFound
    _require_may(by, store_id, Role(grant.role))
    accounts.revoke(by=by.pk, grant=grant, now=now)


def _require_may(by: User, store_id: UUID, role: Role) -> None:
    store = queries.store_in_care(by, store_id)
    if role is not Role.COUNTER and not queries.owns(by, store.merchant_id):
        raise Forbidden
