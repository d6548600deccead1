"""How a wait ends: by an operator's review, or because its time is over; and how an act is undone.

Whoever ends or undoes an award first takes its UnitsBack row, so that a refund and a
release happen one after the other.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.accounts.models import User
from backend.accounts.queries import pending_account, points_account
from backend.audit import services as audit
from backend.carbon import services as carbon
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction, take_within
from backend.earning import errors, queries, rules
from backend.earning.models import Award, Review, TakenBack, UnitsBack
from backend.earning.services.awarding import count_carbon, tell_balance
from backend.earning.services.messages import tell_decision, tell_taken_back
from backend.earning.types import AwardStatus, ReasonCode
from backend.ledger import queries as ledger_queries
from backend.ledger import services as ledger

TIME_IS_OVER = "等待期已满 / the waiting time is over"


def review(
    *,
    by: User,
    award_id: UUID,
    approve: bool,
    reason: str,
    reason_code: ReasonCode = ReasonCode.OTHER,
    now: datetime,
) -> Review:
    """An operator's decision on an award that waits: its points become available, or go back to the budget.

    Raises NotFound for an award that does not wait, AlreadyReviewed when somebody decided before, ReasonDoesNotFit.
    """
    require_transaction()
    require_fitting(reason_code, granted=approve)
    award = Award.objects.filter(pk=award_id).exclude(status=AwardStatus.AWARDED).first()
    if award is None:
        raise NotFound
    made = Review(award=award, approved=approve, reason_code=reason_code, reason=reason, by=by.pk, at=now)
    _end(made, now)
    audit.record(
        by=by.pk, action="earning.review", subject=award.pk, now=now,
        approved=approve, code=reason_code.value, reason=reason,
    )  # fmt: skip
    return made


def require_fitting(code: ReasonCode, *, granted: bool) -> None:
    """Raises ReasonDoesNotFit where the reason cannot stand for the decision."""
    if not rules.fits(code, granted=granted):
        fitting = [each.value for each in ReasonCode if rules.fits(each, granted=granted)]
        raise errors.ReasonDoesNotFit(reason_code=code.value, fitting=fitting)


def release_due(*, now: datetime, limit: int = 200) -> int:
    """Releases up to `limit` awards whose waiting time is over; returns how many, 0 when none is left.

    May run late, twice or beside itself: one review ends one wait.
    """
    require_transaction()
    due = queries.waiting(AwardStatus.PENDING).filter(release_at__lte=now).order_by("release_at")[:limit]
    for award in list(due):
        try:
            with transaction.atomic():
                _end(_time_over(award, now), now)
        except errors.AlreadyReviewed:
            continue
    return len(due)


def take_back(
    *, by: object, award_id: UUID, units: int | None = None, reference: str, reason: str, now: datetime
) -> int:
    """Undoes `units` of an award's amount (all that is left when None): points and grams go back in proportion.

    Points that are spent become a debt, which later awards repay. The same `reference` again changes nothing. Returns
    the points taken back. Raises NotFound, and MoreThanAwarded beyond the amount.
    """
    require_transaction()
    award, earlier = _standing(award_id)
    before = TakenBack.objects.filter(reference=reference).first()
    if before is not None:
        return before.points
    units = award.amount - earlier if units is None else units
    if units < 1 or not take_within(UnitsBack, limit=award.amount, amount=units, award=award.pk):
        raise errors.MoreThanAwarded(left=award.amount - earlier)
    points = points_left(award, earlier) - points_left(award, earlier + units) if _is_alive(award) else 0
    if points:
        _return_points(award, points, reference, now)
    carbon.take_back(key=f"award:{award.pk}", left=award.amount - earlier - units, reference=reference, now=now)
    TakenBack.objects.create(
        award=award, reference=reference, units=units, points=points, reason=reason, by=str(by), at=now
    )
    audit.record(by=by, action="earning.take_back", subject=award.pk, now=now, units=units, points=points)
    tell_balance(resident_id=award.resident_id)
    if points:
        tell_taken_back(award, points=points, reason=reason, now=now)
    return points


def _standing(award_id: UUID) -> tuple[Award, int]:
    """The award, or the one that an appeal put in its place, and how much of it was undone. Raises NotFound."""
    award = Award.objects.filter(pk=award_id).first()
    if award is None:
        raise NotFound
    earlier = units_back(award)  # an appeal takes this row too, so what it restored is seen from here on
    restored = Award.objects.filter(restores=award).first()
    return (restored, units_back(restored)) if restored else (award, earlier)


def _time_over(award: Award, now: datetime) -> Review:
    return Review(award=award, approved=True, reason_code=ReasonCode.TIME_OVER, reason=TIME_IS_OVER, at=now)


def _end(decision: Review, now: datetime) -> None:
    award = decision.award
    back = units_back(award)
    _save_once(decision)
    points = points_left(award, back)
    if points and decision.approved:
        _release(award, points, now)
        count_carbon(award, left=award.amount - back, now=now)
    elif points:
        ledger.reverse(
            transfer_id=_issued(award), amount=points, reference=_ending(award), event_id=award.event_id, now=now
        )
    tell_balance(resident_id=award.resident_id)
    tell_decision(award, approved=decision.approved, points=points, reason=decision.reason, now=now)


def _save_once(decision: Review) -> None:
    try:
        with transaction.atomic():
            decision.save(force_insert=True)
    except IntegrityError:
        raise errors.AlreadyReviewed from None


def _release(award: Award, points: int, now: datetime) -> None:
    ledger.post(
        debit=pending_account(award.resident_id),
        credit=points_account(award.resident_id),
        amount=points,
        code="award.released",
        reference=_ending(award),
        event_id=award.event_id,
        now=now,
        memo=queries.memo_of(award, "：已确认", ": confirmed"),
    )


def _return_points(award: Award, points: int, reference: str, now: datetime) -> None:
    """To the budget: at once what is there, through the release where there was one; the rest is a debt."""
    event = award.event_id
    released = None if award.status == AwardStatus.AWARDED else ledger_queries.find(_ending(award))
    if released is None:
        ledger.claw_back(transfer_id=_issued(award), amount=points, reference=reference, event_id=event, now=now)
        return
    owed = ledger.claw_back(transfer_id=released, amount=points, reference=reference, event_id=event, now=now)
    if points > owed:
        ledger.reverse(
            transfer_id=_issued(award), amount=points - owed, reference=f"{reference}:budget", event_id=event, now=now
        )


def _is_alive(award: Award) -> bool:
    """Whether its points are still somebody's: a rejected award has given them back already."""
    return not Review.objects.filter(award=award, approved=False).exists()


def units_back(award: Award) -> int:
    """How much of the award was undone, with the row that ends and undoings meet at taken."""
    take_within(UnitsBack, limit=award.amount, amount=0, award=award.pk)
    return UnitsBack.objects.values_list("used", flat=True).get(award=award)


def points_left(award: Award, back: int) -> int:
    """The points of an award of whose amount `back` was undone."""
    return rules.remainder(award.points, (back, award.amount))


def _issued(award: Award) -> int:
    return ledger_queries.transfer(queries.issue_reference(award)).pk


def _ending(award: Award) -> str:
    return f"review:{award.pk}"
