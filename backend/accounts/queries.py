"""Reads of people."""

from datetime import datetime
from uuid import UUID

from backend.accounts.models import Grant, Session, User
from backend.accounts.types import Role


def live_session(session_id: UUID, now: datetime) -> Session | None:
    """The session with its user, unless it was revoked, has expired, or its person is deactivated."""
    rows = Session.objects.select_related("user")
    return rows.filter(pk=session_id, revoked_at=None, expires_at__gt=now, user__is_active=True).first()


def scopes(user: User, role: Role | str, scope_kind: str) -> set[UUID]:
    """The ids within which `user` holds `role`, for instance the stores of a counter."""
    found = Grant.objects.filter(user=user, role=role, scope_kind=scope_kind).values_list("scope_id", flat=True)
    return {scope for scope in found if scope is not None}
