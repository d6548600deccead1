"""When residents are believed about a station, and for how long."""

from datetime import timedelta

PERSONS_TO_AGREE = 3
AGREE_WITHIN = timedelta(hours=1)
BELIEVED_FOR = timedelta(hours=2)
BETWEEN_REPORTS = timedelta(minutes=10)  # of one person about one station


def believed(persons: int) -> bool:
    """Whether so many different persons, saying the same within `AGREE_WITHIN`, are enough."""
    return persons >= PERSONS_TO_AGREE
