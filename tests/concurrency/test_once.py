"""Exactly once for an idempotency key, for every verb that moves value: 64 requests at once with one key.

The control gives every request a key of its own, which is what a service without keys amounts to: the act is done
again and again.
"""

from collections.abc import Callable
from itertools import count
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.types import Role
from backend.core import clock
from backend.earning.models import Award, Project, Review
from backend.earning.types import Activity
from backend.edge import doors
from backend.edge.models import RememberedAnswer
from backend.ledger.models import Transfer
from backend.merchants.types import STORE_SCOPE
from backend.tokens import services as tokens
from backend.tokens.types import Purpose
from campaigns.models import Redemption, Voucher
from tests import factories, factories_campaigns
from tests.api.clients import Client, client_of
from tests.concurrency.race import race

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 64
Case = tuple[User, str, dict[str, Any], Callable[[], int]]


def code(purpose: Purpose, subject: Any) -> str:
    return tokens.issue(purpose=purpose, subject=subject, now=clock.now()).payload


def check_in() -> Case:
    factories.rule(min_interval_seconds=0, per_day=1000, per_station_and_day=1000)
    body = {"code": code(Purpose.STATION_SCREEN, factories.station().pk)}
    return factories.person(), "checkins", body, Award.objects.count


def claim() -> Case:
    offer = factories_campaigns.offer(now=clock.now(), stock=1000, per_person_limit=1000)
    return factories.person(points=10_000), f"offers/{offer.pk}/claims", {}, Voucher.objects.count


def redemption() -> Case:
    now = clock.now()
    shop, resident = factories_campaigns.store(now=now), factories.person(points=100, now=now)
    voucher = factories_campaigns.claim(resident, factories_campaigns.offer(now=now), now)
    cashier = factories.person()
    with transaction.atomic():
        accounts.grant(by="t", user=cashier, role=Role.COUNTER, scope_kind=STORE_SCOPE, scope_id=shop.pk, now=now)
    body = {"code": code(Purpose.VOUCHER, voucher.pk), "bill_fen": 5000, "order_no": "1"}
    return cashier, "redemptions", body, Redemption.objects.count


def donation() -> Case:
    project = Project.objects.create(title="社区花园", title_en="Garden")
    person = factories.person(points=1000)
    return person, f"projects/{project.pk}/donations", {"points": 3}, _transfers("donation")


def gift() -> Case:
    anna, ben = factories.person(points=1000), factories.person()
    client_of(anna).post("me/household/invitations", {"code": code(Purpose.RESIDENT, ben.pk)})
    client_of(ben).post("me/household/acceptance")
    return anna, "me/points/gifts", {"to": str(ben.pk), "points": 3}, _transfers("household.share")


def decision() -> Case:
    now = clock.now()
    factories.rule(Activity.CHECKIN_PRINTED)
    body = {"code": code(Purpose.STATION_PRINTED, factories.station().pk), "lat": 29.6, "lng": 106.6}
    award = client_of(factories.person()).post("checkins", body).json()["id"]
    operator = factories.person()
    with transaction.atomic():
        accounts.grant(by="t", user=operator, role=Role.OPERATOR, scope_kind="service", scope_id=None, now=now)
    return operator, f"reviews/{award}/decisions", {"approve": True, "reason": "核实"}, Review.objects.count


def _transfers(kind: str) -> Callable[[], int]:
    return lambda: Transfer.objects.filter(code=kind).count()


CASES = [check_in, claim, redemption, donation, gift, decision]


def ask(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(path, body, key="one-and-the-same")


@pytest.mark.parametrize("case", CASES)
def test_one_key_one_act(case: Callable[[], Case]) -> None:
    person, path, body, acts = case()
    clients = [client_of(person) for _ in range(WORKERS)]
    answers = race([lambda client=client: ask(client, path, body) for client in clients])
    last = ask(clients[0], path, body)
    assert {getattr(answer, "status_code", answer) for answer in answers} <= {201, 409}
    assert all(a.json()["code"] == "idempotency_in_flight" for a in answers if a.status_code == 409)
    assert (last.status_code, last.headers["Idempotency-Replayed"]) == (201, "true")
    assert {a.content for a in answers if a.status_code == 201} == {last.content}
    assert acts() == 1


@pytest.mark.parametrize("case", [claim, donation, gift])
def test_without_the_key_the_same_race_acts_again_and_again(case: Callable[[], Case]) -> None:
    person, path, body, acts = case()
    clients, numbers = [client_of(person) for _ in range(8)], count()
    with patch.object(doors, "_key_of", lambda request: f"another-{next(numbers)}"):
        race([lambda client=client: ask(client, path, body) for client in clients])
    assert acts() > 1


def test_an_answer_that_was_lost_is_replayed() -> None:
    """The crash between commit and answer: what was committed is found, what was not is done."""
    person, path, body, acts = donation()
    client = client_of(person)
    client.raise_request_exception = False
    with patch.object(doors, "_response", side_effect=ConnectionError("the answer never left")):
        assert ask(client, path, body).status_code == 500
    assert (acts(), RememberedAnswer.objects.count()) == (1, 1)
    again = ask(client, path, body)
    assert (again.status_code, again.headers["Idempotency-Replayed"], acts()) == (201, "true", 1)


def test_a_crash_before_the_commit_leaves_nothing() -> None:
    person, path, body, acts = donation()
    client = client_of(person)
    client.raise_request_exception = False
    with patch.object(doors, "_remember", side_effect=ConnectionError("killed")):
        assert ask(client, path, body).status_code == 500
    assert (acts(), RememberedAnswer.objects.count()) == (0, 0)
    assert (ask(client, path, body).status_code, acts()) == (201, 1)
