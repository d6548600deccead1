"""Appeals: filed once and in time, decided by somebody else, and made good where they are upheld.

Rows in order: the appeal, then the award's UnitsBack row, at which it meets refunds, then award, carbon and points.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.accounts import queries as accounts
from backend.accounts import services as people
from backend.accounts.models import User
from backend.audit import services as audit
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.earning import errors, queries
from backend.earning.models import Appeal, Award, EvidenceRecord
from backend.earning.services.awarding import book_award
from backend.earning.services.messages import tell_appeal
from backend.earning.services.settling import points_left, require_fitting, units_back
from backend.earning.types import AppealKind, AppealState, AwardStatus, ReasonCode

APPEAL_TIME = timedelta(days=14)


def appeal_rejection(*, by: User, award_id: UUID, text: str, now: datetime) -> Appeal:
    """A resident asks for a second look at a rejected award of theirs, once.

    Raises NotFound, NotRejected, AppealTooLate, AlreadyAppealed.
    """
    require_transaction()
    award = queries.award_of(by.pk, award_id)
    review = getattr(award, "review", None)
    if review is None or review.approved:
        raise errors.NotRejected
    until = review.at + APPEAL_TIME
    if now >= until:
        raise errors.AppealTooLate(until=clock.local(until).isoformat(timespec="seconds"))
    return _file(
        Appeal(kind=AppealKind.REJECTION, resident_id=by.pk, award=award, reviewed_by=review.by, text=text), now
    )


def appeal_one_person(*, by: User, text: str, now: datetime) -> Appeal:
    """Somebody says that they are not one person with those who share a mark with them.

    Raises NotJoined, AlreadyAppealed while an earlier one is open.
    """
    require_transaction()
    if not accounts.is_joined(by.pk):
        raise errors.NotJoined
    return _file(Appeal(kind=AppealKind.ONE_PERSON, resident_id=by.pk, text=text), now)


def decide_appeal(
    *, by: User, appeal_id: UUID, uphold: bool, reason_code: ReasonCode, reason: str, now: datetime
) -> Appeal:
    """An operator who is neither the reviewer nor the resident decides. Upheld, the points come by a new award that
    stands in for the rejected one, or the account is split off.

    Raises NotFound, ReasonDoesNotFit, AnotherDecides, AppealDecided.
    """
    require_transaction()
    require_fitting(reason_code, granted=uphold)
    appeal = Appeal.objects.filter(pk=appeal_id).first()
    if appeal is None:
        raise NotFound
    state = AppealState.UPHELD if uphold else AppealState.DECLINED
    _take(appeal, state, by, reason_code, reason, now)
    if uphold:
        _make_good(appeal, by, reason, now)
    audit.record(
        by=by.pk, action="earning.appeal", subject=appeal_id, now=now,
        upheld=uphold, code=reason_code.value, reason=reason,
    )  # fmt: skip
    appeal.refresh_from_db()
    tell_appeal(appeal, now)
    return appeal


def forget_appeals(*, by: User) -> None:
    """Deletes what a person wrote in their appeals; the decisions stay."""
    require_transaction()
    Appeal.objects.filter(resident_id=by.pk).update(text="")


def _file(appeal: Appeal, now: datetime) -> Appeal:
    appeal.filed_at = now
    try:
        with transaction.atomic():
            appeal.save(force_insert=True)
    except IntegrityError:
        raise errors.AlreadyAppealed from None
    audit.record(by=appeal.resident_id, action="earning.appeal_filed", subject=appeal.pk, now=now, kind=appeal.kind)
    return appeal


def _take(appeal: Appeal, state: AppealState, by: User, code: ReasonCode, reason: str, now: datetime) -> None:
    """The one step out of `filed`. Who may not decide is told by the table's own check."""
    filed = Appeal.objects.filter(pk=appeal.pk, state=AppealState.FILED)
    try:
        with transaction.atomic():
            taken = filed.update(state=state, decided_by=by.pk, decided_at=now, reason_code=code, reason=reason)
    except IntegrityError:
        raise errors.AnotherDecides from None
    if not taken:
        raise errors.AppealDecided


def _make_good(appeal: Appeal, by: User, reason: str, now: datetime) -> None:
    if appeal.award is not None:
        _restore(appeal.award, now)
        return
    try:
        people.split_person(by=by, user_id=appeal.resident_id, reason=reason, now=now)
    except NotFound:
        return  # nobody is joined with them any more, which is what they asked for


def _restore(rejected: Award, now: datetime) -> None:
    """A new award for what is left of the rejected one. Its caps were used when the act was judged, and stay so."""
    back = units_back(rejected)
    points = points_left(rejected, back)
    if not points:
        return
    evidence = EvidenceRecord.objects.create(
        key=f"appeal:{rejected.pk}", grade=rejected.grade, digest=rejected.evidence.digest, at=rejected.happened_at
    )
    made = Award(
        restores=rejected, evidence=evidence, status=AwardStatus.AWARDED, points=points,
        amount=rejected.amount - back, at=now,
        **{name: getattr(rejected, name) for name in _SAME},
    )  # fmt: skip
    made.why_zh, made.why_en = f"{rejected.why_zh}：申诉成立"[:200], f"{rejected.why_en}: appeal upheld"[:200]
    book_award(made, rejected.rule, now)


_SAME = (
    "resident_id", "person_id", "activity", "variant", "station_id", "rule_id", "grade", "working", "witness_id",
    "event_id", "happened_at",
)  # fmt: skip
