"""Time. Services take `now` as an argument; only doors and commands call `now()`."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")  # the zone of every calendar rule: days, weeks and months of the district


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def day_bounds(instant: datetime) -> tuple[datetime, datetime]:
    """The half-open day [start, end) of the district that holds `instant`."""
    start = instant.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    return start, start + timedelta(days=1)


def start_of(day: date) -> datetime:
    """The first instant of a day of the district."""
    return datetime.combine(day, time(), ZONE)


def local(instant: datetime) -> datetime:
    """`instant` on the district's clock, for words shown to people."""
    return instant.astimezone(ZONE)
