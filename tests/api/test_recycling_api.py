"""Recycling at the doors: who may call what, the contract's answers, and keys that replay."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from backend.accounts.models import User
from backend.core import clock
from backend.core.ids import new_id
from backend.earning.models import Award
from backend.recycling.models import Display, Pickup, Slot, Weighing
from tests import factories
from tests.api.clients import Client, client_of, problem
from tests.factories import NOON, person
from tests.factories_recycling import (
    TOMORROW,
    attendant,
    code_of,
    collector,
    operator,
    screen_code,
    slot,
    standard_rules,
    zone,
)

pytestmark = pytest.mark.django_db(transaction=True)
PAPER = {"material": "paper", "grams": 2000}


class Town:
    """A station with its attendant, a zone with its collector, an operator and a resident."""

    def __init__(self) -> None:
        standard_rules()
        self.now = NOON
        self.station = factories.station(name="较场口回收点", now=NOON - timedelta(hours=1))
        self.area = zone()
        self.people = {
            "resident": person(),
            "attendant": attendant(self.station),
            "attendant of another station": attendant(factories.station()),
            "collector": collector(self.area),
            "collector of the same zone": collector(self.area),
            "operator": operator(),
            "nobody": None,
        }

    def __getitem__(self, who: str) -> Client:
        return client_of(self.people[who])

    @property
    def resident(self) -> User:
        found = self.people["resident"]
        assert found is not None
        return found

    def weigh(self, who: str = "attendant", **changes: Any) -> Any:
        key = changes.pop("key", None)
        body = {"resident_code": code_of(self.resident, self.now), "lines": [PAPER]} | changes
        return self[who].post("weighings", body, key=key)

    def book(self, **changes: Any) -> Any:
        of = Slot.objects.filter(zone=self.area).first() or slot(self.area)
        body = {"kind": "bulky", "address": "民权路 28 号", "slot": str(of.pk)} | changes
        return self["resident"].post("pickups", body)


@pytest.fixture
def town() -> Iterator[Town]:
    town = Town()
    with patch.object(clock, "now", lambda: town.now):
        yield town


# -- weighing ---------------------------------------------------------------------------------------------------------


def test_a_weighing_answers_as_the_contract_says_and_replays(town: Town) -> None:
    body = {"resident_code": code_of(town.resident), "lines": [PAPER]}
    first = town["attendant"].post("weighings", body, key="one")
    assert first.status_code == 201
    assert first.json() == {"id": str(Weighing.objects.get().pk), "points": 16, "carbon_mg": 440_000}
    again = town["attendant"].post("weighings", body, key="one")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    [entry] = town["resident"].get("me/points/entries").json()["results"]
    assert "在「较场口回收点」回收废纸 2000 克" in entry["why"]


@pytest.mark.parametrize(
    ("who", "status"),
    [("nobody", 401), ("resident", 403), ("operator", 403), ("collector", 403), ("attendant", 201)],
)
def test_only_attendants_weigh(town: Town, who: str, status: int) -> None:
    answer = town.weigh(who)
    assert (answer.status_code, Weighing.objects.count()) == (status, int(status == 201))


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [PAPER] * 21,
        [{"material": "gold", "grams": 5}],
        [{"material": "paper", "grams": 0}],
        [{"material": "paper", "grams": 200_001}],
        [{"material": "paper", "grams": 1.5}],
        [{"material": "paper"}],
        "paper",
        None,
    ],
)
def test_what_cannot_be_on_a_scale_is_refused(town: Town, lines: Any) -> None:
    problem(town.weigh(lines=lines), 400, "invalid_request")
    assert Weighing.objects.count() == 0


def test_a_line_is_corrected_and_the_list_shows_it(town: Town) -> None:
    done = town.weigh().json()
    right = {"position": 0, "material": "paper", "grams": 1000, "reason": "秤未归零"}
    for who, status in [("attendant of another station", 404), ("resident", 403), ("nobody", 401)]:
        assert town[who].post(f"weighings/{done['id']}/corrections", right).status_code == status
    answer = town["attendant"].post(f"weighings/{done['id']}/corrections", right)
    assert (answer.status_code, answer.json()["grams"]) == (201, 1000)
    assert town["resident"].get("me/points").json()["balance"] == 8
    [row] = town["attendant"].get("weighings").json()["results"]
    assert row["lines"] == [
        {"position": 0, "material": "paper", "grams": 2000, "points": 16, "refused": "", "corrected_grams": 1000}
    ]
    assert town["attendant of another station"].get("weighings").json()["results"] == []
    assert str(town.resident.pk) not in str(row)


def test_the_list_takes_a_bounded_number_of_queries(town: Town, django_assert_max_num_queries: Any) -> None:
    for minute in range(3):
        town.now = NOON + timedelta(minutes=3 * minute)
        town.weigh()
    client = town["attendant"]
    with django_assert_max_num_queries(8):
        assert len(client.get("weighings").json()["results"]) == 3


# -- status and screens -----------------------------------------------------------------------------------------------


def test_a_report_is_seen_by_everybody_with_time_and_source(town: Town) -> None:
    path = f"stations/{town.station.pk}"
    answer = town["attendant"].post(f"{path}/reports", {"status": "full"})
    assert (answer.status_code, answer.json()) == (
        201,
        {"station": str(town.station.pk), "status": "full", "points": 0},
    )
    seen = town["nobody"].get(path).json()
    assert (seen["status"], seen["status_source"], seen["updated_at"]) == (
        "full",
        "attendant",
        clock.local(NOON).isoformat(),
    )
    thanked = town["resident"].post(f"{path}/reports", {"status": "full", "code": screen_code(town.station)})
    assert thanked.json()["points"] == 3
    problem(town["nobody"].post(f"{path}/reports", {"status": "full"}), 401, "unauthenticated")
    problem(town["resident"].post(f"{path}/reports", {"status": "gone"}), 400, "invalid_request")
    problem(town["resident"].post(f"stations/{new_id()}/reports", {"status": "full"}), 404, "not_found")


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("nobody", 401),
        ("resident", 403),
        ("attendant of another station", 403),
        ("attendant", 201),
        ("operator", 201),
    ],
)
def test_who_runs_a_station_enrols_its_screens(town: Town, who: str, status: int) -> None:
    answer = town[who].post(f"stations/{town.station.pk}/displays", {"name": "门口屏"})
    assert (answer.status_code, Display.objects.count()) == (status, int(status == 201))
    if status == 201:
        assert town["attendant of another station"].delete(f"/api/v1/displays/{answer.json()['id']}").status_code == 403
        assert town[who].delete(f"/api/v1/displays/{answer.json()['id']}").status_code == 200
        assert Display.objects.exclude(revoked_at=None).count() == 1


def test_an_attendant_sees_the_stations_that_they_attend(town: Town) -> None:
    assert town["attendant"].get("me/stations").json() == {
        "results": [{"id": str(town.station.pk), "name": "较场口回收点"}]
    }


# -- pick-ups ---------------------------------------------------------------------------------------------------------


def test_from_booking_to_the_weighing_at_the_door(town: Town) -> None:
    [area] = town["resident"].get("zones").json()["results"]
    of = slot(town.area)
    [offered] = town["resident"].get(f"zones/{area['id']}/slots").json()["results"]
    assert (offered["id"], offered["left"], offered["starts_at"]) == (str(of.pk), 5, "2026-06-06T09:00:00+08:00")
    booked = town.book(slot=str(of.pk)).json()
    assert (booked["status"], booked["address"], len(booked["pin"])) == ("booked", "民权路 28 号", 6)
    [waiting] = town["operator"].get(f"pickups/all?day={TOMORROW}").json()["results"]
    assert "address" not in waiting
    assert "pin" not in waiting
    collector = town.people["collector"]
    assert collector is not None
    given = town["operator"].post(f"pickups/{booked['id']}/assignment", {"collector": str(collector.pk)})
    assert (given.status_code, given.json()["status"]) == (200, "assigned")
    town.now = NOON + timedelta(days=1)
    [stop] = town["collector"].get("pickups/round").json()["results"]
    assert stop["address"] == "民权路 28 号"
    assert "pin" not in stop
    done = town["collector"].post(
        f"pickups/{booked['id']}/weighings",
        {"pin": booked["pin"], "lines": [{"material": "bulky", "grams": 30_000}]},
    )
    assert (done.status_code, done.json()["points"]) == (201, 60)
    [mine] = town["resident"].get("pickups").json()["results"]
    assert mine["status"] == "collected"
    assert "pin" not in mine


@pytest.mark.parametrize("who", ["nobody", "resident", "collector of the same zone", "operator", "attendant"])
def test_the_address_and_the_door_are_the_assigned_collector_s(town: Town, who: str) -> None:
    booked = town.book().json()
    collector = town.people["collector"]
    assert collector is not None
    town["operator"].post(f"pickups/{booked['id']}/assignment", {"collector": str(collector.pk)})
    body = {"pin": booked["pin"], "lines": [{"material": "bulky", "grams": 30_000}]}
    assert town[who].post(f"pickups/{booked['id']}/weighings", body).status_code in (401, 403, 404)
    assert town[who].post(f"pickups/{booked['id']}/missed", {"reason": "无人"}).status_code in (401, 403, 404)
    round_ = town[who].get(f"pickups/round?day={TOMORROW}")
    assert round_.status_code in (401, 403) or round_.json()["results"] == []
    assert Award.objects.count() == 0


@pytest.mark.parametrize("who", ["nobody", "collector", "operator", "attendant"])
def test_a_pickup_is_changed_by_who_booked_it_only(town: Town, who: str) -> None:
    booked, other = town.book().json(), slot(town.area, day=TOMORROW + timedelta(days=1))
    before = Pickup.objects.values().get()
    assert town[who].post(f"pickups/{booked['id']}/cancellation").status_code in (401, 404)
    assert town[who].post(f"pickups/{booked['id']}/slot", {"slot": str(other.pk)}).status_code in (401, 404)
    assert Pickup.objects.values().get() == before
    moved = town["resident"].post(f"pickups/{booked['id']}/slot", {"slot": str(other.pk)})
    assert moved.json()["slot"]["id"] == str(other.pk)
    assert town["resident"].post(f"pickups/{booked['id']}/cancellation").json()["status"] == "cancelled"


def test_zones_slots_and_assignments_are_the_operators(town: Town) -> None:
    booked = town.book().json()
    for who in ("nobody", "resident", "collector", "attendant"):
        for path, body in [
            ("zones", {"name": "新片区"}),
            (f"zones/{town.area.pk}/slots", {"day": str(TOMORROW), "part": "evening", "capacity": 3}),
            (f"pickups/{booked['id']}/assignment", {"collector": str(new_id())}),
        ]:
            assert town[who].post(path, body).status_code in (401, 403)
        assert town[who].get("pickups/all").status_code in (401, 403)
        assert town[who].get(f"zones/{town.area.pk}/collectors").status_code in (401, 403)
    named = town["operator"].get(f"zones/{town.area.pk}/collectors").json()["results"]
    assert [each["id"] for each in named] == [
        str(town.people[who].pk) for who in ("collector", "collector of the same zone")
    ]
    made = town["operator"].post("zones", {"name": "新片区"})
    assert made.status_code == 201
    problem(town["operator"].post("zones", {"name": "新片区"}), 409, "zone_exists")
    new = {"day": str(TOMORROW), "part": "evening", "capacity": 3}
    assert town["operator"].post(f"zones/{made.json()['id']}/slots", new).json()["left"] == 3
    problem(town["operator"].post(f"zones/{made.json()['id']}/slots", new), 409, "slot_exists")


def test_a_booking_without_a_way_to_it_is_refused(town: Town) -> None:
    for changes in ({"address": ""}, {"address": "x" * 121}, {"kind": "car"}, {"slot": "tomorrow"}, {"note": "\u202e"}):
        problem(town.book(**changes), 400, "invalid_request")
    problem(town.book(kind="recyclables", declared_grams=9000), 422, "pickup_too_light")
    problem(town.book(slot=str(new_id())), 404, "not_found")
    assert Pickup.objects.count() == 0


def test_a_wrong_pin_stays_counted_through_the_door(town: Town) -> None:
    booked = town.book().json()
    collector = town.people["collector"]
    assert collector is not None
    town["operator"].post(f"pickups/{booked['id']}/assignment", {"collector": str(collector.pk)})
    wrong = {"pin": f"{(int(booked['pin']) + 1) % 10**6:06d}", "lines": [{"material": "bulky", "grams": 30_000}]}
    for left in (4, 3):
        body = problem(town["collector"].post(f"pickups/{booked['id']}/weighings", wrong), 422, "door_pin_wrong")
        assert body["tries_left"] == left
    assert Pickup.objects.get().pin_tries == 2
    assert Award.objects.count() == 0
