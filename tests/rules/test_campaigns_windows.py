"""Claim windows: open or not, and when next, against a minute-by-minute model."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.clock import ZONE
from campaigns.errors import ClaimWindowClosed, WindowsInvalid
from campaigns.rules.windows import is_open, next_opening, require_sound, require_window, windows_data, windows_of
from campaigns.types import ClaimWindows, ExtraDay, Hours, Weekly

FRIDAY = date(2026, 6, 5)
DAYS = [FRIDAY + timedelta(days=offset) for offset in range(-2, 12)]


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


@st.composite
def hours(draw: st.DrawFn) -> list[Hours]:
    cuts = sorted(draw(st.sets(st.integers(0, 24), min_size=2, max_size=6)))
    return [Hours(a * 60, b * 60) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]


@st.composite
def windows(draw: st.DrawFn) -> ClaimWindows:
    """Hours that are sound by construction: each weekday is named once."""
    days = draw(st.permutations(range(1, 8)))
    weekly = [Weekly(frozenset({day}), part) for day in days[:4] for part in draw(hours())]
    special = draw(st.lists(st.sampled_from(DAYS), unique=True, max_size=5))
    extra = tuple(ExtraDay(day, tuple(draw(hours()))) for day in special[:2])
    return ClaimWindows(tuple(weekly) if draw(st.booleans()) else (), extra, frozenset(special[2:]))


def model(of: ClaimWindows, now: datetime) -> bool:
    """The rule in words: a date that is left out is shut, a date of its own has its own hours, else the weekday's."""
    minute, day = now.hour * 60 + now.minute, now.date()
    if day in of.excluded:
        return False
    if day in {each.day for each in of.extra}:
        parts = [part for each in of.extra if each.day == day for part in each.hours]
    elif of.weekly:
        parts = [each.hours for each in of.weekly if now.isoweekday() in each.days]
    else:
        return True
    return any(part.from_minute <= minute < part.to_minute for part in parts)


@given(windows(), st.sampled_from(DAYS), st.integers(0, 1439))
def test_open_is_what_the_words_say(of: ClaimWindows, day: date, minute: int) -> None:
    require_sound(of)
    now = at(day, 0) + timedelta(minutes=minute)
    assert is_open(of, now) == model(of, now)


@given(windows(), st.sampled_from(DAYS[:7]), st.integers(0, 1439))
def test_the_next_opening_is_the_first_open_minute(of: ClaimWindows, day: date, minute: int) -> None:
    now, until = at(day, 0) + timedelta(minutes=minute), at(DAYS[-1], 0)
    if is_open(of, now):
        require_window(of, now, until)
        return
    later = (now + timedelta(minutes=n) for n in range(1, 20 * 1440))
    expected = next((each for each in later if each < until and model(of, each)), None)
    assert next_opening(of, now, until) == expected
    with pytest.raises(ClaimWindowClosed) as caught:
        require_window(of, now, until)
    assert caught.value.data == {"opens_at": expected}
    assert caught.value.detail()
    assert caught.value.detail("en")


@given(windows())
def test_windows_survive_the_way_through_json(of: ClaimWindows) -> None:
    assert windows_of(windows_data(of)) == of
    assert bool(windows_data(of)) == (of != ClaimWindows())


def test_no_windows_are_always_open() -> None:
    assert is_open(ClaimWindows(), at(FRIDAY, 3, 30))


def test_a_moved_holiday() -> None:
    """Every Friday from 10 to 12; the 5th is a holiday, the Sunday after it is worked in its place."""
    sunday = FRIDAY + timedelta(days=2)
    morning = Hours(600, 720)
    of = ClaimWindows((Weekly(frozenset({5}), morning),), (ExtraDay(sunday, (morning,)),), frozenset({FRIDAY}))
    assert not is_open(of, at(FRIDAY, 11))
    assert next_opening(of, at(FRIDAY, 11), at(DAYS[-1], 0)) == at(sunday, 10)
    assert [is_open(of, at(sunday, 9, 59)), is_open(of, at(sunday, 10)), is_open(of, at(sunday, 12))] == [
        False, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        (ClaimWindows((Weekly(frozenset({1}), Hours(600, 600)),)), "hours"),
        (ClaimWindows((Weekly(frozenset({1}), Hours(0, 1441)),)), "hours"),
        (ClaimWindows((Weekly(frozenset({1, 2}), Hours(0, 60)), Weekly(frozenset({2}), Hours(30, 90)))), "hours"),
        (ClaimWindows((Weekly(frozenset({8})),)), "days"),
        (ClaimWindows((Weekly(frozenset()),)), "days"),
        (ClaimWindows((), (ExtraDay(FRIDAY, ()),)), "hours"),
        (ClaimWindows((), (ExtraDay(FRIDAY),), frozenset({FRIDAY})), "twice"),
        (ClaimWindows((), (ExtraDay(FRIDAY), ExtraDay(FRIDAY, (Hours(0, 60),)))), "twice"),
    ],
)
def test_windows_that_make_no_sense(wrong: ClaimWindows, what: str) -> None:
    with pytest.raises(WindowsInvalid) as caught:
        require_sound(wrong)
    assert caught.value.data == {"what": what}
