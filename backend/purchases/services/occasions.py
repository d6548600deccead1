"""Classes, challenges and volunteering: the organiser's screen shows a rotating code, everybody there scans it once."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.accounts import queries as people
from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.types import Role
from backend.audit import services as audit
from backend.core import clock
from backend.core.errors import Forbidden, NotFound
from backend.core.transactions import require_transaction, take_within
from backend.earning.errors import EvidenceAlreadyUsed
from backend.earning.services import award
from backend.earning.types import Act, Activity, Awarded, Evidence, Grade
from backend.purchases import errors, queries, rules
from backend.purchases.models import Attendance, Occasion, Seats
from backend.purchases.types import Earned, NewOccasion, Period
from backend.tokens import services as tokens
from backend.tokens.types import IssuedCode, Purpose


def add_occasion(*, by: object, new: NewOccasion, organiser_phone: str, time: Period, now: datetime) -> Occasion:
    """An occasion whose code the person with this telephone number shows. Raises PeriodInvalid, PhoneInvalid."""
    require_transaction()
    if time.starts_at >= time.ends_at:
        raise errors.PeriodInvalid
    made = Occasion.objects.create(
        title=new.title,
        title_en=new.title_en,
        activity=new.activity.value,
        organiser=new.organiser,
        organiser_id=accounts.person_of(phone=organiser_phone, now=now).pk,
        place=new.place,
        capacity=new.capacity,
        starts_at=time.starts_at,
        ends_at=time.ends_at,
    )
    audit.record(by=by, action="purchases.add_occasion", subject=made.pk, now=now, activity=made.activity)
    return made


def cancel_occasion(*, by: object, occasion_id: UUID, now: datetime) -> Occasion:
    """Takes no more attendance, from this commit on. Raises NotFound, RegistrationEnded."""
    require_transaction()
    if not Occasion.objects.filter(pk=occasion_id, cancelled_at=None).update(cancelled_at=now):
        raise errors.RegistrationEnded if Occasion.objects.filter(pk=occasion_id).exists() else NotFound
    audit.record(by=by, action="purchases.cancel_occasion", subject=occasion_id, now=now)
    return queries.occasion(occasion_id)


def code_of(*, by: User, occasion_id: UUID, now: datetime) -> IssuedCode:
    """The rotating code, for the organiser's screen; operators may show it too. Raises NotFound, Forbidden."""
    found = queries.occasion(occasion_id)
    if found.organiser_id != by.pk and not by.has_role(Role.OPERATOR):
        raise Forbidden
    return tokens.issue(purpose=Purpose.OCCASION, subject=found.pk, now=now)


def attend(*, by: User, code: str, now: datetime) -> Earned:
    """Rewards a resident for being there, once for each person.

    Raises the code's refusals, OccasionNotOpen, OwnOccasion, AlreadyAttended, OccasionFull and those of `award`.
    """
    require_transaction()
    found = queries.occasion(tokens.verify(code=code, purpose=Purpose.OCCASION, now=now).subject)
    _require_open(found, now)
    person_id = people.person_of(by.pk)
    if person_id == people.person_of(found.organiser_id):
        raise errors.OwnOccasion
    if Attendance.objects.filter(occasion=found, person_id=person_id).exists():
        raise errors.AlreadyAttended  # told before "full"; two at once meet at the unique row
    if not take_within(Seats, limit=found.capacity, occasion=found.pk):
        raise errors.OccasionFull(capacity=found.capacity)
    return Earned(*_attendance(found, by.pk, person_id, now))


def _require_open(found: Occasion, now: datetime) -> None:
    if found.cancelled_at or not found.starts_at <= now < found.ends_at:
        starts, ends = (clock.local(at).isoformat(timespec="minutes") for at in (found.starts_at, found.ends_at))
        raise errors.OccasionNotOpen(starts_at=starts, ends_at=ends)


def _attendance(found: Occasion, resident_id: UUID, person_id: UUID, now: datetime) -> tuple[UUID, Awarded]:
    activity = Activity(found.activity)
    zh, en = rules.told(activity, found.title)
    act = Act(activity, 1, Grade.CONFIRMED, now, label_zh=zh, label_en=en)
    try:
        with transaction.atomic():
            awarded = award(resident_id=resident_id, act=act, evidence=_evidence(found, person_id), now=now)
            made = Attendance.objects.create(
                occasion=found, resident_id=resident_id, person_id=person_id, award_id=awarded.id, at=now
            )
    except (EvidenceAlreadyUsed, IntegrityError):
        raise errors.AlreadyAttended from None
    return made.pk, awarded


def _evidence(found: Occasion, person_id: UUID) -> Evidence:
    return Evidence(f"occasion:{found.pk}:{person_id}")
