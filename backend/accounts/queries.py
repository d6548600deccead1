"""Reads of people."""

from datetime import datetime
from uuid import UUID

from backend.accounts.models import Grant, Member, Session, User, resident_owner
from backend.accounts.types import Role
from backend.ledger.types import AccountRef, Asset, Kind


def live_session(session_id: UUID, now: datetime) -> Session | None:
    """The session with its user, unless it was revoked, has expired, or its person is deactivated."""
    rows = Session.objects.select_related("user")
    return rows.filter(pk=session_id, revoked_at=None, expires_at__gt=now, user__is_active=True).first()


def membership(user_id: UUID) -> Member | None:
    """A person's place in a household, with the household; invited ones too."""
    return Member.objects.select_related("household").filter(user=user_id).first()


def people_of(household: UUID) -> list[Member]:
    """The people of a household, invited ones too."""
    return list(Member.objects.filter(household=household).select_related("user").order_by("user"))


def share_a_household(one: UUID, other: UUID) -> bool:
    """Whether both have accepted the same household."""
    households = Member.objects.exclude(accepted_at=None).filter(user__in=[one, other]).values_list("household")
    return len(households) == 2 and len(set(households)) == 1


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
