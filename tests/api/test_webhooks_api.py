"""Operators' doors to webhooks: what they may do, that nobody else may, and that nothing secret is shown twice."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.types import Role
from backend.core import clock
from backend.core.ids import new_id
from backend.edge.models import RememberedAnswer
from backend.webhooks.models import Delivery, Endpoint, Secret
from tests import factories
from tests.api.clients import Client, client_of, problem
from tests.factories_webhooks import event, work
from tests.receiver import Receiver, is_genuine, receiving

pytestmark = pytest.mark.django_db(transaction=True)
BODY = {"name": "商场", "url": "https://partner.example.cn/hooks", "types": ["voucher.claimed", "award.made"]}


def with_role(role: Role, scope_kind: str = "service", scope_id: Any = None) -> User:
    user = factories.person()
    with transaction.atomic():
        accounts.grant(by="t", user=user, role=role, scope_kind=scope_kind, scope_id=scope_id, now=clock.now())
    return user


@pytest.fixture
def operator() -> Client:
    return client_of(with_role(Role.OPERATOR))


@pytest.fixture
def partner(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    with receiving() as receiver:
        yield receiver


def patch(client: Client, path: str, body: Any) -> Any:
    return client.patch(f"/api/v1/{path}", body, format="json")


def test_an_endpoint_is_registered_and_its_secret_shown_once(operator: Client) -> None:
    made = operator.post("webhooks/endpoints", BODY, key="the-same")
    assert (made.status_code, made.json()["secret"][:6]) == (201, "whsec_")
    endpoint = f"webhooks/endpoints/{made.json()['id']}"
    shown = operator.get(endpoint).json()
    assert made.json().keys() - shown.keys() == {"secret"}
    assert {name: shown[name] for name in BODY} == BODY | {"types": sorted(BODY["types"])}
    assert operator.get("webhooks/endpoints").json() == {"next": None, "results": [shown]}
    assert RememberedAnswer.objects.count() == 0
    again = operator.post(f"{endpoint}/secrets")
    assert (again.status_code, again.json()["secret"] != made.json()["secret"]) == (201, True)
    assert Secret.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"url": "http://partner.example.cn"}, 422, "webhook_url_refused"),
        ({"url": "https://169.254.169.254/"}, 422, "webhook_url_refused"),
        ({"types": []}, 400, "invalid_request"),
        ({"types": ["voucher.eaten"]}, 400, "invalid_request"),
        ({"types": ["award.made"] * 50}, 400, "invalid_request"),
        ({"types": "award.made"}, 400, "invalid_request"),
        ({"name": ""}, 400, "invalid_request"),
        ({"name": "x" * 81}, 400, "invalid_request"),
        ({"url": 7}, 400, "invalid_request"),
    ],
)
def test_a_wrong_endpoint_is_refused(operator: Client, change: Any, status: int, code: str) -> None:
    problem(operator.post("webhooks/endpoints", BODY | change), status, code)
    assert Endpoint.objects.count() == 0


def test_a_name_is_taken_once(operator: Client) -> None:
    operator.post("webhooks/endpoints", BODY)
    problem(operator.post("webhooks/endpoints", BODY), 409, "endpoint_exists")
    assert (Endpoint.objects.count(), Secret.objects.count()) == (1, 1)


def test_an_event_can_be_followed_and_sent_again(operator: Client, partner: Receiver) -> None:
    partner.answers = [404, 200]
    made = operator.post("webhooks/endpoints", BODY | {"url": partner.url}).json()
    now = clock.now()
    event("v-9", now=now)
    work(now)
    [row] = operator.get(f"webhooks/deliveries?endpoint={made['id']}&status=pending").json()["results"]
    assert (row["type"], row["subject"]) == ("voucher.claimed", "v-9")
    [attempt] = operator.get(f"webhooks/deliveries/{row['id']}").json()["attempts"]
    assert (attempt["status_code"], attempt["response_head"]) == (404, "thank you")
    sent = operator.post(f"webhooks/deliveries/{row['id']}/replays")
    assert (sent.status_code, sent.json()["event"], sent.json()["id"] != row["id"]) == (201, row["event"], True)
    work(clock.now())
    assert is_genuine(*partner.seen[-1], made["secret"])
    assert Delivery.objects.get(pk=sent.json()["id"]).status == "delivered"
    order = operator.post(f"webhooks/endpoints/{made['id']}/replays", {"since": "2026-01-01T00:00:00+08:00"})
    assert (order.status_code, order.json()) == (202, {"events": 1})


def test_a_disabled_endpoint_is_enabled_before_anything_is_sent_again(operator: Client) -> None:
    made = operator.post("webhooks/endpoints", BODY).json()
    endpoint = f"webhooks/endpoints/{made['id']}"
    off = patch(operator, endpoint, {"enabled": False, "reason": "维护"}).json()
    assert (off["status"], off["reason"], off["url"]) == ("disabled", "维护", BODY["url"])
    problem(operator.post(f"{endpoint}/replays", {"since": "2026-01-01T00:00:00Z"}), 409, "endpoint_disabled")
    on = patch(operator, endpoint, {"enabled": True, "types": ["award.made"]}).json()
    assert (on["status"], on["reason"], on["types"]) == ("enabled", "", ["award.made"])
    problem(patch(operator, endpoint, {"url": "https://localhost"}), 422, "webhook_url_refused")
    assert Endpoint.objects.get().url == BODY["url"]


@pytest.mark.parametrize("who", ["operator", "counter", "resident", "nobody"])
def test_only_operators_may(who: str, operator: Client) -> None:
    made = operator.post("webhooks/endpoints", BODY).json()
    client = {
        "operator": lambda: operator,
        "counter": lambda: client_of(with_role(Role.COUNTER, "store", new_id())),
        "resident": lambda: client_of(factories.person()),
        "nobody": client_of,
    }[who]()
    endpoint, before = f"webhooks/endpoints/{made['id']}", Secret.objects.count()
    answers = [
        client.get("webhooks/endpoints"),
        client.get(endpoint),
        client.get("webhooks/deliveries"),
        patch(client, endpoint, {"enabled": False}),
        client.post(f"{endpoint}/secrets"),
        client.post("webhooks/endpoints", BODY | {"name": "another"}),
    ]
    refused = {"operator": None, "nobody": 401}.get(who, 403)
    if refused is None:
        assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 201, 201]
        return
    assert {answer.status_code for answer in answers} == {refused}
    assert (Endpoint.objects.get().status, Secret.objects.count()) == ("enabled", before)


@pytest.mark.parametrize("path", ["endpoints/{}", "deliveries/{}"])
def test_what_is_not_there_is_not_found(path: str, operator: Client) -> None:
    there = f"webhooks/{path.format(new_id())}"
    problem(operator.get(there), 404, "not_found")
    body = {"since": "2026-01-01T00:00:00Z"} if "endpoints" in path else None
    problem(operator.post(f"{there}/replays", body), 404, "not_found")


def test_the_log_is_read_with_few_queries(
    operator: Client, partner: Receiver, django_assert_max_num_queries: Any
) -> None:
    operator.post("webhooks/endpoints", BODY | {"url": partner.url})
    now = clock.now()
    for number in range(12):
        event(number, now=now)
    work(now)
    with django_assert_max_num_queries(6):
        assert len(operator.get("webhooks/deliveries").json()["results"]) == 12
