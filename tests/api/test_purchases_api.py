"""Green consumption over HTTP: who may call, what comes back, and a till that signs."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from backend.accounts.models import User
from backend.core import clock
from backend.core.ids import new_id
from backend.earning import queries as earning
from backend.earning.models import Award
from backend.earning.types import Activity
from backend.edge.signing import sign
from backend.merchants.models import Store
from backend.purchases.models import Purchase, Receipt, Refund
from backend.purchases.types import IssuedTillKey
from tests import factories
from tests import factories_purchases as green
from tests.api.clients import Client, client_of, problem
from tests.factories import person
from tests.factories_campaigns import USCCS, counter

pytestmark = pytest.mark.django_db(transaction=True)
SALE = {"amount_fen": 29_900, "category": "appliance", "order_no": "A-1"}


@pytest.fixture
def now() -> datetime:
    return clock.now()


@pytest.fixture
def at(now: datetime) -> Store:
    green.purchase_rule()
    return green.green_store(now=now)


@pytest.fixture
def cashier(at: Store) -> Client:
    return client_of(counter(at))


def points(of: User) -> int:
    return earning.points_of(of.pk, clock.now()).balance


def issued(cashier: Client, **changes: Any) -> dict[str, Any]:
    answer = cashier.post("receipts", SALE | changes)
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_a_receipt_is_issued_claimed_and_refunded(cashier: Client) -> None:
    who = person()
    receipt = issued(cashier, product="")
    assert receipt["qr"].startswith("data:image/png;base64,")
    assert receipt["url"].endswith("/s/" + receipt["payload"])
    claimed = client_of(who).post("purchases", {"code": receipt["url"]})
    assert claimed.status_code == 201
    body = claimed.json()
    assert (body["id"], body["points"], body["balance"], body["carbon_mg"]) == (receipt["id"], 29, 29, 0)
    mine = client_of(who).get("me/purchases").json()["results"]
    assert [(row["id"], row["amount_fen"], row["points"]) for row in mine] == [(receipt["id"], 29_900, 29)]
    refund = {"refund_fen": 9_900, "reference": "R-1"}
    back = cashier.post(f"purchases/{receipt['id']}/refunds", refund)
    assert (back.status_code, back.json()["points"], back.json()["left_fen"]) == (201, 10, 20_000)
    listed = cashier.get("receipts").json()["results"]
    assert [(row["order_no"], row["claimed"], row["refunded_fen"]) for row in listed] == [("A-1", True, 9_900)]
    assert points(who) == 19


def test_an_answer_that_was_lost_is_given_again(cashier: Client) -> None:
    first = cashier.post("receipts", SALE, key="one")
    again = cashier.post("receipts", SALE, key="one")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    who = person()
    claims = [client_of(who).post("purchases", {"code": first.json()["payload"]}, key="two") for _ in range(2)]
    assert [each.status_code for each in claims] == [201, 201]
    assert claims[0].json() == claims[1].json()
    assert (points(who), Purchase.objects.count()) == (29, 1)


def test_the_counter_s_doors_are_the_counter_s(cashier: Client, at: Store, now: datetime) -> None:
    """The owner is the store's cashier, the teammate works elsewhere, the stranger nowhere."""
    receipt, who = issued(cashier), person()
    teammate, stranger = client_of(counter(green.green_store("另一店", uscc=USCCS[1], now=now))), client_of(person())
    refund = {"refund_fen": 1, "reference": "R"}
    problem(teammate.post(f"purchases/{receipt['id']}/refunds", refund), 404, "not_found")
    problem(stranger.post(f"purchases/{receipt['id']}/refunds", refund), 403, "forbidden")
    problem(client_of().post(f"purchases/{receipt['id']}/refunds", refund), 401, "unauthenticated")
    assert teammate.get("receipts").json()["results"] == []
    problem(teammate.post("receipts", SALE | {"store": str(at.pk)}), 403, "forbidden")
    for path, body in [
        ("receipts", SALE),
        ("purchases/at-counter", SALE | {"resident_code": green.resident_code(who, now)}),
        ("acts", {"resident_code": green.resident_code(who, now), "activity": "own_cup"}),
    ]:
        problem(stranger.post(path, body), 403, "forbidden")
    assert (Receipt.objects.count(), Refund.objects.count(), Award.objects.count()) == (1, 0, 0)


