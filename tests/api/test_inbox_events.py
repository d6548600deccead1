"""What earning tells: that points came, wait, were decided on or went, and why; and nothing of what was refused."""

from typing import Any

import pytest
from django.db import transaction

from backend.accounts.models import User
from backend.core import clock
from backend.earning import services as earning
from backend.earning.types import Activity
from backend.inbox.models import Message
from backend.tokens import services as tokens
from backend.tokens.types import Purpose
from tests import factories
from tests.api.clients import client_of, problem
from tests.factories_people import operator

pytestmark = pytest.mark.django_db(transaction=True)


def check_in(user: User, purpose: Purpose, **position: float) -> Any:
    code = tokens.issue(purpose=purpose, subject=factories.station().pk, now=clock.now()).payload
    return client_of(user).post("checkins", {"code": code, **position})


def told(user: User) -> list[tuple[str, str]]:
    rows = client_of(user).get("me/messages").json()["results"]
    return [(row["kind"], row["title"]) for row in rows]


def test_an_award_is_told_with_its_reason_and_taking_it_back_too() -> None:
    anna = factories.person()
    factories.rule()
    award = check_in(anna, Purpose.STATION_SCREEN).json()["id"]
    assert told(anna) == [("award", "获得 10 积分")]
    [row] = client_of(anna).get("me/messages").json()["results"]
    assert "签到" in row["why"]
    assert row["data"] == {"award": award, "points": 10}
    with transaction.atomic():
        earning.take_back(by="t", award_id=award, reference="r", reason="误操作", now=clock.now())
        earning.take_back(by="t", award_id=award, reference="r", reason="误操作", now=clock.now())
    assert told(anna) == [("returned", "10 积分已退回"), ("award", "获得 10 积分")]


def test_a_refused_act_tells_nothing() -> None:
    anna = factories.person()
    factories.rule(Activity.CHECKIN_PRINTED, points=4)
    problem(check_in(anna, Purpose.STATION_PRINTED), 422, "position_required")
    assert Message.objects.count() == 0


@pytest.mark.parametrize(("approve", "title"), [(True, "审核通过，4 积分已到账"), (False, "审核未通过，积分未发放")])
def test_a_decision_is_told_with_its_reason(approve: bool, title: str) -> None:
    anna, desk = factories.person(), operator()
    factories.rule(Activity.CHECKIN_PRINTED, points=4)
    waiting = check_in(anna, Purpose.STATION_PRINTED, lat=29.6, lng=106.6).json()["id"]
    decision = {"approve": approve, "reason": "现场核实"}
    for _ in range(2):  # the second is refused and tells nothing
        client_of(desk).post(f"reviews/{waiting}/decisions", decision)
    assert told(anna) == [("review_decided", title), ("award", "4 积分待确认")]
    assert "现场核实" in client_of(anna).get("me/messages").json()["results"][0]["why"]
