"""WeChat Run: encrypted as WeChat's documentation says, by our own code; not tried against WeChat itself."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from backend.accounts.models import User
from backend.carbon.models import Entry
from backend.core import clock
from backend.core.clock import ZONE
from backend.earning import queries as earning
from backend.earning.models import Award
from backend.travel import errors, services
from backend.travel.models import Tally
from backend.travel.services import steps
from backend.travel.types import Outcome, Steps
from tests import factories
from tests import factories_travel as travel
from tests.api.clients import client_of, problem
from tests.rules.test_travel_rules import APPID, IV, KEY, encrypted, run_data

pytestmark = pytest.mark.django_db
NOON = travel.NOON


@pytest.fixture(autouse=True)
def _rules(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules, and a session key such as a login by WeChat leaves behind."""
    travel.standard_rules()
    settings.WECHAT_APPID = APPID
    monkeypatch.setattr(steps.accounts, "wechat_session_key", lambda user: KEY)


def sync(person: User, *counts: int, appid: str = APPID, now: datetime = NOON) -> list[Outcome]:
    """Today's steps last, the days before it in front, as wx.getWeRunData gives them."""
    midnight = now.astimezone(ZONE).replace(hour=0, minute=0, second=0)
    days = [midnight - timedelta(days=back) for back in range(len(counts))][::-1]
    rows = [{"timestamp": int(day.timestamp()), "step": step} for day, step in zip(days, counts, strict=True)]
    text = encrypted(run_data(at=now, appid=appid, stepInfoList=rows))
    with transaction.atomic():
        return services.sync_steps(by=person, encrypted=text, iv=IV, now=now)


def books(person: User) -> tuple[int, int]:
    grams = sum(Entry.objects.filter(resident_id=person.pk).values_list("mg", flat=True))
    return earning.points_of(person.pk, NOON).balance, grams


def test_measured_steps_earn_in_full_and_count_carbon() -> None:
    person = factories.person()
    assert [each.points for each in sync(person, 4200, 6500)] == [4, 6]
    assert books(person) == (10, 10_000 * 20)


def test_the_same_data_again_and_lower_figures_move_nothing() -> None:
    person = factories.person()
    sync(person, 6500)
    before = (books(person), Award.objects.count())
    for count in (6500, 3000):
        assert [each.status for each in sync(person, count)] == ["counted"]
    assert (books(person), Award.objects.count(), Tally.objects.get().total) == (*before, 6500)
    assert [each.points for each in sync(person, 7100)] == [1]


def test_a_day_is_capped_in_points_and_carbon_whatever_is_reported() -> None:
    person = factories.person()
    for count in (9000, 14_900, 40_000, 120_000):
        sync(person, count)
    points, grams = books(person)
    assert (points, grams <= 296_000) == (15, True)


def test_days_of_more_than_a_week_ago_are_left_out() -> None:
    person = factories.person()
    assert len(sync(person, *[2000] * 31)) == 8
    assert Tally.objects.count() == 8


def test_measured_steps_take_up_where_declared_ones_ended() -> None:
    person = factories.person()
    with transaction.atomic():
        services.declare_steps(by=person, steps=Steps(date(2026, 6, 5), 6000), now=NOON)
    assert [each.points for each in sync(person, 8000)] == [2]
    view = earning.points_of(person.pk, NOON)
    assert (view.balance, view.pending) == (2, 3)


def test_another_programs_data_or_an_old_watermark_counts_nothing() -> None:
    person = factories.person()
    with pytest.raises(errors.WeChatDataInvalid):
        sync(person, 6000, appid="another")
    stale = encrypted(run_data(at=NOON - timedelta(minutes=11)))
    with pytest.raises(errors.WeChatDataStale), transaction.atomic():
        services.sync_steps(by=person, encrypted=stale, iv=IV, now=NOON)
    assert (books(person), Tally.objects.count()) == ((0, 0), 0)


def test_the_door_opens_it_with_the_key_that_the_server_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    text = encrypted(run_data(at=clock.now(), stepInfoList=[{"timestamp": int(clock.now().timestamp()), "step": 5100}]))
    api, body = client_of(factories.person()), {"encrypted_data": text, "iv": IV}
    (day,) = api.post("me/steps/wechat", body).json()["days"]
    assert (day["status"], day["points"]) == ("awarded", 5)
    problem(api.post("me/steps/wechat", body | {"encrypted_data": "AAAA"}), 422, "wechat_data_invalid")
    monkeypatch.undo()
    problem(api.post("me/steps/wechat", body), 409, "wechat_session_missing")
    problem(client_of().post("me/steps/wechat", body), 401, "unauthenticated")
