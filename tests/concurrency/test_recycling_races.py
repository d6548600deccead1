"""One personal code at two scales, two batches of one device, 64 bookers for one slot; each guard also taken away."""

from collections import Counter
from contextlib import ExitStack
from datetime import date, timedelta
from threading import Barrier, local
from typing import Self
from unittest.mock import patch

import pytest
from django.db import connection, transaction

from backend.accounts.models import User
from backend.earning import queries as earning
from backend.earning.types import StationStatus
from backend.ledger import proof
from backend.recycling import queries, services, tasks
from backend.recycling.errors import SlotFull
from backend.recycling.models import Device, DeviceEvent, Pickup, Slot, StationReport, Weighing
from backend.recycling.services import events, pickups
from backend.recycling.types import DeviceEventIn, Line, Material
from tests import factories
from tests.concurrency.race import race
from tests.factories import NOON, person
from tests.factories_recycling import (
    assign,
    attendant,
    book,
    claim,
    code_of,
    collector,
    device,
    drop,
    slot,
    standard_rules,
    status,
    weigh,
    zone,
)

pytestmark = pytest.mark.django_db(transaction=True)
BOOKERS, HOUR = 64, timedelta(hours=1)
LATER = [date(2026, 6, 7 + number) for number in range(5)]


@pytest.fixture(autouse=True)
def rules_in_force() -> None:
    standard_rules()


def kinds(results: list[object]) -> Counter[str]:
    """How often each answer came."""
    return Counter(type(result).__name__ for result in results)


def disagreements() -> list[str]:
    return [*queries.disagreements(), *proof.balances(), *proof.chains()]


# -- one code, many scales --------------------------------------------------------------------------------------------


def test_one_code_at_eight_attendants_is_weighed_once() -> None:
    staff = [attendant(factories.station()) for _ in range(8)]
    resident = person()
    code = code_of(resident)
    results = race([lambda by=by: weigh(by, resident, resident_code=code) for by in staff])
    assert kinds(results) == {"Weighed": 1, "CodeUsed": 7}, results
    assert earning.points_of(resident.pk, NOON).balance == 16
    assert disagreements() == []


def test_without_the_burn_the_same_code_is_weighed_at_each() -> None:
    staff = [attendant(factories.station()) for _ in range(8)]
    resident = person()
    code = code_of(resident)
    with patch("backend.tokens.services.burn"):
        results = race([lambda by=by: weigh(by, resident, resident_code=code) for by in staff])
    assert kinds(results) == {"Weighed": 8}, results
    assert Weighing.objects.count() == 8


def test_attendant_and_collector_both_scan_and_one_books() -> None:
    resident, area = person(), zone()
    man, staff = collector(area), attendant(factories.station())
    made = assign(book(resident, slot(area)), man)
    code = code_of(resident)

    def at_the_door() -> object:
        with transaction.atomic():
            return services.collect(
                by=man, pickup_id=made.pk, lines=[Line(Material.PAPER, 2000)], resident_code=code, now=NOON
            )

    results = race([at_the_door, lambda: weigh(staff, resident, resident_code=code)] * 3)
    assert kinds(results)["Weighed"] == 1, results
    assert set(kinds(results)) <= {"Weighed", "CodeUsed", "PickupClosed"}
    assert disagreements() == []


# -- two batches of one device ----------------------------------------------------------------------------------------


def test_batches_of_one_device_at_once_leave_nothing_waiting() -> None:
    box, people = device(), [person() for _ in range(12)]
    batches = [[drop(number + 1, who)] for number, who in enumerate(people)]
    doubled = [*reversed(batches), *batches]
    results = race([lambda batch=batch: _send(box, batch) for batch in doubled])
    assert kinds(results) == {"BatchResult": 24}, results
    assert list(box.events.order_by("seq").values_list("status", flat=True)) == ["applied"] * 12
    assert Device.objects.get(pk=box.pk).applied_seq == 12
    assert [earning.points_of(each.pk, NOON).balance for each in people] == [8] * 12
    assert disagreements() == []


@pytest.mark.parametrize("guarded", [True, False])
def test_the_order_s_guard_lets_one_of_those_who_read_the_same_apply(guarded: bool) -> None:
    """All have read the device and its next event before one acts. Without the guard, the control, each applies it."""
    box, all_have_read, seen = device(), Barrier(4), local()
    with transaction.atomic():
        services.keep(device=box, claim=claim(), events=[status(1, "full", NOON + HOUR)], now=NOON + HOUR)

    def stale() -> bool:
        seen.device = Device.objects.select_related("station").get(pk=box.pk)
        seen.events = Waiting(box.events.get())
        connection.close()
        all_have_read.wait(timeout=60)
        with transaction.atomic():
            return services.apply_next(device_id=box.pk, now=NOON + HOUR)

    with ExitStack() as patches:
        patches.enter_context(patch.object(events, "_hold", lambda _: seen.device))
        patches.enter_context(patch.object(queries, "waiting_events", lambda _: seen.events))
        if not guarded:
            patches.enter_context(patch.object(events, "_advance"))
        results = race([stale] * 4)
    assert kinds(results) == ({"bool": 1, "DeviceBusy": 3} if guarded else {"bool": 4}), results
    assert StationReport.objects.count() == (1 if guarded else 4)


