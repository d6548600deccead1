"""The terms of an award rule as data: read strictly, written back the same."""

from typing import Any

from backend.earning.errors import BadRule
from backend.earning.types import (
    Activity,
    Cap,
    CapCounts,
    CapPeriod,
    CapScope,
    Grade,
    GradeTerms,
    Rate,
    RuleTerms,
)

MOST_POINTS, MOST_UNITS, MOST_CAPS, MOST_VARIANTS = 100_000, 1_000_000_000, 12, 40
FULL_BP = 10_000
_NAMES = {"rates", "grades", "caps", "min_interval_seconds", "points_valid_days"}


def terms_of(activity: str, version: int, data: dict[str, Any]) -> RuleTerms:
    """The typed terms of `data`. Raises BadRule, naming what is wrong; an unknown name is wrong too."""
    try:
        _require(set(data) <= _NAMES, f"unknown: {sorted(set(data) - _NAMES)}")
        rates = {str(name): _rate(pair) for name, pair in data["rates"].items()}
        grades = {Grade(name): _grade(terms) for name, terms in data["grades"].items()}
        caps = tuple(_cap(each) for each in data.get("caps", []))
        _require(1 <= len(rates) <= MOST_VARIANTS, "rates: one to forty variants")
        _require(bool(grades), "grades: at least one")
        _require(len(caps) <= MOST_CAPS, "caps: too many")
        _require(len({(cap.scope, cap.period, cap.counts) for cap in caps}) == len(caps), "caps: one is there twice")
        interval = _whole(data.get("min_interval_seconds", 0), 0, 30 * 86_400)
        valid = _whole(data.get("points_valid_days", 365), 1, 3_660)
        return RuleTerms(Activity(activity), version, rates, grades, caps, interval, valid)
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise BadRule(reason=f"{type(wrong).__name__}: {wrong}") from None


def _rate(pair: Any) -> Rate:
    points, per = pair
    return Rate(_whole(points, 1, MOST_POINTS), _whole(per, 1, MOST_UNITS))


def _grade(terms: dict[str, Any]) -> GradeTerms:
    _require(set(terms) <= {"factor_bp", "pending_hours", "review"}, "grades: unknown name")
    return GradeTerms(
        _whole(terms.get("factor_bp", FULL_BP), 1, FULL_BP),
        _whole(terms.get("pending_hours", 0), 0, 24 * 60),
        terms.get("review", False) is True,
    )


def _cap(each: dict[str, Any]) -> Cap:
    _require(set(each) == {"scope", "period", "counts", "limit"}, "caps: scope, period, counts, limit")
    limit = _whole(each["limit"], 1, MOST_UNITS)
    return Cap(CapScope(each["scope"]), CapPeriod(each["period"]), CapCounts(each["counts"]), limit)


def _whole(value: Any, least: int, most: int) -> int:
    _require(type(value) is int and least <= value <= most, f"{value!r} is not a whole number in {least}..{most}")
    return int(value)


def _require(holds: bool, reason: str) -> None:
    if not holds:
        raise ValueError(reason)
