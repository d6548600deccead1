"""The order of drops and draws, waves of admission, and periods. docs/draws.md says the same in words for everybody."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from campaigns.types import Period


def number_of(salt: str, person: str) -> str:
    """A person's public number in one drop or draw: who knows the salt alone cannot say whose it is."""
    return _sha256(f"{salt}:{person}")


def list_digest(numbers: Iterable[str]) -> str:
    """The SHA-256 of the sorted numbers, each on a line that ends with a line feed."""
    return _sha256("".join(f"{number}\n" for number in sorted(numbers)))


def seed_of(list_sha256: str, checkpoint: str) -> str:
    """The seed of a draw: of the list as it was published, and of the signed checkpoint that came after it."""
    return _sha256(f"{list_sha256}\n{checkpoint}")


def ranked(seed: str, numbers: Iterable[str]) -> list[str]:
    """The numbers in the order that the seed gives: by the SHA-256 of seed, colon and number."""
    return sorted(numbers, key=lambda number: (_sha256(f"{seed}:{number}"), number))


def commitment(seed: str) -> str:
    """What is published of a seed before it is."""
    return _sha256(seed)


def admitted_at(*, position: int, per_second: int, drawn_at: datetime) -> datetime:
    """When the holder of a position may come in: `per_second` people at once, the next as many a second later."""
    return drawn_at + timedelta(seconds=(position - 1) // per_second)


def admitted_by(*, per_second: int, drawn_at: datetime, now: datetime) -> int:
    """The last position that may come in by `now`; 0 before the order is drawn."""
    waves = (now - drawn_at) // timedelta(seconds=1) + 1
    return max(0, waves) * per_second


def period_start(period: Period, day: date) -> date:
    """The first day of the period that holds `day`; weeks begin on Monday."""
    match period:
        case Period.DAY:
            return day
        case Period.WEEK:
            return day - timedelta(days=day.weekday())
        case Period.MONTH:
            return day.replace(day=1)


def period_end(period: Period, start: date) -> date:
    """The first day after the period that begins on `start`."""
    longest = {Period.DAY: 1, Period.WEEK: 7, Period.MONTH: 31}[period]
    return period_start(period, start + timedelta(days=longest))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
