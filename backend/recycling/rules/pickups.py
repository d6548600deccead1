"""Slots and bookings: when a slot is, until when it may be changed, and what is fetched."""

from datetime import date, datetime, time, timedelta, tzinfo

from backend.recycling.errors import SlotClosed, TooLight
from backend.recycling.types import DayPart, PickupKind

CUT_OFF = timedelta(hours=2)  # before its start a slot is settled: the collector's round is planned
MIN_RECYCLABLES_GRAMS = 10_000
MOST_DECLARED_GRAMS = 2_000_000
BOOKINGS_PER_MONTH = 8
PIN_TRIES = 5
PIN_DIGITS = 6
ADDRESS_KEPT = timedelta(days=30)  # after the pick-up has ended, for a complaint about it

_HOURS = {DayPart.MORNING: (9, 12), DayPart.AFTERNOON: (14, 17), DayPart.EVENING: (18, 20)}


def bounds(day: date, part: DayPart, zone: tzinfo) -> tuple[datetime, datetime]:
    """The half-open [start, end) of a part of a day."""
    start, end = _HOURS[part]
    return datetime.combine(day, time(start), zone), datetime.combine(day, time(end), zone)


def require_changeable(starts_at: datetime, now: datetime) -> None:
    """Raises SlotClosed from `CUT_OFF` before the slot's start on."""
    if now >= starts_at - CUT_OFF:
        raise SlotClosed(hours=int(CUT_OFF.total_seconds() // 3600))


def require_worth_the_way(kind: PickupKind, declared_grams: int | None) -> None:
    """Recyclables are fetched from ten kilograms on; bulky things and e-waste always. Raises TooLight."""
    if kind is PickupKind.RECYCLABLES and (declared_grams or 0) < MIN_RECYCLABLES_GRAMS:
        raise TooLight(min_grams=MIN_RECYCLABLES_GRAMS)


def pin_of(digest_hex: str) -> str:
    """The door PIN in a keyed digest: six digits."""
    return f"{int(digest_hex[:16], 16) % 10**PIN_DIGITS:0{PIN_DIGITS}d}"


def month_bounds(instant: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """The half-open month of the district that holds `instant`."""
    start = instant.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return start, (start + timedelta(days=32)).replace(day=1)
