"""Consent per purpose, and what a person tells under it.

A child's place in the guardian's household is kept by the members' rows: `wards` and `guardian_id` change by guarded
statements, and who leaves is deleted only where both are empty.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q

from backend.accounts import errors, rules
from backend.accounts.models import Consent, Member, User
from backend.accounts.types import ConsentPurpose
from backend.audit import services as audit
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction


def consent(*, by: User, purpose: ConsentPurpose, now: datetime) -> Consent:
    """Gives consent to one purpose in the words of today. Idempotent."""
    require_transaction()
    fresh = {"version": rules.CONSENTS[purpose].version, "given_at": now}
    found, made = Consent.objects.get_or_create(user=by, purpose=purpose.value, defaults=fresh)
    if made:
        audit.record(
            by=by.pk, action="accounts.consent", subject=by.pk, now=now, purpose=purpose.value, version=found.version
        )
    return found


def withdraw(*, by: User, purpose: ConsentPurpose, now: datetime) -> None:
    """Takes consent back and with it what was told under it. Idempotent."""
    require_transaction()
    deleted, _ = Consent.objects.filter(user=by, purpose=purpose.value).delete()
    if deleted:
        if purpose is ConsentPurpose.AGE:
            release_ward(by.pk)
        audit.record(by=by.pk, action="accounts.withdraw", subject=by.pk, now=now, purpose=purpose.value)


def declare(*, by: User, values: Mapping[ConsentPurpose, str | int], now: datetime) -> None:
    """Keeps what a person tells about themselves; a verified value that is told anew is self-declared again.

    Raises AttributeInvalid, ConsentRequired, GuardianRequired.
    """
    require_transaction()
    unverified = {"verified_by": None, "verified_method": "", "verified_at": None}
    for purpose, value in values.items():
        _write(by.pk, purpose, value, now, **unverified)


def verify_attribute(
    *, by: User, user_id: UUID, purpose: ConsentPurpose, value: str | int, method: str, now: datetime
) -> None:
    """What somebody of the service has seen proof of, by `method`.

    Raises SelfVerification, NotFound for nobody, AttributeInvalid, ConsentRequired, GuardianRequired.
    """
    require_transaction()
    if by.pk == user_id:
        raise errors.SelfVerification
    if not User.objects.filter(pk=user_id, is_active=True).exists():
        raise NotFound
    _write(user_id, purpose, value, now, verified_by=by.pk, verified_method=method, verified_at=now)
    audit.record(by=by.pk, action="accounts.verify", subject=user_id, now=now, purpose=purpose.value, method=method)


def _write(user_id: UUID, purpose: ConsentPurpose, value: str | int, now: datetime, **proof: object) -> None:
    kept = rules.attribute_value(purpose, value, now)
    rows = Consent.objects.filter(user=user_id, purpose=purpose.value)
    if not rows.update(value=kept, declared_at=now, **proof):
        raise errors.ConsentRequired(purpose=purpose.value)
    if purpose is ConsentPurpose.AGE:
        release_ward(user_id)
        if rules.is_child(int(kept), now):
            _take_guardian(user_id)


def _take_guardian(child: UUID) -> None:
    """Whoever invited the child into their household answers for it."""
    mine = Member.objects.filter(user=child).exclude(accepted_at=None).exclude(invited_by=child).first()
    if mine is None:
        raise errors.GuardianRequired
    guardian = Member.objects.filter(user=mine.invited_by, household=mine.household_id, guardian_id=None)
    if not guardian.exclude(accepted_at=None).update(wards=F("wards") + 1):
        raise errors.GuardianRequired
    if not Member.objects.filter(user=child, household=mine.household_id, guardian_id=None).update(
        guardian_id=mine.invited_by
    ):
        raise errors.GuardianRequired


def release_grown_up(user_id: UUID, now: datetime) -> None:
    """Ends what guardianship of `user_id`, as child or as guardian, the years have made needless."""
    for child in _wards_around(user_id):
        year = Consent.objects.filter(user=child, purpose=ConsentPurpose.AGE.value).values_list("value", flat=True)
        if not rules.is_child(int(year.get()), now):
            release_ward(child)


def release_all(user_id: UUID) -> None:
    """Ends every guardianship of somebody who is being forgotten."""
    for child in _wards_around(user_id):
        release_ward(child)


def _wards_around(user_id: UUID) -> list[UUID]:
    rows = Member.objects.filter(Q(user=user_id) | Q(guardian_id=user_id)).exclude(guardian_id=None)
    return list(rows.order_by("pk").values_list("user_id", flat=True))


def release_ward(child: UUID) -> None:
    """Ends a guardianship: the child has grown up, or its age is no longer known."""
    guardian = Member.objects.filter(user=child).values_list("guardian_id", flat=True).first()
    if guardian and Member.objects.filter(user=child, guardian_id=guardian).update(guardian_id=None):
        Member.objects.filter(user=guardian).update(wards=F("wards") - 1)
