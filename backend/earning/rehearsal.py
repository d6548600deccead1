"""Months made up from a seed, clean and planted, to see what the fraud signals find and whom they trouble.

Rates are of the size that a district has: some hundred places that confirm, some thousand active people. A planted case
is a cheat of moderate greed, not one that nobody could miss.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from backend.earning.rules import distance_m
from backend.earning.rules import signals as rules
from backend.earning.types import Position, Receipts, Regulars, SignalKind, Typical, Visit

START = datetime(2026, 5, 31, 16, tzinfo=UTC)  # midnight in the district
DAYS = 30
THRESHOLD_FEN = 50_000


@dataclass(frozen=True)
class Outcome:
    """Of so many clean subjects how many a signal troubled, and of so many planted ones how many it found."""

    kind: SignalKind
    clean: int
    troubled: int
    planted: int
    found: int


def rehearse(seed: int) -> list[Outcome]:
    """One month, every kind of signal."""
    chance = random.Random(seed)  # noqa: S311 - a rehearsal, no secret
    return [
        _judge(SignalKind.VELOCITY, _busy_days(chance)),
        _judge(SignalKind.SHARED_DEVICE, _devices(chance)),
        _judge(SignalKind.IMPOSSIBLE_TRAVEL, _journeys(chance)),
        _weights(chance),
        _judge(SignalKind.FEW_PEOPLE, _regulars(chance)),
        _judge(SignalKind.JUST_ABOVE, _receipts(chance)),
    ]


Case = tuple[bool, bool]  # planted, found


def _judge(kind: SignalKind, cases: Iterator[Case]) -> Outcome:
    told = list(cases)
    planted = [found for was_planted, found in told if was_planted]
    clean = [found for was_planted, found in told if not was_planted]
    return Outcome(kind, len(clean), sum(clean), len(planted), sum(planted))


def _busy_days(chance: random.Random) -> Iterator[Case]:
    """People whose busiest hour and day count. Most do two or three acts a day, some eager ones up to a dozen."""
    for _ in range(4000):
        eager = min(12.0, chance.lognormvariate(0.7, 0.6))
        yield False, any(_busy(_day(chance, _poisson(chance, eager))) for _ in range(DAYS))
    for _ in range(20):
        yield True, any(_busy(_day(chance, chance.randint(20, 40))) for _ in range(5))


def _busy(moments: list[datetime]) -> bool:
    if rules.busy_day(len(moments)):
        return True
    return any(
        rules.velocity(
            [Visit(each, UUID(int=1)) for each in moments if timedelta() <= last - each < timedelta(hours=1)]
        )
        for last in moments
    )


def _day(chance: random.Random, times: int) -> list[datetime]:
    """Between seven in the morning and ten at night; half of it around the way to work and back."""
    peaks = (8.0, 12.3, 18.5)
    hours = [chance.gauss(chance.choice(peaks), 0.7) if chance.random() < 0.5 else chance.uniform(7, 22)
             for _ in range(times)]  # fmt: skip
    return sorted(START + timedelta(hours=hour) for hour in hours)


def _devices(chance: random.Random) -> Iterator[Case]:
    """Accounts on a device: one mostly, a family's at times; a cheat's phone holds half a dozen and more."""
    for _ in range(4000):
        yield False, rules.shared_device(chance.choices((1, 2, 3, 4, 5), (9300, 500, 150, 48, 2))[0]) is not None
    for _ in range(20):
        yield True, rules.shared_device(chance.randint(5, 12)) is not None


def _journeys(chance: random.Random) -> Iterator[Case]:
    """Scans of one account; honest ones move at city speed, planted ones are an account used at two places at once."""
    for _ in range(2000):
        yield False, rules.impossible_month(_walk(chance)) is not None
    for _ in range(20):
        one, other = _place(chance), _place(chance)
        visits = [visit for day in range(8) for visit in _pair(chance, day, one, other)]
        yield True, rules.impossible_month(visits) is not None


def _walk(chance: random.Random) -> list[Visit]:
    at, place, seen = START, _place(chance), list[Visit]()
    for number in range(chance.randint(2, 90)):
        next_place = _place(chance) if chance.random() < 0.4 else place
        speed = chance.uniform(1.0, 12.0)  # metres a second, from a walk to the metro
        pause = chance.expovariate(1 / 6000) + 60
        at += timedelta(seconds=distance_m(place, next_place) / speed + pause)
        late = timedelta(seconds=chance.gauss(0, 20))  # clocks of devices
        place = next_place
        seen.append(Visit(at + late, UUID(int=1), UUID(int=number), place))
    return sorted(seen, key=lambda visit: visit.at)


def _pair(chance: random.Random, day: int, one: Position, other: Position) -> list[Visit]:
    at = START + timedelta(days=day, hours=chance.uniform(8, 20))
    then = at + timedelta(seconds=chance.uniform(5, 120))
    return [Visit(at, UUID(int=1), UUID(int=1), one), Visit(then, UUID(int=1), UUID(int=2), other)]


def _place(chance: random.Random) -> Position:
    """Somewhere in the district, some seven kilometres long and three wide."""
    return Position(chance.uniform(29.535, 29.565), chance.uniform(106.495, 106.580))


def _weights(chance: random.Random) -> Outcome:
    """A hundred attendants and five materials; four of them write more than they weigh on two lines of five."""
    cheats = {UUID(int=number) for number in range(4)}
    lines = [_typical(chance, UUID(int=number), material, number < 4) for number in range(104) for material in range(5)]
    found = set(rules.weight_outliers(lines))
    return Outcome(SignalKind.WEIGHT_OUTLIER, 100, len(found - cheats), len(cheats), len(found & cheats))


def _typical(chance: random.Random, who: UUID, material: int, cheats: bool) -> Typical:
    count, house = chance.randint(20, 400), chance.gauss(0, 0.08)
    logs = [math.log(1500) + house + chance.gauss(0, 0.7) for _ in range(count)]
    raised = [each + math.log(4) if cheats and chance.random() < 0.4 else each for each in logs]
    return Typical(who, f"material {material}", count, sum(raised) / count)


def _regulars(chance: random.Random) -> Iterator[Case]:
    """Whom a witness confirms for: regulars of all degrees, a small place's few dozen too, or one's own cousins."""
    for _ in range(200):
        yield False, rules.few_people(_spread(chance, chance.randint(12, 400), 0.0)) is not None
    for _ in range(8):
        yield True, rules.few_people(_spread(chance, chance.randint(60, 300), chance.uniform(0.5, 0.8))) is not None


def _spread(chance: random.Random, people: int, cousins: float) -> Regulars:
    times = chance.randint(80, 900)
    own = sum(chance.random() < cousins for _ in range(times))
    liking = [chance.lognormvariate(0, 0.8) for _ in range(people)]
    counts = [0] * people
    for who in chance.choices(range(people), liking, k=times - own):
        counts[who] += 1
    top = sorted(counts, reverse=True)[:3]
    return Regulars(times, sum(count > 0 for count in counts), max(own, sum(top)))


def _receipts(chance: random.Random) -> Iterator[Case]:
    """Receipts of a shop near an amount worth reaching: spread evenly, with round sums; or made to reach it."""
    for _ in range(300):
        yield False, rules.just_above(_near(chance, 0.0)) is not None
    for _ in range(10):
        yield True, rules.just_above(_near(chance, chance.uniform(0.4, 0.7))) is not None


def _near(chance: random.Random, made_up: float) -> Receipts:
    around, above = chance.randint(5, 200) if not made_up else chance.randint(30, 200), 0
    for _ in range(around):
        if chance.random() < made_up:
            amount = chance.uniform(1.0, 1.03)
        elif chance.random() < 0.08:
            amount = chance.choice((0.8, 0.9, 1.0, 1.1, 1.2))  # round sums
        else:
            amount = chance.uniform(0.75, 1.25)
        above += 1 <= amount < 1.05
    return Receipts(THRESHOLD_FEN, around, above)


def _poisson(chance: random.Random, mean: float) -> int:
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count
