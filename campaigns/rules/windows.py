"""When vouchers may be claimed: hours of weekdays, days that are different, days that are left out.

Instants are those of the district's clock, which the caller gives; intervals are half-open.
"""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from campaigns.errors import ClaimWindowClosed, WindowsInvalid
from campaigns.types import ClaimWindows, ExtraDay, Hours, Weekly

DAY_MINUTES = 1440
MAX_WINDOWS = 60  # of each kind


def require_window(windows: ClaimWindows, now: datetime, until: datetime) -> None:
    """Passes inside a window; raises ClaimWindowClosed with the next opening before `until`."""
    if not is_open(windows, now):
        raise ClaimWindowClosed(opens_at=next_opening(windows, now, until))


def is_open(windows: ClaimWindows, now: datetime) -> bool:
    """Whether `now` lies in a window."""
    minute = now.hour * 60 + now.minute
    return any(hours.from_minute <= minute < hours.to_minute for hours in hours_of(windows, now.date()))


def next_opening(windows: ClaimWindows, after: datetime, until: datetime) -> datetime | None:
    """The first instant later than `after` and before `until` at which a window begins; None if there is none."""
    day = after.date()
    while day <= until.date():
        for hours in hours_of(windows, day):
            opens_at = _instant(day, hours.from_minute, after)
            if after < opens_at < until:
                return opens_at
        day += timedelta(days=1)
    return None


def hours_of(windows: ClaimWindows, day: date) -> list[Hours]:
    """The hours of one date, in order: an excluded one has none, an extra one its own, others their weekday's."""
    if day in windows.excluded:
        return []
    own = [hours for extra in windows.extra if extra.day == day for hours in extra.hours]
    if own:
        return sorted(own, key=_start)
    if not windows.weekly:  # no weekly rule: every day is open but those that are named
        return [Hours()]
    return sorted((each.hours for each in windows.weekly if day.isoweekday() in each.days), key=_start)


def require_sound(windows: ClaimWindows) -> None:
    """Raises WindowsInvalid for hours that run backwards or overlap, unknown weekdays, a date named twice."""
    for weekday in range(1, 8):
        _require_hours([each.hours for each in windows.weekly if weekday in each.days])
    if any(not each.days or not each.days <= set(range(1, 8)) for each in windows.weekly):
        raise WindowsInvalid(what="days")
    for extra in windows.extra:
        _require_hours(list(extra.hours), at_least=1)
    named = [*(extra.day for extra in windows.extra), *windows.excluded]
    if len(named) != len(set(named)):
        raise WindowsInvalid(what="twice")


def windows_of(data: dict[str, Any]) -> ClaimWindows:
    """The windows that `windows_data` wrote."""
    return ClaimWindows(
        weekly=tuple(Weekly(frozenset(each["days"]), _hours(each)) for each in data.get("weekly", [])),
        extra=tuple(
            ExtraDay(date.fromisoformat(each["day"]), tuple(_hours(part) for part in each["hours"]))
            for each in data.get("extra", [])
        ),
        excluded=frozenset(date.fromisoformat(day) for day in data.get("excluded", [])),
    )


def windows_data(windows: ClaimWindows) -> dict[str, Any]:
    """The windows as JSON; empty for those that are always open, so that nobody need look further."""
    data: dict[str, Any] = {
        "weekly": [{"days": sorted(each.days), **_hours_data(each.hours)} for each in windows.weekly],
        "extra": [
            {"day": each.day.isoformat(), "hours": [_hours_data(part) for part in each.hours]} for each in windows.extra
        ],
        "excluded": sorted(day.isoformat() for day in windows.excluded),
    }
    return data if any(data.values()) else {}


def _require_hours(hours: list[Hours], at_least: int = 0) -> None:
    ordered = sorted(hours, key=_start)
    forward = all(0 <= each.from_minute < each.to_minute <= DAY_MINUTES for each in ordered)
    apart = all(one.to_minute <= other.from_minute for one, other in pairwise(ordered))
    if not forward or not apart or len(hours) < at_least:
        raise WindowsInvalid(what="hours")


def _start(hours: Hours) -> int:
    return hours.from_minute


def _instant(day: date, minute: int, like: datetime) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), tzinfo=like.tzinfo)


def _hours(data: dict[str, Any]) -> Hours:
    return Hours(_minute(data["opens"]), _minute(data["closes"]))


def _hours_data(hours: Hours) -> dict[str, str]:
    return {"opens": _clock(hours.from_minute), "closes": _clock(hours.to_minute)}


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
