"""How much of a day's total counts, so that it does not matter in which order the day's events arrive.

Events of one person, day and activity are added up, and what counts is a function of the sum alone: whole steps of
the rule's rate, up to the day's limit. Each event then brings the difference that it makes. Scoring every event by
itself would round each of them down, and a limit would favour whoever came first.
"""

from math import gcd

from backend.earning.rules import FULL_BP
from backend.earning.types import ACTIVITIES, Cap, CapCounts, CapPeriod, CapScope, Grade, Rate, RuleTerms, Unit


def creditable(total: int, *, credited: int, step: int, limit: int | None) -> int:
    """How far a tally may be credited: on from where it stands, in whole steps, up to `limit`. Monotone in `total`."""
    within = total if limit is None else min(total, limit)
    return credited + max(0, within - credited) // step * step


def general_rate(terms: RuleTerms) -> Rate:
    """The rate of an activity that has no variants."""
    return terms.rates.get("") or next(iter(terms.rates.values()))


def step_of(terms: RuleTerms, grade: Grade) -> int:
    """The least number of units that earns whole points on evidence of this grade, so that nothing is rounded away."""
    rate = general_rate(terms)
    return rate.per * (FULL_BP // gcd(rate.points * _factor_bp(terms, grade), FULL_BP))


def daily_limit(terms: RuleTerms, grade: Grade) -> int | None:
    """The units after which the rule's caps for a person and day leave nothing more to earn; None without such caps."""
    mine = [cap for cap in terms.caps if (cap.scope, cap.period) == (CapScope.PERSON, CapPeriod.DAY)]
    return min((limit for cap in mine if (limit := _in_units(cap, terms, grade)) is not None), default=None)


def _in_units(cap: Cap, terms: RuleTerms, grade: Grade) -> int | None:
    match cap.counts:
        case CapCounts.UNITS:
            return cap.limit
        case CapCounts.POINTS:
            rate = general_rate(terms)
            return cap.limit * rate.per * FULL_BP // (rate.points * _factor_bp(terms, grade))
        case CapCounts.TIMES:  # several rides may share an award, so that times are counted here, as rides
            return cap.limit if ACTIVITIES[terms.activity].unit is Unit.TIME else None


def _factor_bp(terms: RuleTerms, grade: Grade) -> int:
    found = terms.grades.get(grade)
    return found.factor_bp if found else FULL_BP
