"""When a voucher may be used: the same windows as those of claiming, said shorter. On the caller's clock."""

from datetime import datetime

from campaigns.rules import windows
from campaigns.types import ClaimWindows, Hours, UseTimes, Weekly

EVERY_DAY = range(1, 8)
WHOLE_DAY = ((0, windows.DAY_MINUTES),)


def is_open(times: UseTimes, at: datetime) -> bool:
    """Whether vouchers may be used at `at`."""
    return windows.is_open(_windows(times), at)


def next_opening(times: UseTimes, at: datetime, until: datetime) -> datetime | None:
    """The first instant in [at, until) at which vouchers may be used; None when there is none."""
    if is_open(times, at):
        return at if at < until else None
    return windows.next_opening(_windows(times), at, until)


def _windows(times: UseTimes) -> ClaimWindows:
    days = frozenset(times.weekdays or EVERY_DAY)
    weekly = tuple(Weekly(days, Hours(*part)) for part in times.parts or WHOLE_DAY)
    return ClaimWindows(weekly=weekly, excluded=frozenset(times.excluded))
