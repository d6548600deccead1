"""Fraud signals as pure functions: at the threshold and below it, and over made-up months, clean and planted."""

import math
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.earning.rehearsal import Outcome, rehearse
from backend.earning.rules import photos, signals
from backend.earning.types import Position, Receipts, Regulars, SignalKind, Typical, Visit

NOON = datetime(2026, 6, 5, 4, tzinfo=UTC)
ANNA = UUID(int=1)
JIEFANGBEI, ELING = Position(29.5570, 106.5770), Position(29.5520, 106.5300)  # some four and a half kilometres

SEEDS = range(5)
FOUND_AT_LEAST = {  # the share of planted cases; places that lie near each other hide an impossible journey
    SignalKind.VELOCITY: 0.95,
    SignalKind.SHARED_DEVICE: 1.0,
    SignalKind.IMPOSSIBLE_TRAVEL: 0.75,
    SignalKind.WEIGHT_OUTLIER: 0.75,
    SignalKind.FEW_PEOPLE: 0.85,
    SignalKind.JUST_ABOVE: 0.85,
}
TROUBLED_AT_MOST = {  # the share of clean subjects
    SignalKind.VELOCITY: 0.002,
    SignalKind.SHARED_DEVICE: 0.002,
    SignalKind.IMPOSSIBLE_TRAVEL: 0.002,
    SignalKind.WEIGHT_OUTLIER: 0.02,
    SignalKind.FEW_PEOPLE: 0.025,
    SignalKind.JUST_ABOVE: 0.01,
}


def at(minutes: float, place: Position | None = None) -> Visit:
    return Visit(NOON + timedelta(minutes=minutes), ANNA, UUID(int=9), place)


@pytest.mark.parametrize("kind", list(SignalKind))
def test_planted_months_are_found_and_clean_ones_left_alone(kind: SignalKind) -> None:
    outcomes = [each for seed in SEEDS for each in months(seed) if each.kind == kind]
    found, planted = sum(each.found for each in outcomes), sum(each.planted for each in outcomes)
    troubled, clean = sum(each.troubled for each in outcomes), sum(each.clean for each in outcomes)
    print(f"{kind}: found {found}/{planted}, troubled {troubled}/{clean}")
    assert found >= FOUND_AT_LEAST[kind] * planted
    assert troubled <= TROUBLED_AT_MOST[kind] * clean


@cache
def months(seed: int) -> list[Outcome]:
    return rehearse(seed)


def test_velocity_counts_moments_not_lines() -> None:
    lines = [at(5)] * 50
    assert signals.velocity([*lines, *(at(each) for each in range(10, 18))]) is None
    found = signals.velocity([*lines, *(at(each) for each in range(10, 19))])
    assert found is not None
    assert (found.score, found.threshold, "10" in found.zh, "10" in found.en) == (10, 10, True, True)


def test_nobody_is_at_two_places_at_once() -> None:
    found = signals.impossible_travel(at(0, JIEFANGBEI), at(1, ELING))
    assert found is not None
    assert found.score > 80
    assert signals.impossible_travel(at(0, JIEFANGBEI), at(1, JIEFANGBEI)) is None
    assert signals.impossible_travel(at(0, JIEFANGBEI), at(1)) is None


@given(st.floats(0, 600), st.floats(0, 600))
def test_more_time_never_makes_a_journey_less_possible(one: float, more: float) -> None:
    if signals.impossible_travel(at(0, JIEFANGBEI), at(one, ELING)) is None:
        assert signals.impossible_travel(at(0, JIEFANGBEI), at(one + more, ELING)) is None


def test_a_cheat_does_not_hide_by_being_many() -> None:
    """A third of the attendants cheat; median and median deviation still stand where the honest are."""
    honest = [Typical(UUID(int=n), "pet", 100, math.log(1000) + n / 200) for n in range(1, 15)]
    cheats = [Typical(UUID(int=n), "pet", 100, math.log(3000)) for n in range(100, 106)]
    assert set(signals.weight_outliers([*honest, *cheats])) == {each.subject for each in cheats}
    assert signals.weight_outliers(honest) == {}
    assert signals.weight_outliers([*honest[:3], *cheats[:1]]) == {}  # too few to know what is usual


def test_few_people_and_just_above_want_enough_to_judge_by() -> None:
    assert signals.few_people(Regulars(59, 3, 59)) is None
    assert signals.few_people(Regulars(60, 3, 60)) is not None
    assert signals.just_above(Receipts(50_000, 29, 29)) is None
    assert signals.just_above(Receipts(50_000, 30, 30)) is not None


BITS = st.integers(0, 2**64 - 1)


@given(BITS, st.sets(st.integers(0, 63), max_size=photos.ALIKE_BITS))
def test_whatever_looks_alike_shares_a_look_up(look: int, turned: set[int]) -> None:
    other = look
    for bit in turned:
        other ^= 1 << bit
    assert photos.distance(look, other) == len(turned)
    assert set(photos.probes(look)) & set(photos.bands(other))
    assert len(photos.probes(look)) == 68


@given(BITS)
def test_bands_hold_the_whole_hash(look: int) -> None:
    values = [band & 0xFFFF for band in photos.bands(look)]
    assert sum(value << 16 * place for place, value in enumerate(values)) == look
