"""Pure decisions: what an act is worth and why, and where a place is. No rows, no clock, no settings."""

from backend.earning.rules.awards import (
    cap_reached,
    counters_of,
    decide,
    period_of,
    points_expire_at,
    remainder,
    uses,
    worth,
)
from backend.earning.rules.doubts import PHOTO_REUSED, UNDER_WATCH, fits, words
from backend.earning.rules.places import check_in, distance_m
from backend.earning.rules.preview import foresee
from backend.earning.rules.telling import GRADES, more, steps, why
from backend.earning.rules.terms import FULL_BP, terms_of

__all__ = [
    "FULL_BP",
    "GRADES",
    "PHOTO_REUSED",
    "UNDER_WATCH",
    "cap_reached",
    "check_in",
    "counters_of",
    "decide",
    "distance_m",
    "fits",
    "foresee",
    "more",
    "period_of",
    "points_expire_at",
    "remainder",
    "steps",
    "terms_of",
    "uses",
    "why",
    "words",
    "worth",
]
