"""Smart bins: their own order whatever comes when, replays, gaps, ages, and the keys they sign with."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.accounts.models import User
from backend.core.errors import NotFound
from backend.earning import queries as earning
from backend.earning.models import Award, Station
from backend.edge.errors import NonceUsed
from backend.ledger import proof
from backend.recycling import errors, queries, services, tasks
from backend.recycling.models import Device, DeviceEvent, Weighing
from backend.recycling.rules import sequence
from backend.recycling.types import BatchResult, DeviceEventIn, EventKind
from tests import factories
from tests.factories import NOON, person
from tests.factories_recycling import attendant, claim, code_of, device, drop, key, standard_rules, status, weigh

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def rules_in_force() -> None:
    standard_rules()


@pytest.fixture
def box() -> Device:
    return device()


def send(to: Device, *events: DeviceEventIn, now: Any = NOON) -> BatchResult:
    return tasks.take_batch(device=to, claim=claim(now), events=events, now=now)


def outcomes(done: BatchResult) -> list[tuple[int, str, str]]:
    return [(each.seq, each.status, each.result.get("code", "")) for each in done.results]


def points(of: User) -> int:
    return earning.points_of(of.pk, NOON).balance


def test_a_drop_is_weighed_and_awarded(box: Device) -> None:
    resident = person()
    done = send(box, drop(1, resident, grams=2000))
    [result] = done.results
    assert (result.status, result.result["points"], result.result["carbon_mg"]) == ("applied", 16, 440_000)
    assert (done.next_seq, done.missing, points(resident)) == (2, [], 16)
    assert str(Weighing.objects.get(by=box.pk).pk) == result.result["weighing"]
    assert "resident_code" not in DeviceEvent.objects.get().body


def test_what_is_behind_a_gap_waits_and_goes_on_when_it_is_filled(box: Device) -> None:
    first, second = person(), person()
    done = send(box, drop(3, second))
    assert (outcomes(done), done.missing, points(second)) == ([(3, "waiting", "")], [(1, 2)], 0)
    done = send(box, drop(1, first))
    assert (outcomes(done), done.missing) == ([(1, "applied", "")], [(2, 2)])
    done = send(box, status(2, "queue"))
    assert (done.next_seq, done.missing, points(first), points(second)) == (4, [], 8, 8)


def test_a_replay_is_answered_with_the_same_results(box: Device) -> None:
    batch = [drop(1, person()), DeviceEventIn(2, NOON, EventKind.FULL_DROP, {"resident_code": "AAAA"})]
    first, awards = send(box, *batch), Award.objects.count()
    again = send(box, *batch, now=NOON + HOUR)
    assert again == first
    assert outcomes(first) == [(1, "applied", ""), (2, "refused", "code_malformed")]
    assert Award.objects.count() == awards


def test_a_number_with_other_content_is_refused_and_the_first_stands(box: Device) -> None:
    resident = person()
    send(box, drop(1, resident, grams=1000))
    done = send(box, drop(1, resident, grams=9000))
    assert outcomes(done) == [(1, "refused", "event_reused")]
    assert points(resident) == 8


def test_a_signed_batch_is_taken_once(box: Device) -> None:
    signed = claim()
    tasks.take_batch(device=box, claim=signed, events=[status(1, "full")], now=NOON)
    with pytest.raises(NonceUsed):
        tasks.take_batch(device=box, claim=signed, events=[status(2, "open")], now=NOON)
    assert DeviceEvent.objects.count() == 1


def test_an_offline_batch_counts_as_of_when_it_happened(box: Device) -> None:
    resident = person()
    event = drop(1, resident, at=NOON - 20 * HOUR)
    send(box, event)
    [award] = Award.objects.filter(resident_id=resident.pk)
    assert (award.happened_at, award.at) == (NOON - 20 * HOUR, NOON)


@pytest.mark.parametrize(("hours", "taken"), [(-72.1, False), (-40, True), (0.05, True), (0.2, False)])
def test_an_event_is_taken_within_its_time(box: Device, hours: float, taken: bool) -> None:
    done = send(box, status(1, "full", NOON + timedelta(hours=hours)), status(2, "open", NOON))
    assert outcomes(done)[0] == ((1, "applied", "") if taken else (1, "refused", "event_out_of_time"))
    assert done.next_seq == 3  # a refused event fills its place


def test_a_code_is_used_up_for_device_and_attendant_alike(box: Device) -> None:
    resident = person()
    weigh(attendant(box.station), resident, resident_code=code_of(resident))
    done = send(box, drop(1, resident))
    assert outcomes(done) == [(1, "refused", "code_used")]


def test_a_device_cannot_leave_more_waiting_than_the_limit(box: Device) -> None:
    done = send(box, status(sequence.FURTHEST_AHEAD, "full"), status(sequence.FURTHEST_AHEAD + 1, "full"))
    assert outcomes(done) == [
        (sequence.FURTHEST_AHEAD, "waiting", ""),
        (sequence.FURTHEST_AHEAD + 1, "refused", "event_too_far_ahead"),
    ]
    assert DeviceEvent.objects.count() == 1


def test_an_operator_skips_what_a_device_has_lost(box: Device) -> None:
    resident = person()
    send(box, drop(5, resident))
    with transaction.atomic():
        assert services.skip_gap(by="test", device_id=box.pk, reason="换主板", now=NOON) == 4
        assert services.catch_up(now=NOON) == 1
        assert services.catch_up(now=NOON) == 0
    assert points(resident) == 8
    assert outcomes(send(box, status(3, "full"))) == [(3, "refused", "event_skipped")]
    with pytest.raises(errors.NothingToSkip), transaction.atomic():
        services.skip_gap(by="test", device_id=box.pk, reason="换主板", now=NOON)


def test_a_full_bin_is_thanked_once_a_day(box: Device) -> None:
    resident = person()
    full = [
        DeviceEventIn(seq, at, EventKind.FULL_DROP, {"resident_code": code_of(resident, at)})
        for seq, at in [(1, NOON - 26 * HOUR), (2, NOON - HOUR), (3, NOON)]
    ]
    done = send(box, *full)
    assert [each.status for each in done.results] == ["applied", "applied", "refused"]
    assert points(resident) == 6


def test_the_bin_s_word_is_the_station_s_status_unless_it_is_older(box: Device) -> None:
    send(box, status(1, "full", NOON + timedelta(minutes=2)))
    station = Station.objects.get(pk=box.station_id)
    assert station.condition(NOON + HOUR) == ("full", NOON + timedelta(minutes=2), "device")
    send(box, status(2, "open", NOON + timedelta(minutes=1)))
    assert Station.objects.get(pk=box.station_id).status == "full"


# -- keys -------------------------------------------------------------------------------------------------------------


def test_two_keys_are_good_at_once_and_a_revoked_one_is_not(box: Device) -> None:
    first, second = key(box), key(box)
    assert queries.device_key(box.pk, first.key_id).secret == first.secret.encode()  # type: ignore[union-attr]
    with pytest.raises(errors.KeyLimit):
        key(box)
    with transaction.atomic():
        services.revoke_key(by="test", device_id=box.pk, key_id=first.key_id, now=NOON)
    assert queries.device_key(box.pk, first.key_id) is None
    third = key(box)
    assert {first.key_id, second.key_id, third.key_id} == set(box.keys.values_list("key_id", flat=True))
    with pytest.raises(NotFound), transaction.atomic():
        services.revoke_key(by="test", device_id=box.pk, key_id=first.key_id, now=NOON)


def test_a_key_is_its_own_device_s_and_its_secret_is_not_kept_in_clear(box: Device) -> None:
    made, other = key(box), device(box.station, name="二号箱")
    assert queries.device_key(other.pk, made.key_id) is None
    assert made.secret not in str(list(box.keys.values()))


# -- the same books, whatever comes when ------------------------------------------------------------------------------


def books(box: Device, people: Sequence[User]) -> dict[str, object]:
    """What a batch can have moved, without ids and times of arrival."""
    named = {each.pk: number for number, each in enumerate(people)}
    awards = Award.objects.filter(resident_id__in=named).order_by("happened_at", "amount", "points")
    station = Station.objects.get(pk=box.station_id)
    return {
        "points": [points(each) for each in people],
        "awards": sorted((named[each.resident_id], each.amount, each.points, each.carbon_mg) for each in awards),
        "events": list(box.events.order_by("seq").values_list("seq", "status")),
        "applied": Device.objects.get(pk=box.pk).applied_seq,
        "station": (station.status, station.updated_at),
    }


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[tuple[int, int, str]], list[list[int]]]:
    """Some events (who, grams, status) and an order of batches in which each comes at least once."""
    size = draw(st.integers(1, 7))
    event = st.tuples(st.integers(0, 2), st.integers(1, 40_000), st.sampled_from(["drop", "full", "open"]))
    events = draw(st.lists(event, min_size=size, max_size=size))
    order = draw(st.permutations(range(size)))
    again = draw(st.lists(st.sampled_from(range(size)), max_size=4))
    cuts = sorted(draw(st.lists(st.integers(0, size), max_size=3)))
    parts = [order[a:b] for a, b in zip([0, *cuts], [*cuts, size], strict=True)]
    return events, [part for part in [*parts, again] if part]


@given(deliveries())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_order_and_any_replay_leave_the_same_books(given: tuple[Any, list[list[int]]]) -> None:
    plan, batches = given
    straight = _deliver(plan, [list(range(len(plan)))])
    assert _deliver(plan, batches) == straight
    assert list(proof.balances()) == []


def _deliver(plan: list[tuple[int, int, str]], batches: list[list[int]]) -> dict[str, object]:
    box, people = device(factories.station(now=NOON - timedelta(days=1))), [person() for _ in range(3)]
    events = []
    for number, (who, grams, what) in enumerate(plan):
        at = NOON - timedelta(minutes=10 * (len(plan) - number))
        events.append(
            drop(number + 1, people[who], grams=grams, at=at) if what == "drop" else status(number + 1, what, at)
        )
    for batch in batches:
        send(box, *[events[number] for number in batch])
    return books(box, people)
