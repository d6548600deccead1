"""Orders depend on the seed alone, waves admit at the stated pace, periods are the calendar's."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from campaigns import rules
from campaigns.rules.lists import read_lines
from campaigns.types import Period
from tests.factories import NOON

NUMBERS = st.lists(st.text("0123456789abcdef", min_size=8, max_size=8), unique=True, max_size=30)


@given(NUMBERS, st.randoms(), st.text(max_size=8))
def test_the_order_is_of_the_set_and_the_seed_only(numbers: list[str], random: object, seed: str) -> None:
    shuffled = list(numbers)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rules.ranked(seed, shuffled) == rules.ranked(seed, numbers)
    assert sorted(rules.ranked(seed, numbers)) == sorted(numbers)
    assert rules.list_digest(shuffled) == rules.list_digest(numbers)


def test_every_place_is_equally_likely() -> None:
    numbers = [f"{each:02}" for each in range(4)]
    first = [rules.ranked(str(seed), numbers)[0] for seed in range(4000)]
    assert all(900 < first.count(number) < 1100 for number in numbers)


def test_a_change_of_list_or_checkpoint_is_another_seed() -> None:
    assert len({rules.seed_of(left, right) for left in "ab" for right in "ab"}) == 4


@given(st.integers(1, 500), st.integers(1, 50), st.integers(0, 600_000))
def test_the_two_ways_to_ask_who_is_admitted_agree(position: int, per_second: int, millis: int) -> None:
    now = NOON + timedelta(milliseconds=millis)
    at = rules.admitted_at(position=position, per_second=per_second, drawn_at=NOON)
    last = rules.admitted_by(per_second=per_second, drawn_at=NOON, now=now)
    assert (at <= now) == (position <= last)


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.sampled_from(Period))
def test_periods_tile_the_calendar(day: date, period: Period) -> None:
    start = rules.period_start(period, day)
    end = rules.period_end(period, start)
    assert start <= day < end
    assert rules.period_start(period, end) == end
    assert rules.period_start(period, end - timedelta(days=1)) == start


@given(st.lists(st.lists(st.text(max_size=50), max_size=4), max_size=20), st.integers(1, 100))
def test_any_line_is_read_bounded_and_printable(rows: list[list[str]], first: int) -> None:
    for line in read_lines(rows, first):
        assert first <= line.number < first + len(rows)
        assert len(line.shown) <= 40
        assert len(line.note) <= 60
        assert (line.shown + line.note).isprintable()
        assert not (line.phone and line.phone in line.shown)
