"""A purchase that is refunded, in any pieces and whenever it is claimed, leaves the books of no purchase."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.accounts.queries import points_account
from backend.core import clock
from backend.core.ids import new_id
from backend.earning import services as earning
from backend.earning.models import Boost
from backend.earning.types import Activity
from backend.ledger import proof
from backend.ledger import queries as ledger
from backend.purchases import queries
from tests import factories_purchases as green
from tests.api.clients import Client, client_of
from tests.factories import person
from tests.factories_campaigns import counter

pytestmark = pytest.mark.django_db(transaction=True)
CAP = 60


@pytest.fixture
def cashier() -> Client:
    """At a green store whose purchases earn half as much again, within a cap of sixty points a day."""
    now = clock.now()
    green.purchase_rule(day_points=CAP)
    at = green.green_store(now=now)
    with transaction.atomic():
        earning.register_boost(
            by="test", source="campaign", activity=Activity.GREEN_PURCHASE, factor_bp=15_000,
            starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1), now=now,
        )  # fmt: skip
    assert Boost.objects.count() == 1
    return client_of(counter(at))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    amounts=st.lists(st.integers(700, 60_000), min_size=1, max_size=3),
    pieces=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 40_000), st.booleans()), max_size=6),
)
def test_refund_after_award_gives_the_books_of_no_award(
    cashier: Client, amounts: list[int], pieces: list[tuple[int, int, bool]]
) -> None:
    """Each piece is (which order, how much, before the claim). What is left at the end is refunded too."""
    who = person()
    resident, left = client_of(who), dict(enumerate(amounts))
    orders = [_order(cashier, amount) for amount in amounts]
    for number, piece in enumerate(each for each in pieces if each[2]):
        _refund(cashier, orders, left, piece, f"before {number}")
    for order in orders:
        answer = resident.post("purchases", {"code": order["payload"]})
        assert answer.status_code == 201 or answer.json()["code"] in ("too_little", "cap_reached", "receipt_refunded")
    assert 0 <= _points(who) <= CAP
    for number, piece in enumerate(each for each in pieces if not each[2]):
        _refund(cashier, orders, left, piece, f"after {number}")
        assert 0 <= _points(who) <= CAP
    for which, amount in left.items():
        if amount:
            _refund(cashier, orders, left, (which, amount, False), "the rest")
    assert (_points(who), set(left.values())) == (0, {0})
    assert [*queries.disagreements(), *proof.balances(), *proof.chains(), *proof.lots()] == []


def _order(cashier: Client, amount_fen: int) -> dict[str, Any]:
    body = {"amount_fen": amount_fen, "category": "appliance", "order_no": str(new_id())}
    made = cashier.post("receipts", body)
    assert made.status_code == 201, made.content
    found: dict[str, Any] = made.json()
    return found


def _refund(
    cashier: Client, orders: list[dict[str, Any]], left: dict[int, int], piece: tuple[int, int, bool], reference: str
) -> None:
    """Refunds a piece, and finds it refused exactly when it is more than is left of its order."""
    which, fen, _ = piece
    which %= len(orders)
    answer = cashier.post(f"purchases/{orders[which]['id']}/refunds", {"refund_fen": fen, "reference": reference})
    if fen > left[which]:
        assert (answer.status_code, answer.json()["left_fen"]) == (409, left[which])
    else:
        left[which] -= fen
        assert (answer.status_code, answer.json()["left_fen"]) == (201, left[which])


def _points(who: Any) -> int:
    return ledger.balance(points_account(who.pk))
