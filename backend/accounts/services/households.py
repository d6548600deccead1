"""Households: people who may share points, each of them by their own consent.

An invitation needs the other person's identity from their rotating code, which the door verifies; it is nothing until
they accept it. A person is in one household at most, which the database keeps.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from backend.accounts import errors
from backend.accounts.models import Household, Member, User
from backend.accounts.services.consents import release_grown_up
from backend.audit import services as audit
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction

MAX_MEMBERS = 8


def invite(*, by: User, invitee: UUID, now: datetime) -> Member:
    """Invites a person into the household of `by`, which is made if there is none.

    Raises NotFound for nobody, AlreadyInHousehold, HouseholdFull.
    """
    require_transaction()
    if invitee == by.pk or not User.objects.filter(pk=invitee, is_active=True).exists():
        raise NotFound
    household = _household_of(by, now)
    if not Household.objects.filter(pk=household, members__lt=MAX_MEMBERS).update(members=F("members") + 1):
        raise errors.HouseholdFull(limit=MAX_MEMBERS)
    made = _add(household, invitee, invited_by=by.pk, accepted_at=None)
    audit.record(by=by.pk, action="accounts.invite", subject=household, now=now)
    return made


def accept_invitation(*, by: User, now: datetime) -> Member:
    """The invited person's consent. Raises NotFound when nobody waits for it."""
    require_transaction()
    if not Member.objects.filter(user=by, accepted_at=None).update(accepted_at=now):
        raise NotFound
    audit.record(by=by.pk, action="accounts.join_household", subject=by.pk, now=now)
    return Member.objects.get(user=by)


def leave_household(*, by: User, now: datetime) -> None:
    """Leaves, or declines an invitation; as easy as joining.

    Raises NotFound for who is in none, GuardianRequired for a child and for the guardian of one.
    """
    require_transaction()
    mine = Member.objects.filter(user=by).first()
    if mine is None:
        raise NotFound
    release_grown_up(by.pk, now)
    if not Member.objects.filter(user=by, household=mine.household_id, wards=0, guardian_id=None).delete()[0]:
        raise errors.GuardianRequired
    Household.objects.filter(pk=mine.household_id).update(members=F("members") - 1)
    audit.record(by=by.pk, action="accounts.leave_household", subject=mine.household_id, now=now)


def _household_of(person: User, now: datetime) -> UUID:
    mine = Member.objects.filter(user=person).first()
    if mine is None:
        household = Household.objects.create(members=1, created_at=now)
        return _add(household.pk, person.pk, invited_by=person.pk, accepted_at=now).household_id
    if mine.accepted_at is None:
        raise errors.AlreadyInHousehold
    return mine.household_id


def _add(household: UUID, person: UUID, *, invited_by: UUID, accepted_at: datetime | None) -> Member:
    try:
        with transaction.atomic():
            return Member.objects.create(
                household_id=household, user_id=person, invited_by=invited_by, accepted_at=accepted_at
            )
    except IntegrityError:
        raise errors.AlreadyInHousehold from None