def test_the_counter_enters_a_purchase_and_an_act(cashier: Client, at: Store, now: datetime) -> None:
    who = person()
    factories.rule(Activity.OWN_BAG, points=2, min_interval_seconds=0)
    green.permit(at, Activity.OWN_BAG, now)
    shown = green.resident_code(who, clock.now())
    bought = cashier.post("purchases/at-counter", SALE | {"resident_code": shown})
    assert (bought.status_code, bought.json()["points"]) == (201, 29)
    assert [row["activity"] for row in cashier.get("acts").json()["results"]] == ["own_bag"]
    seen = cashier.post("acts", {"resident_code": shown, "activity": "own_bag"})
    assert (seen.status_code, seen.json()["points"], points(who)) == (201, 2, 31)
    told = cashier.post("acts", {"resident_code": shown, "activity": "trade_in"})
    assert problem(told, 409, "act_not_registered")["registered"] == ["own_bag"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount_fen": 0},
        {"amount_fen": 5_000_001},
        {"amount_fen": "100"},
        {"amount_fen": 1.5},
        {"amount_fen": True},
        {"category": "gold"},
        {"order_no": ""},
        {"order_no": "x" * 41},
        {"order_no": "a\u202eb"},
    ],
)
def test_bad_orders_are_told_and_nothing_moves(cashier: Client, wrong: dict[str, Any]) -> None:
    problem(cashier.post("receipts", SALE | wrong), 400, "invalid_request")
    assert Receipt.objects.count() == 0


# -- a till that signs ------------------------------------------------------------------------------------------------


@pytest.fixture
def till(at: Store) -> Callable[..., Any]:
    key = green.till_key(at)

    def post(path: str, body: dict[str, Any], *, key: IssuedTillKey = key, nonce: str = "", at: int = 0) -> Any:
        raw = json.dumps(body).encode()
        seconds, nonce = str(at or int(clock.now().timestamp())), nonce or new_id().hex
        signature = sign(
            secret=key.secret.encode(), method="POST", path=f"/api/v1/{path}", key_id=key.key_id, timestamp=seconds,
            nonce=nonce, body=raw,
        )  # fmt: skip
        headers = {"X-Key-Id": key.key_id, "X-Timestamp": seconds, "X-Nonce": nonce, "X-Signature": signature}
        return client_of().post(path, raw, key="", headers=headers)

    return post


def test_a_till_issues_and_refunds_by_its_signature(till: Any) -> None:
    made = till("tills/receipts", SALE)
    assert made.status_code == 201, made.content
    again = till("tills/receipts", SALE)
    assert again.json() == made.json()
    who = person()
    assert client_of(who).post("purchases", {"code": made.json()["payload"]}).json()["points"] == 29
    problem(till("tills/receipts", SALE), 409, "order_no_used")
    back = till(f"tills/purchases/{made.json()['id']}/refunds", {"refund_fen": 29_900, "reference": "R-1"})
    assert (back.status_code, back.json()["points"], points(who)) == (201, 29, 0)


def test_a_forged_stale_or_repeated_signature_moves_nothing(till: Any, at: Store) -> None:
    problem(client_of().post("tills/receipts", SALE, key=""), 401, "signature_missing")
    problem(till("tills/receipts", SALE, key=IssuedTillKey("till-unknown", "x")), 401, "signature_invalid")
    problem(till("tills/receipts", SALE, at=1_000_000_000), 401, "signature_stale")
    assert Receipt.objects.count() == 0
    nonce = "n" * 20
    assert till("tills/receipts", SALE, nonce=nonce).status_code == 201
    problem(till("tills/receipts", SALE | {"order_no": "A-2"}, nonce=nonce), 409, "nonce_used")
    assert Receipt.objects.count() == 1


def test_a_refused_request_may_be_sent_again_as_it_is(till: Any, at: Store, now: datetime) -> None:
    nonce, food = "m" * 20, SALE | {"category": "food"}
    problem(till("tills/receipts", food, nonce=nonce), 422, "category_not_green")
    green.goods(green.Category.FOOD, now=now)
    assert till("tills/receipts", food, nonce=nonce).status_code == 201
