"""What a logged-in resident may ask of the own account: live, read-only, and nobody else's."""

import pytest
from django.db import connection, transaction

from backend.earning.models import Station
from backend.earning.types import StationStatus
from backend.ledger.models import Transfer
from bot import tools
from bot.models import Conversation
from bot.readonly import WriteRefused, reading_only
from bot.rules.account import Wants
from bot.types import Answer, Status
from tests.factories import NOON, person, station
from tests.factories_campaigns import claim, offer

pytestmark = pytest.mark.django_db


def told(wants: Wants, user: object, *, english: bool = False) -> Answer:
    return tools.account_answer(wants, resident=getattr(user, "pk", None), now=NOON, english=english)


def test_points_are_those_of_now() -> None:
    user = person(points=50)
    before = Transfer.objects.count()
    answer = told(Wants.POINTS, user)
    assert (answer.status, answer.live) == (Status.ANSWERED, True)
    assert "50分" in answer.text
    assert "6月5日12:00" in answer.text
    assert "50 points" in told(Wants.POINTS, user, english=True).text
    assert Transfer.objects.count() == before


def test_vouchers_are_the_residents_own() -> None:
    owner, other = person(points=50), person()
    claim(owner, offer())
    assert "1张" in told(Wants.VOUCHERS, owner).text
    assert "满20减5元" in told(Wants.VOUCHERS, owner).text
    assert "没有可用" in told(Wants.VOUCHERS, other).text


def test_offers_are_those_that_the_points_pay() -> None:
    offer(title="便宜券", points_price=20)
    offer(title="贵券", points_price=900)
    offer(title="没货的券", points_price=10, stock=1)
    claim(person(points=10), offer(title="领完的券", points_price=10, stock=1))
    text = told(Wants.OFFERS, person(points=25)).text
    assert "便宜券" in text
    assert "没货的券" in text
    assert "贵券" not in text
    assert "领完的券" not in text
    assert "没有够换" in told(Wants.OFFERS, person()).text


def test_stations_that_are_open_are_named_and_the_position_is_not_guessed() -> None:
    station(name="较场口站")
    Station.objects.filter(pk=station(name="满了的站").pk).update(status=StationStatus.FULL)
    answer = told(Wants.STATIONS, person())
    assert answer.status is Status.PARTLY
    assert "较场口站" in answer.text
    assert "满了的站" not in answer.text


@pytest.mark.parametrize("wants", Wants)
@pytest.mark.parametrize("english", [True, False])
def test_nobody_sees_nothing(wants: Wants, english: bool) -> None:
    person(points=50)
    answer = told(wants, None, english=english)
    assert (answer.status, answer.live) == (Status.VALUE_MISSING, False)
    assert "50" not in answer.text


def test_a_tool_that_writes_is_stopped_and_nothing_has_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    user = person()
    place = station(name="原名")

    def renames(*_: object) -> Answer:
        Station.objects.filter(pk=place.pk).update(name="改了")
        return Answer("x", Status.ANSWERED)

    monkeypatch.setitem(tools._TOOLS, Wants.POINTS, renames)
    with pytest.raises(WriteRefused), transaction.atomic():
        told(Wants.POINTS, user)
    place.refresh_from_db()
    assert place.name == "原名"
    renames()  # outside of the block the same statement runs
    place.refresh_from_db()
    assert place.name == "改了"


def test_raw_statements_are_stopped_too_and_own_tables_are_open() -> None:
    with reading_only():
        Conversation.objects.create(created_at=NOON)
        with connection.cursor() as cursor, pytest.raises(WriteRefused), transaction.atomic():
            cursor.execute("DELETE FROM earning_station")
    assert Conversation.objects.count() == 1
