"""The scale: how much and for how long."""

from datetime import datetime, timedelta

from backend.recycling.errors import NothingToCorrect
from backend.recycling.types import Line

MOST_LINES = 20
MOST_GRAMS = 200_000  # what a platform scale at a station carries
CORRECTION_TIME = timedelta(minutes=10)


def may_correct(weighed_at: datetime, now: datetime) -> bool:
    """Whether the line may still be set right by whoever weighed it."""
    return weighed_at <= now < weighed_at + CORRECTION_TIME


def set_right(old: Line, right: Line) -> tuple[int, Line | None]:
    """How many grams of `old` go back, and what is added, so that `right` stands. Raises NothingToCorrect.

    A weight that was too high goes back in part and one that was too low is added to, so that no cap that the first
    weighing has used is used again; another material goes back whole.
    """
    if right == old:
        raise NothingToCorrect
    if right.material != old.material:
        return old.grams, right if right.grams else None
    if right.grams < old.grams:
        return old.grams - right.grams, None
    return 0, Line(right.material, right.grams - old.grams)
