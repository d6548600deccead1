"""Door-to-door pick-up: booking, moving, cancelling, the collector's round, the door, and what is forgotten."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from backend.accounts.models import User
from backend.core.errors import NotFound
from backend.earning import queries as earning
from backend.earning.models import Award
from backend.inbox.models import Message
from backend.inbox.types import Kind
from backend.ops import privacy
from backend.recycling import errors, queries, services
from backend.recycling.models import Pickup, Slot, Weighing, Zone
from backend.recycling.rules import pickups as rules
from backend.recycling.types import DayPart, Line, Material, PickupKind
from backend.tokens.errors import CodeWrongPurpose
from tests import factories
from tests.factories import NOON, person
from tests.factories_recycling import (
    assign,
    book,
    code_of,
    collector,
    screen_code,
    slot,
    standard_rules,
    zone,
)

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ADDRESS = "民权路 28 号 3-2"
SOFA = Line(Material.BULKY, 30_000)


@pytest.fixture
def area() -> Zone:
    standard_rules()
    return zone()


def reschedule(by: User, of: Pickup, to: Slot, now: datetime = NOON) -> Pickup:
    with transaction.atomic():
        return services.reschedule(by=by, pickup_id=of.pk, slot_id=to.pk, now=now)


def cancel(by: User, of: Pickup, now: datetime = NOON) -> Pickup:
    with transaction.atomic():
        return services.cancel(by=by, pickup_id=of.pk, now=now)


def collect(by: User, of: Pickup, *lines: Line, now: datetime = NOON, **proof: str) -> Any:
    with transaction.atomic():
        return services.collect(by=by, pickup_id=of.pk, lines=lines or (SOFA,), now=now, **proof)


def state() -> tuple[Any, ...]:
    rows = Pickup.objects.order_by("pk").values_list("status", "slot", "collector_id")
    return Weighing.objects.count(), list(rows), list(Slot.objects.order_by("pk").values_list("booked"))


def booked(of: Slot) -> int:
    return Slot.objects.get(pk=of.pk).booked


def agreed() -> bool:
    return list(queries.disagreements()) == []


def test_a_booking_takes_a_place_and_seals_the_address(area: Zone) -> None:
    resident, of = person(), slot(area)
    made = book(resident, of)
    assert (made.status, booked(of)) == ("booked", 1)
    assert ADDRESS not in made.address_sealed
    assert queries.address_of(made) == ADDRESS
    assert agreed()


def test_the_last_place_is_the_last(area: Zone) -> None:
    of = slot(area, capacity=1)
    book(person(), of)
    before = state()
    with pytest.raises(errors.SlotFull):
        book(person(), of)
    assert state() == before
    assert of not in queries.open_slots(area.pk, NOON)


def test_recyclables_are_fetched_from_ten_kilograms_on(area: Zone) -> None:
    of = slot(area)
    for grams in (None, 9_999):
        with pytest.raises(errors.TooLight):
            book(person(), of, kind=PickupKind.RECYCLABLES, declared_grams=grams)
    assert booked(of) == 0
    book(person(), of, kind=PickupKind.RECYCLABLES, declared_grams=10_000)
    book(person(), of, kind=PickupKind.EWASTE)


def test_a_slot_is_settled_two_hours_before_it_starts(area: Zone) -> None:
    resident, of, later = person(), slot(area), slot(area, part=DayPart.EVENING)
    cut_off = of.starts_at - 2 * HOUR
    made = book(resident, of, now=cut_off - timedelta(seconds=1))
    before = state()
    for act in (
        lambda: book(person(), of, now=cut_off),
        lambda: reschedule(resident, made, later, cut_off),
        lambda: cancel(resident, made, cut_off),
    ):
        with pytest.raises(errors.SlotClosed):
            act()
    assert state() == before


def test_one_books_a_slot_once_and_eight_times_a_month(area: Zone) -> None:
    resident = person()
    of = slot(area)
    book(resident, of)
    with pytest.raises(errors.PickupTwice):
        book(resident, of)
    assert booked(of) == 1
    days = [date(2026, 6, 6) + timedelta(days=number) for number in range(1, 9)]
    for day in days[:7]:
        book(resident, slot(area, day=day))
    last = slot(area, day=days[7])
    with pytest.raises(errors.PickupLimit) as refused:
        book(resident, last)
    assert refused.value.data["resets_at"] == "2026-07-01T00:00:00+08:00"
    assert booked(last) == 0


def test_moving_gives_the_old_place_back_and_takes_the_new_one(area: Zone) -> None:
    resident, old, new = person(), slot(area), slot(area, part=DayPart.EVENING, capacity=1)
    made = assign(book(resident, old), collector(area))
    moved = reschedule(resident, made, new)
    assert (moved.slot, moved.status, moved.collector_id, booked(old), booked(new)) == (new, "booked", None, 0, 1)
    other = book(person(), old)
    before = state()
    with pytest.raises(errors.SlotFull):
        reschedule(booker(other), other, new)
    assert state() == before
    assert agreed()


def booker(pickup: Pickup) -> User:
    return User.objects.get(pk=pickup.resident_id)


def test_cancelling_gives_the_place_back_once(area: Zone) -> None:
    resident, of = person(), slot(area)
    made = book(resident, of)
    assert cancel(resident, made).status == "cancelled"
    assert booked(of) == 0
    before = state()
    for act in (lambda: cancel(resident, made), lambda: reschedule(resident, made, slot(area, part=DayPart.EVENING))):
        with pytest.raises(errors.PickupClosed):
            act()
    assert state()[:2] == before[:2]
    book(resident, of)
    assert agreed()


def test_other_people_s_pickups_do_not_exist(area: Zone) -> None:
    made, stranger = book(person(), slot(area)), person()
    before = state()
    for act in (
        lambda: cancel(stranger, made),
        lambda: reschedule(stranger, made, slot(area, part=DayPart.EVENING)),
        lambda: collect(collector(area), made, resident_code=code_of(booker(made))),
    ):
        with pytest.raises(NotFound):
            act()
    assert state()[:2] == before[:2]


def test_a_pickup_goes_to_a_collector_of_its_zone(area: Zone) -> None:
    made = book(person(), slot(area))
    for nobody in (person(), collector(zone("化龙桥片区")), booker(made)):
        with pytest.raises(errors.NotACollector):
            assign(made, nobody)
    mine = collector(area)
    assign(made, mine)
    [found] = queries.round_of(mine, date(2026, 6, 6))
    assert queries.address_of(found) == ADDRESS
    assert list(queries.round_of(collector(area), date(2026, 6, 6))) == []


def test_the_state_machine_is_the_database_s(area: Zone) -> None:
    made = book(person(), slot(area))
    cancel(booker(made), made)
    with pytest.raises(DatabaseError), transaction.atomic():
        Pickup.objects.filter(pk=made.pk).update(status="booked")
    with pytest.raises(DatabaseError), transaction.atomic():
        Pickup.objects.filter(pk=book(person(), made.slot).pk).update(status="collected")


# -- at the door ------------------------------------------------------------------------------------------------------


@pytest.fixture
def round_(area: Zone) -> tuple[User, User, Pickup]:
    resident, man = person(), collector(area)
    return resident, man, assign(book(resident, slot(area)), man)


def test_weighed_at_the_door_by_the_resident_s_code(round_: tuple[User, User, Pickup]) -> None:
    resident, man, made = round_
    done = collect(man, made, SOFA, Line(Material.PAPER, 1000), resident_code=code_of(resident))
    assert done.points == 60 + 8
    assert earning.points_of(resident.pk, NOON).balance == 68
    found = Pickup.objects.get(pk=made.pk)
    assert (found.status, found.weighing_id, found.closed_at) == ("collected", done.id, NOON)
    before = state()
    with pytest.raises(errors.PickupClosed):
        collect(man, made, resident_code=code_of(resident, NOON + 5 * HOUR), now=NOON + 5 * HOUR)
    assert state() == before


def test_weighed_at_the_door_by_the_pin(round_: tuple[User, User, Pickup]) -> None:
    resident, man, made = round_
    assert collect(man, made, pin=queries.door_pin(made)).points == 60
    assert Award.objects.get().resident_id == resident.pk


def test_a_wrong_pin_is_counted_and_five_end_it(round_: tuple[User, User, Pickup]) -> None:
    resident, man, made = round_
    right = queries.door_pin(made)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for left in (4, 3, 2, 1, 0, 0):
        with pytest.raises(errors.PinWrong) as refused:
            _marking(man, made, wrong)
        assert refused.value.data["tries_left"] == left
    with pytest.raises(errors.PinWrong):
        _marking(man, made, right)
    assert Award.objects.count() == 0
    assert collect(man, made, resident_code=code_of(resident)).points == 60


def _marking(man: User, made: Pickup, pin: str) -> None:
    """As the door does it: a refusal that leaves marks is committed and raised after."""
    with transaction.atomic():
        try:
            services.collect(by=man, pickup_id=made.pk, lines=[SOFA], pin=pin, now=NOON)
            return
        except errors.PinWrong as wrong:
            refusal = wrong
    raise refusal


def test_neither_another_s_code_nor_both_nor_none_open_the_door(round_: tuple[User, User, Pickup]) -> None:
    resident, man, made = round_
    before = state()
    mine = code_of(resident)
    for proof, refusal in [
        ({"resident_code": code_of(person())}, errors.NotTheirPickup),
        ({"resident_code": screen_code(factories.station())}, CodeWrongPurpose),
        ({}, errors.PinOrCode),
        ({"resident_code": mine, "pin": queries.door_pin(made)}, errors.PinOrCode),
    ]:
        with pytest.raises(refusal):
            collect(man, made, **proof)
    assert state() == before
    assert collect(man, made, resident_code=mine).points == 60  # a refusal burned nothing


def told(resident: User) -> list[str]:
    return [row.title_zh for row in Message.objects.filter(user=resident, kind=Kind.PICKUP).order_by("id")]


def test_each_step_of_a_pickup_is_told_to_its_resident(area: Zone) -> None:
    resident, man, first = person(), collector(area), slot(area)
    moved = reschedule(resident, book(resident, first), slot(area, part=DayPart.EVENING))
    collect(man, assign(moved, man), SOFA, resident_code=code_of(resident))
    cancel(resident, book(resident, first))
    missed = assign(book(resident, first), man)
    with transaction.atomic():
        services.miss(by=man, pickup_id=missed.pk, reason="无人应门", now=NOON)
    assert told(resident) == [
        "已预约上门回收：06月06日上午 09:00–12:00",
        "上门回收已改到 06月06日傍晚 18:00–20:00",
        "已派收运员：06月06日傍晚 18:00–20:00",
        "上门称重 30 千克",
        "已预约上门回收：06月06日上午 09:00–12:00",
        "已取消上门回收：06月06日上午 09:00–12:00",
        "已预约上门回收：06月06日上午 09:00–12:00",
        "已派收运员：06月06日上午 09:00–12:00",
        "上门回收未完成",
    ]
    assert told(man) == []
    assert not any(ADDRESS in f"{row.title_zh}{row.why_zh}{row.data}" for row in Message.objects.all())


def test_what_is_refused_is_not_told(area: Zone) -> None:
    resident, of = person(), slot(area, capacity=1)
    book(person(), of)
    with pytest.raises(errors.SlotFull):
        book(resident, of)
    assert told(resident) == []


def test_nobody_answered(round_: tuple[User, User, Pickup]) -> None:
    _, man, made = round_
    with transaction.atomic():
        assert services.miss(by=man, pickup_id=made.pk, reason="无人应门", now=NOON).status == "missed"
    with pytest.raises(errors.PickupClosed), transaction.atomic():
        services.miss(by=man, pickup_id=made.pk, reason="无人应门", now=NOON)
    assert agreed()


# -- forgetting -------------------------------------------------------------------------------------------------------


def test_addresses_are_exported_and_erased(area: Zone) -> None:
    resident, of = person(), slot(area)
    made = book(resident, of, note="电梯坏了")
    [told] = privacy.export(resident)["pickups"]
    assert (told["address"], told["note"]) == (ADDRESS, "电梯坏了")
    with transaction.atomic():
        privacy.erase(by=resident, now=of.starts_at - HOUR)
    found = Pickup.objects.get(pk=made.pk)
    assert (found.address_sealed, found.note, found.status, booked(of)) == ("", "", "cancelled", 0)
    assert queries.address_of(found) == ""


def test_addresses_are_dropped_a_month_after_the_end(area: Zone) -> None:
    ended, open_ = book(person(), slot(area)), book(person(), slot(area, part=DayPart.EVENING))
    cancel(booker(ended), ended)
    with transaction.atomic():
        assert services.forget_addresses(now=NOON + rules.ADDRESS_KEPT) == 0
        assert services.forget_addresses(now=NOON + rules.ADDRESS_KEPT + HOUR) == 1
    kept = Counter(bool(row.address_sealed) for row in Pickup.objects.all())
    assert (kept, queries.address_of(open_)) == ({True: 1, False: 1}, ADDRESS)
