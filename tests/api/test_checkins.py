"""Check-ins at the door: what earns, what is refused and when it ends, and that a refusal moves nothing."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from backend.accounts.models import User
from backend.accounts.queries import points_account
from backend.core import clock
from backend.earning.models import Award, CapUse, LatestAct, Station
from backend.earning.types import Activity, StationStatus
from backend.edge.models import RememberedAnswer
from backend.ledger import proof
from backend.ledger.models import Transfer
from backend.ledger.queries import journal_of
from backend.tokens import services as tokens
from backend.tokens.models import Burn
from backend.tokens.types import Purpose
from tests import factories
from tests.api.clients import Client, client_of, problem
from tests.factories import NOON

pytestmark = pytest.mark.django_db(transaction=True)


class Town:
    """One resident, one station, one rule, and the instant."""

    def __init__(self) -> None:
        self.now = NOON
        self.rule = factories.rule()
        self.station = factories.station(name="较场口回收点")
        self.resident = factories.person()

    def at(self, now: datetime) -> "Town":
        self.now = now
        return self

    def later(self, **delta: float) -> "Town":
        return self.at(self.now + timedelta(**delta))

    def client(self, user: User | None = None) -> Client:
        return client_of(user or self.resident)

    def code(self, station: Station | None = None, purpose: Purpose = Purpose.STATION_SCREEN) -> str:
        return tokens.issue(purpose=purpose, subject=(station or self.station).pk, now=self.now).payload

    def check_in(self, code: str | None = None, key: str | None = None, **body: Any) -> Any:
        return self.client().post("checkins", {"code": code or self.code(), **body}, key=key)

    def moved(self) -> tuple[int, ...]:
        """How many rows a check-in could have written."""
        transfers = Transfer.objects.exclude(code="appropriation").count()
        return transfers, *(model._default_manager.count() for model in (Award, Burn, CapUse, LatestAct))


@pytest.fixture
def town() -> Iterator[Town]:
    town = Town()
    with patch.object(clock, "now", lambda: town.now):
        yield town


def test_a_check_in_earns_and_says_why(town: Town) -> None:
    answer = town.check_in()
    body = answer.json()
    assert answer.status_code == 201
    assert (body["status"], body["points"], body["carbon_mg"], body["balance"]) == ("awarded", 10, 0, 10)
    client = town.client()
    assert client.get("me/points").json() == {
        "balance": 10,
        "available": 10,
        "held": 0,
        "pending": 0,
        "expiring": [{"points": 10, "expires_at": "2027-06-06T00:00:00+08:00"}],
    }
    [entry] = client.get("me/points/entries").json()["results"]
    assert (entry["points"], entry["balance_after"], entry["kind"]) == (10, 10, "award.checkin_screen")
    assert "较场口回收点" in entry["why"]
    assert "规则第1版" in entry["why"]
    assert (
        "Check-in at" in client.get("me/points/entries", headers={"Accept-Language": "en"}).json()["results"][0]["why"]
    )


def test_the_code_may_be_given_as_the_address_that_a_camera_reads(town: Town) -> None:
    assert town.check_in(f"http://testserver/s/{town.code()}").status_code == 201


def test_an_idempotency_key_replays_the_first_answer(town: Town) -> None:
    code = town.code()
    first, second = town.check_in(code, key="one"), town.check_in(code, key="one")
    assert first.json() == second.json()
    assert "Idempotency-Replayed" not in first.headers
    assert (second.status_code, second.headers["Idempotency-Replayed"]) == (201, "true")
    assert Award.objects.count() == 1


def test_a_key_with_another_body_is_refused(town: Town) -> None:
    town.check_in(key="one")
    before = town.moved()
    problem(town.check_in(town.code(), key="one", lat=29.5, lng=106.5), 422, "idempotency_key_reused")
    assert town.moved() == before


@pytest.mark.parametrize("key", ["", " ", "x" * 81, "a b"])
def test_a_post_that_moves_value_needs_a_key(town: Town, key: str) -> None:
    problem(town.check_in(key=key), 400, "idempotency_key_required")
    assert town.moved() == (0,) * 5


def test_a_refusal_is_remembered_and_replayed(town: Town) -> None:
    town.check_in()
    first = problem(town.check_in(key="two"), 409, "code_used")
    town.later(hours=2)
    again = town.check_in(key="two", code=town.code())
    assert again.status_code == 422  # another body under the same key
    assert json.loads(RememberedAnswer.objects.get(key="two").body)["code"] == first["code"]


def test_one_persons_key_is_not_anothers(town: Town) -> None:
    town.check_in(key="one")
    other = factories.person()
    assert town.client(other).post("checkins", {"code": town.code()}, key="one").status_code == 201


def test_a_screen_code_is_burned_for_each_person(town: Town) -> None:
    code = town.code()
    town.check_in(code)
    before = town.moved()
    problem(town.check_in(code), 409, "code_used")
    assert town.moved() == before
    assert town.client(factories.person()).post("checkins", {"code": code}).status_code == 201


def test_too_soon_says_when(town: Town) -> None:
    town.check_in()
    before = town.later(minutes=9, seconds=59).moved()
    body = problem(town.check_in(), 409, "too_soon")
    assert body["retry_at"] == "2026-06-05T12:10:00+08:00"
    assert town.moved() == before
    assert town.at(NOON + timedelta(minutes=10)).check_in().status_code == 201


def test_the_stations_cap_says_which_and_until_when(town: Town) -> None:
    for _ in range(2):
        assert town.check_in().status_code == 201
        town.later(hours=1)
    before = town.moved()
    body = problem(town.check_in(), 409, "cap_reached")
    assert (body["limit"], body["resets_at"]) == (2, "2026-06-06T00:00:00+08:00")
    assert "该回收点" in body["detail"]
    assert town.moved() == before


def test_the_days_cap_ends_at_midnight_in_chongqing(town: Town) -> None:
    town.at(NOON - timedelta(hours=11))
    for _ in range(5):
        town.station = factories.station()
        assert town.check_in().status_code == 201
        town.later(hours=1)
    town.station = factories.station()
    assert "您今天的次数" in problem(town.check_in(), 409, "cap_reached")["detail"]
    midnight = NOON + timedelta(hours=12)
    town.at(midnight - timedelta(microseconds=1))
    problem(town.check_in(), 409, "cap_reached")
    assert town.at(midnight).check_in().status_code == 201


def test_the_rule_in_force_at_the_instant_decides(town: Town) -> None:
    factories.rule(version=2, points=25, valid_from=NOON + timedelta(days=1))
    assert town.check_in().json()["points"] == 10
    assert town.at(NOON + timedelta(days=1)).check_in().json()["points"] == 25


def test_no_rule_no_points(town: Town) -> None:
    town.at(NOON - timedelta(days=31))
    problem(town.check_in(), 409, "activity_not_running")
    assert town.moved() == (0,) * 5


def test_a_station_out_of_service_says_so(town: Town) -> None:
    Station.objects.update(status=StationStatus.DOWN)
    assert "较场口回收点" in problem(town.check_in(), 409, "station_unavailable")["detail"]
    assert town.moved() == (0,) * 5


class TestPrintedCode:
    @pytest.fixture(autouse=True)
    def _rule(self, town: Town) -> None:
        factories.rule(Activity.CHECKIN_PRINTED, points=4)

    def test_needs_a_position(self, town: Town) -> None:
        problem(town.check_in(town.code(purpose=Purpose.STATION_PRINTED)), 422, "position_required")
        assert town.moved() == (0,) * 5

    def test_in_place_is_awarded(self, town: Town) -> None:
        body = town.check_in(town.code(purpose=Purpose.STATION_PRINTED), lat=29.5536, lng=106.5769).json()
        assert (body["status"], body["points"], body["balance"]) == ("awarded", 4, 4)

    def test_elsewhere_waits_for_review_outside_the_balance(self, town: Town) -> None:
        body = town.check_in(town.code(purpose=Purpose.STATION_PRINTED), lat=29.60, lng=106.60).json()
        assert (body["status"], body["points"], body["balance"]) == ("pending_review", 4, 0)
        points = town.client().get("me/points").json()
        assert (points["balance"], points["pending"]) == (0, 4)
        assert not journal_of(points_account(town.resident.pk)).exists()

    def test_no_position_is_kept(self, town: Town) -> None:
        town.check_in(town.code(purpose=Purpose.STATION_PRINTED), lat=29.612345, lng=106.612345)
        kept = " ".join(str(row) for model in (Award, RememberedAnswer) for row in model._default_manager.values())
        assert "612345" not in kept

    def test_half_a_position_is_refused(self, town: Town) -> None:
        problem(town.check_in(town.code(purpose=Purpose.STATION_PRINTED), lat=29.6), 400, "invalid_request")


@pytest.mark.parametrize(
    ("forge", "code"),
    [
        (lambda town: "A" * 56, "code_malformed"),
        (lambda town: town.code()[:-1] + ("A" if town.code()[-1] != "A" else "B"), "code_forged"),
        (lambda town: tokens.issue(purpose=Purpose.STATION_SCREEN, subject=town.station.pk,
                                   now=town.now - timedelta(hours=1)).payload, "code_expired"),
        (lambda town: tokens.issue(purpose=Purpose.RESIDENT, subject=town.resident.pk, now=town.now).payload,
         "code_wrong_purpose"),
        (lambda town: town.code(factories.person() and Station(pk=town.resident.pk)), "not_found"),
    ],
)  # fmt: skip
def test_a_code_that_is_not_right_is_refused_by_its_own_name(town: Town, forge: Any, code: str) -> None:
    answer = town.check_in(forge(town))
    assert (answer.json()["code"], answer.status_code < 500) == (code, True)
    assert town.moved() == (0,) * 5


def test_who_is_not_logged_in_earns_nothing(town: Town) -> None:
    problem(Client().post("checkins", {"code": town.code()}), 401, "unauthenticated")
    assert town.moved() == (0,) * 5


def test_stations_come_nearest_first(town: Town) -> None:
    factories.station(name="A far one")
    Station.objects.filter(name="A far one").update(lat=29.6)
    names = [row["name"] for row in Client().get("stations?lat=29.5535&lng=106.5768").json()["results"]]
    assert names == ["较场口回收点", "A far one"]
    assert len(Client().get("stations?limit=1").json()["results"]) == 1
    problem(Client().get("stations?limit=1000"), 400, "invalid_request")


def test_a_stations_screen_code_is_for_its_attendant(town: Town) -> None:
    address = f"stations/{town.station.pk}/code"
    problem(Client().get(address), 401, "unauthenticated")
    problem(town.client().get(address), 403, "forbidden")


def test_the_books_agree_afterwards(town: Town) -> None:
    town.check_in()
    assert [*proof.balances(), *proof.chains(), *proof.assets()] == []
