"""Campaigns over HTTP: drafted by one operator, approved by another, read by everybody; a refusal moves nothing."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.types import Role
from backend.core import clock
from backend.core.ids import new_id
from backend.ledger.models import Transfer
from campaigns import queries, services
from campaigns.models import Campaign, MoneyChange, Offer
from campaigns.queries import campaign_proof
from tests.factories import person
from tests.factories_campaigns import DAY, counter, offer, store

pytestmark = pytest.mark.django_db
V1 = "/api/v1/"


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def drafter(now):
    return operator(now)


@pytest.fixture
def approver(now):
    return operator(now)


def operator(now: Any) -> User:
    user = person(points=50, now=now)
    with transaction.atomic():
        accounts.grant(by="test", user=user, role=Role.OPERATOR, scope_kind="service", scope_id=None, now=now)
    return user


def client(user: User | None = None) -> APIClient:
    found = APIClient()
    if user is not None:
        found.force_authenticate(user)
    return found


def post(user: User | None, path: str, body: Any, key: str | None = None) -> Any:
    return client(user).post(V1 + path, body, format="json", headers={"Idempotency-Key": key or str(new_id())})


def plan(now: Any, **changes: Any) -> dict[str, Any]:
    return {
        "title": "世界环境日",
        "starts_at": (now - DAY).isoformat(),
        "ends_at": (now + 10 * DAY).isoformat(),
        "budget_fen": 10_000,
        "shares": {"government": 7000, "mall": 3000},
        "groups": [{"kind": "new_residents", "days": 30}],
        "windows": {"weekly": [{"days": [1, 2, 3, 4, 5, 6, 7], "opens": "00:00", "closes": "24:00"}]},
        "limits": {"per_day": 1},
    } | changes


def an_offer(now: Any, **changes: Any) -> dict[str, Any]:
    return {
        "title": "满20减5元",
        "points_price": 20,
        "face_value_fen": 500,
        "min_spend_fen": 2000,
        "stock": 10,
        "starts_at": (now - DAY / 2).isoformat(),
        "ends_at": (now + DAY).isoformat(),
        "valid_days": 10,
    } | changes


def state() -> dict[str, object]:
    return {
        "campaigns": list(Campaign.objects.order_by("pk").values()),
        "offers": list(Offer.objects.order_by("pk").values()),
        "changes": list(MoneyChange.objects.order_by("pk").values()),
        "transfers": Transfer.objects.count(),
    }


def assert_refused(answer: Any, status: int, code: str, before: dict[str, object]) -> dict[str, Any]:
    problem: dict[str, Any] = json.loads(answer.content)
    assert (answer.status_code, problem["code"]) == (status, code), problem
    assert state() == before
    return problem


def drafted(by: User, now: Any, **changes: Any) -> str:
    made = post(by, "campaigns", plan(now, **changes))
    assert made.status_code == 201, made.content
    added = post(by, f"campaigns/{made.json()['id']}/offers", an_offer(now))
    assert added.status_code == 201, added.content
    return str(made.json()["id"])


def running(drafter: User, approver: User, now: Any) -> str:
    number = drafted(drafter, now)
    read = post(drafter, f"campaigns/{number}/steps", {"step": "submit"}).json()
    done = post(approver, f"campaigns/{number}/steps", {"step": "approve", "version": read["version"]})
    assert done.status_code == 201, done.content
    return number


def test_a_campaign_is_drafted_read_approved_and_claimed(drafter, approver, now):
    number = drafted(drafter, now)
    read = client(approver).get(f"{V1}plans/{number}").json()
    assert read["state"] == "draft"
    assert read["cost"] == {
        "vouchers": 10,
        "worth_fen": 5_000,
        "budget_fen": 10_000,
        "left_fen": 5_000,
        "shares_fen": {"government": 3_500, "mall": 1_500},
        "days_at_day_budget": None,
    }
    assert client().get(f"{V1}campaigns/{number}").status_code == 404
    post(drafter, f"campaigns/{number}/steps", {"step": "submit"})
    before = state()
    approval = {"step": "approve", "version": read["version"]}
    assert_refused(post(drafter, f"campaigns/{number}/steps", approval), 409, "second_person_needed", before)
    assert post(approver, f"campaigns/{number}/steps", approval).json()["state"] == "scheduled"
    shown = client().get(f"{V1}campaigns/{number}").json()
    assert (shown["state"], shown["limits"]["per_day"]) == ("running", 1)
    assert shown["groups"] == [{"kind": "new_residents", "days": 30}]
    assert shown["windows"]["weekly"] == [{"opens": "00:00", "closes": "24:00", "days": [1, 2, 3, 4, 5, 6, 7]}]
    assert [each["remaining"] for each in shown["offers"]] == [10]
    claimed = post(person(points=50, now=now), f"offers/{shown['offers'][0]['id']}/claims", {})
    assert claimed.status_code == 201, claimed.content
    assert [*campaign_proof.money(), *campaign_proof.limits(), *queries.disagreements()] == []


def test_steps_with_their_reasons(drafter, approver, now):
    number = running(drafter, approver, now)
    resident = person(points=50, now=now)
    (of,) = Offer.objects.all()
    for step, answer in [("pause", "offer_not_open"), ("resume", None), ("stop", "offer_not_open")]:
        done = post(drafter, f"campaigns/{number}/steps", {"step": step, "reason": "检查"})
        assert done.status_code == 201, done.content
        if answer:
            before = state()
            assert_refused(post(resident, f"offers/{of.pk}/claims", {}), 409, answer, before)
    assert client().get(f"{V1}campaigns/{number}").json()["state"] == "stopped"
    assert client().get(f"{V1}campaigns").json()["results"] == []


def test_money_is_changed_by_two(drafter, approver, now):
    number = running(drafter, approver, now)
    (of,) = Offer.objects.all()
    asked = post(
        drafter,
        f"campaigns/{number}/money-changes",
        {"budget_fen": 12_000, "offer": str(of.pk), "more_stock": 5, "reason": "加发"},
    )
    assert (asked.status_code, asked.json()["status"]) == (201, "proposed")
    path, yes = f"money-changes/{asked.json()['id']}/decisions", {"approve": True, "reason": "同意"}
    before = state()
    assert_refused(post(drafter, path, yes), 409, "second_person_needed", before)
    first, again = (post(approver, path, yes, key="one") for _ in range(2))
    assert (first.json()["status"], again.json()) == ("approved", first.json())
    assert client(drafter).get(f"{V1}plans/{number}").json()["cost"]["worth_fen"] == 7_500


def test_who_may(drafter, approver, now):
    """Everybody reads; the resident and the counter write nothing; a plan is for operators."""
    number = running(drafter, approver, now)
    change = {"budget_fen": 12_000, "reason": "x"}
    writes = [
        ("campaigns", plan(now)),
        (f"campaigns/{number}/offers", an_offer(now)),
        (f"campaigns/{number}/steps", {"step": "stop", "reason": "x"}),
        (f"campaigns/{number}/money-changes", change),
        (f"money-changes/{new_id()}/decisions", {"approve": True, "reason": "x"}),
    ]
    before = state()
    for user, status, code in [
        (None, 401, "unauthenticated"),
        (person(now=now), 403, "forbidden"),
        (counter(store(now=now), now=now), 403, "forbidden"),
    ]:
        for path, body in writes:
            assert_refused(post(user, path, body), status, code, before)
        for path in ("plans", f"plans/{number}"):
            assert_refused(client(user).get(V1 + path), status, code, before)
        assert client(user).get(f"{V1}campaigns/{number}").status_code == 200
    listed = client(approver).get(f"{V1}plans", {"state": "scheduled"}).json()["results"]
    assert [each["id"] for each in listed] == [number]
    assert client(approver).get(f"{V1}plans", {"state": "draft"}).json()["results"] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"budget_fen": -1},
        {"budget_fen": "100"},
        {"day_budget_fen": 0},
        {"ends_at": "2026-01-01T00:00:00+08:00", "starts_at": "2026-01-02T00:00:00+08:00"},
        {"ends_at": "9999-12-31T23:59:59Z"},
        {"starts_at": "0001-01-01T00:00:00+14:00"},
        {"groups": [{"kind": "streets"}]},
        {"groups": [{"kind": "friends"}]},
        {"groups": [{"kind": "households"}] * 6},
        {"windows": {"weekly": [{"days": [8], "opens": "10:00", "closes": "12:00"}]}},
        {"windows": {"weekly": [{"days": [1], "opens": "10:60", "closes": "12:00"}]}},
        {"windows": {"excluded": ["9999-12-31"]}},
        {"limits": {"per_day": 0}},
        {"boost": {"factor_bp": 10_000, "starts_at": "2026-01-01T00:00:00Z", "ends_at": "2026-01-02T00:00:00Z"}},
        {"title": ""},
    ],
)
def test_a_plan_that_makes_no_sense(changes, drafter, now):
    before = state()
    assert_refused(post(drafter, "campaigns", plan(now, **changes)), 400, "invalid_request", before)


def test_a_plan_that_does_not_fit(drafter, now):
    before = state()
    for changes, code in [
        ({"shares": {"mall": 9_999}}, "shares_do_not_add_up"),
        ({"windows": {"weekly": [{"days": [1], "opens": "12:00", "closes": "10:00"}]}}, "windows_invalid"),
    ]:
        assert_refused(post(drafter, "campaigns", plan(now, **changes)), 422, code, before)
    number = drafted(drafter, now)
    before = state()
    for changes, status, code in [
        ({"min_spend_fen": 499}, 400, "invalid_request"),
        ({"ends_at": (now + 20 * DAY).isoformat()}, 422, "offer_outside_campaign"),
        ({"last_day": (now - DAY).date().isoformat()}, 422, "last_day_too_early"),
        ({"rolls_into": str(new_id())}, 422, "rolls_nowhere"),
        ({"stores": [str(new_id())]}, 404, "not_found"),
    ]:
        answer = post(drafter, f"campaigns/{number}/offers", an_offer(now, **changes))
        assert_refused(answer, status, code, before)
    for step in ({"step": "approve"}, {"step": "pause"}, {"step": "dance"}):
        assert_refused(post(drafter, f"campaigns/{number}/steps", step), 400, "invalid_request", before)
    for change in ({"reason": "x"}, {"reason": "x", "more_stock": 1}, {"budget_fen": 1}):
        answer = post(drafter, f"campaigns/{number}/money-changes", change)
        assert_refused(answer, 400, "invalid_request", before)


def test_a_paused_offer_says_so_and_a_late_one_is_listed_by_the_clock(now):
    of = offer(now=now)
    with transaction.atomic():
        services.pause(by="operator-1", campaign_id=of.campaign_id, reason="x", now=now)
    (row,) = client().get(f"{V1}campaigns").json()["results"]
    assert (row["state"], [each["is_open"] for each in row["offers"]]) == ("paused", [False])
    later = offer(now=now, campaign={"starts_at": now - DAY * 2, "ends_at": now + timedelta(days=2)})
    shown = client().get(f"{V1}campaigns/{later.campaign_id}").json()
    assert (Campaign.objects.get(pk=later.campaign_id).status, shown["state"]) == ("scheduled", "running")
