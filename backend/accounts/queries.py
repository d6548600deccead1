"""Reads of people."""

from datetime import datetime
from uuid import UUID

from backend.accounts.models import Grant, Session, User, resident_owner
from backend.accounts.types import Role
from backend.ledger.types import AccountRef, Asset, Kind


def live_session(session_id: UUID, now: datetime) -> Session | None:
    """The session with its user, unless it was revoked, has expired, or its person is deactivated."""
    rows = Session.objects.select_related("user")
    return rows.filter(pk=session_id, revoked_at=None, expires_at__gt=now, user__is_active=True).first()


def points_account(resident_id: UUID) -> AccountRef:
    """Where a resident's points are."""
    return AccountRef(Asset.POINT, resident_owner(resident_id), Kind.LOTTED)


def pending_account(resident_id: UUID) -> AccountRef:
    """Where points wait for a review, outside the balance."""
    return AccountRef(Asset.POINT, f"{resident_owner(resident_id)}:pending", Kind.LOTTED)


def scopes(user: User, role: Role | str, scope_kind: str) -> set[UUID]:
    """The ids within which `user` holds `role`, for instance the stores of a counter."""
    found = Grant.objects.filter(user=user, role=role, scope_kind=scope_kind).values_list("scope_id", flat=True)
    return {scope for scope in found if scope is not None}
