"""A device's own order: which events are taken in time, and what is missing before those that wait."""

from collections.abc import Iterable
from datetime import datetime, timedelta

MOST_EVENTS = 200  # in one batch
FURTHEST_AHEAD = 5000  # numbers beyond the first missing one: bounds what one device can leave waiting
CLOCK_LEEWAY = timedelta(minutes=5)


def in_time(happened_at: datetime, received_at: datetime, max_age: timedelta) -> bool:
    """Whether an event is neither older than `max_age` nor from the future, but for a clock that runs a little fast."""
    return received_at - max_age <= happened_at <= received_at + CLOCK_LEEWAY


def gaps(applied: int, waiting: Iterable[int]) -> list[tuple[int, int]]:
    """The inclusive ranges of numbers missing after `applied` and before the last of `waiting`, in order."""
    found, next_seq = [], applied + 1
    for seq in sorted(set(waiting)):
        if seq > next_seq:
            found.append((next_seq, seq - 1))
        next_seq = max(next_seq, seq + 1)
    return found
