"""What an act is worth: one pure function, which also serves the preview of a draft and the explanation of an award.

Calendar periods are those of the zone in which `act.at` is given; callers give the district's.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from backend.earning.errors import CapReached, EvidenceNotAccepted, NotRewarded, TooLittle
from backend.earning.rules.terms import FULL_BP
from backend.earning.types import (
    Act,
    AwardStatus,
    CapCounts,
    CapPeriod,
    CapScope,
    CapUsed,
    Decision,
    GradeTerms,
    Rate,
    RuleTerms,
    Working,
)

Who = Mapping[CapScope, str]  # the id that each scope of cap counts under


def period_of(period: CapPeriod, at: datetime) -> tuple[datetime, datetime]:
    """The half-open span [start, end) of `at`'s own calendar that a cap counts over."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    day = hour.replace(hour=0)
    match period:
        case CapPeriod.HOUR:
            return hour, hour + timedelta(hours=1)
        case CapPeriod.DAY:
            return day, day + timedelta(days=1)
        case CapPeriod.WEEK:
            monday = day - timedelta(days=day.weekday())
            return monday, monday + timedelta(days=7)
        case CapPeriod.MONTH:
            first = day.replace(day=1)
            return first, (first + timedelta(days=32)).replace(day=1)


def counters_of(terms: RuleTerms, who: Who, at: datetime) -> list[CapUsed]:
    """The counters an act would use, unused, in the order in which their rows are taken: the hottest scope last."""
    order = list(CapScope)
    found = []
    for cap in sorted(terms.caps, key=lambda cap: (order.index(cap.scope), cap.period, cap.counts)):
        if cap.scope in who:
            start, end = period_of(cap.period, at)
            name = f"{cap.scope}:{who[cap.scope]}:{terms.activity}:{cap.period}:{start:%Y%m%d%H}:{cap.counts}"
            found.append(CapUsed(cap, name, 0, end))
    return found


def worth(amount: int, rate: Rate, factor_bp: int, boost_bp: int) -> int:
    """Points for `amount` units, rounded down once, so that it is monotone in the amount."""
    return amount * rate.points * factor_bp * boost_bp // (rate.per * FULL_BP * FULL_BP)


def decide(terms: RuleTerms, act: Act, caps: list[CapUsed], boost_bp: int = FULL_BP) -> Decision:
    """What `act` earns while its caps stand where `caps` says.

    Raises EvidenceNotAccepted, NotRewarded (a variant without a rate), CapReached, TooLittle.
    """
    grade = grade_terms(terms, act)
    rate = rate_of(terms, act.variant)
    for each in caps:
        if each.left == 0:
            raise cap_reached(each)
    credited = min([act.amount, *(each.left for each in caps if each.cap.counts is CapCounts.UNITS)])
    full = worth(act.amount, rate, grade.factor_bp, boost_bp)
    points = worth(credited, rate, grade.factor_bp, boost_bp)
    points = min([points, *(each.left for each in caps if each.cap.counts is CapCounts.POINTS)])
    if points < 1:
        raise _too_little(rate, grade.factor_bp, boost_bp)
    working = Working(act.amount, credited, rate, grade.factor_bp, boost_bp, full, points)
    return Decision(working, _status(grade, act), grade.pending_hours, tuple(caps))


def uses(decision: Decision) -> list[tuple[CapUsed, int]]:
    """How much of each cap the decision takes."""
    takes = {
        CapCounts.TIMES: 1,
        CapCounts.POINTS: decision.points,
        CapCounts.UNITS: decision.working.credited,
    }
    return [(each, takes[each.cap.counts]) for each in decision.caps]


def remainder(points: int, share: tuple[int, int]) -> int:
    """What is left of an award when `share` (a fraction as numerator and denominator) of its act was undone."""
    part, whole = share
    return points * (whole - part) // whole


def points_expire_at(*, day_ends_at: datetime, valid_days: int) -> datetime:
    """The first instant at which points are gone: the end of the district's day, `valid_days` days later."""
    return day_ends_at + timedelta(days=valid_days)


def grade_terms(terms: RuleTerms, act: Act) -> GradeTerms:
    """What the rule says of the act's grade of evidence; raises EvidenceNotAccepted where it says nothing."""
    if act.grade not in terms.grades:
        raise EvidenceNotAccepted(grade=act.grade.value, accepted=[grade.value for grade in terms.grades])
    return terms.grades[act.grade]


def rate_of(terms: RuleTerms, variant: str) -> Rate:
    """The rate of a variant, or the rule's general one; raises NotRewarded."""
    rate = terms.rates.get(variant) or terms.rates.get("")
    if rate is None:
        raise NotRewarded(variant=variant, rewarded=sorted(terms.rates))
    return rate


def cap_reached(each: CapUsed) -> CapReached:
    """The refusal of a cap that is used up; it says when the cap starts anew."""
    resets_at = each.resets_at.isoformat(timespec="seconds")
    return CapReached(
        scope=each.cap.scope.value, period=each.cap.period.value, counts=each.cap.counts.value,
        limit=each.cap.limit, resets_at=resets_at,
    )  # fmt: skip


def _status(grade: GradeTerms, act: Act) -> AwardStatus:
    if grade.review or act.doubts:
        return AwardStatus.PENDING_REVIEW
    return AwardStatus.PENDING if grade.pending_hours else AwardStatus.AWARDED


def _too_little(rate: Rate, factor_bp: int, boost_bp: int) -> TooLittle:
    least = -(-rate.per * FULL_BP * FULL_BP // (rate.points * factor_bp * boost_bp))
    return TooLittle(least=least)
