"""When to try again, and when a job comes next. Pure."""

from datetime import datetime, timedelta

from backend.outbox.types import Calendar, Every, Policy


def retry_at(policy: Policy, *, tries: int, now: datetime, chance: float) -> datetime:
    """When a task that failed for the `tries`th time is due again.

    `chance` in [0, 1) spreads retries over the upper half of the wait, so that what failed together does not come
    back together.
    """
    exponent = min(tries - 1, 64)  # beyond that every wait is the longest one, and floats would overflow
    seconds = min(policy.first_seconds * policy.factor**exponent, policy.most_seconds)
    return now + timedelta(seconds=seconds * (0.5 + chance / 2))


def is_spent(policy: Policy, *, tries: int) -> bool:
    """Whether a task that was tried so often is not tried again."""
    return tries >= policy.tries


def next_slot(calendar: Calendar, *, after: datetime) -> datetime:
    """The first time after `after`, given on the district's clock, when a job is due.

    Slots that passed while nobody worked are not made up for one by one: one run catches up on all of them.
    """
    if isinstance(calendar, Every):
        return after + timedelta(seconds=calendar.seconds)
    at = calendar.at
    today = after.replace(hour=at.hour, minute=at.minute, second=at.second, microsecond=0)
    return today if today > after else today + timedelta(days=1)