class Waiting:
    """The queue as it was read: what `apply_next` asks of it answers with the one event."""

    def __init__(self, event: DeviceEvent) -> None:
        self.event = event

    def filter(self, **_: object) -> Self:
        return self

    def first(self) -> DeviceEvent:
        return self.event


def _send(box: Device, batch: list[DeviceEventIn]) -> object:
    return tasks.take_batch(device=box, claim=claim(), events=batch, now=NOON)


# -- 64 bookers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("capacity", [1, 10, 100])
def test_a_slot_is_never_overbooked(capacity: int) -> None:
    of, people = slot(zone(), capacity=capacity), [person() for _ in range(BOOKERS)]
    results = race([lambda who=who: book(who, of) for who in people])
    taken = min(capacity, BOOKERS)
    wanted = {"Pickup": taken, "SlotFull": BOOKERS - taken}
    assert kinds(results) == {kind: number for kind, number in wanted.items() if number}, results
    assert (Slot.objects.get(pk=of.pk).booked, Pickup.objects.count()) == (taken, taken)
    assert disagreements() == []


def test_without_the_guard_the_same_slot_is_overbooked() -> None:
    """The control: the room that a page showed is compared and written back, as so many back ends do."""
    of, people = slot(zone(), capacity=10), [person() for _ in range(BOOKERS)]
    all_have_read, seen = Barrier(BOOKERS), local()

    def check_then_write(slot_id: object) -> None:
        if seen.booked >= 10:
            raise SlotFull
        Slot.objects.filter(pk=slot_id).update(booked=seen.booked + 1)

    def unguarded(who: User) -> Pickup:
        seen.booked = Slot.objects.get(pk=of.pk).booked
        connection.close()
        all_have_read.wait(timeout=60)
        return book(who, of)

    with patch.object(pickups, "_take_place", check_then_write):
        results = race([lambda who=who: unguarded(who) for who in people])
    assert kinds(results) == {"Pickup": BOOKERS}, results
    assert Slot.objects.get(pk=of.pk).booked == 1
    assert any("counter says 1 booked, there are 64 pick-ups" in sentence for sentence in disagreements())


def test_swapping_slots_at_once_neither_deadlocks_nor_loses_a_place() -> None:
    area = zone()
    one, other = slot(area, capacity=40), slot(area, capacity=40, day=LATER[0])
    people = [person() for _ in range(16)]
    made = [book(who, one if number % 2 else other) for number, who in enumerate(people)]

    def swap(number: int) -> object:
        with transaction.atomic():
            to = other if number % 2 else one
            return services.reschedule(by=people[number], pickup_id=made[number].pk, slot_id=to.pk, now=NOON)

    results = race([lambda number=number: swap(number) for number in range(16)])
    assert kinds(results) == {"Pickup": 16}, results
    assert set(Slot.objects.values_list("booked", flat=True)) == {8}
    assert disagreements() == []


def test_one_pickup_moved_and_cancelled_at_once_ends_in_one_place() -> None:
    area, resident = zone(), person()
    of, others = slot(area), [slot(area, day=day) for day in LATER]
    made = book(resident, of)

    def move(to: Slot) -> object:
        with transaction.atomic():
            return services.reschedule(by=resident, pickup_id=made.pk, slot_id=to.pk, now=NOON)

    def cancel() -> object:
        with transaction.atomic():
            return services.cancel(by=resident, pickup_id=made.pk, now=NOON)

    results = race([*(lambda to=to: move(to) for to in others), cancel, cancel])
    assert set(kinds(results)) <= {"Pickup", "PickupClosed"}, results
    assert disagreements() == []


# -- three residents --------------------------------------------------------------------------------------------------


def test_three_who_report_at_once_are_believed() -> None:
    station = factories.station(now=NOON - HOUR)

    def say(who: User) -> object:
        with transaction.atomic():
            return services.report(by=who, station_id=station.pk, status=StationStatus.FULL, now=NOON)

    results = race([lambda who=who: say(who) for who in [person() for _ in range(3)]])
    assert kinds(results) == {"Reported": 3}, results
    assert StationReport.objects.count() == 3
    assert earning.station(station.pk).condition(NOON)[0] == "full"
