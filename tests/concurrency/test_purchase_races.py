"""Many hands on one order: one claim, refunds within it, and either order of claim and refund gives the same books."""

from threading import Barrier
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction

from backend.accounts.models import User
from backend.accounts.queries import points_account
from backend.core.ids import new_id
from backend.earning.types import Activity, Evidence
from backend.ledger import proof
from backend.ledger import queries as ledger
from backend.purchases import errors, queries, services
from backend.purchases.models import Attendance, Purchase, Receipt, Refund, RefundedFen
from backend.purchases.services import receipts
from backend.purchases.types import Earned, Refunded
from tests import factories
from tests import factories_purchases as green
from tests.concurrency.race import race
from tests.factories import NOON, person
from tests.factories_campaigns import counter

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 12


def shop() -> User:
    green.purchase_rule()
    return counter(green.green_store())


def points(people: list[User]) -> int:
    return sum(ledger.balance(points_account(each.pk)) for each in people)


def agree() -> bool:
    return [*queries.disagreements(), *proof.balances(), *proof.chains()] == []


def refund(cashier: User, of: Receipt, fen: int, reference: str) -> Refunded:
    with transaction.atomic():
        return services.refund_at_counter(
            by=cashier, store_id=None, receipt_id=of.pk, refund_fen=fen, reference=reference, now=NOON
        )


def count(results: list[Any], kind: type) -> int:
    return sum(isinstance(each, kind) for each in results)


def test_one_receipt_in_many_hands_is_claimed_once() -> None:
    receipt, people = green.receipt(shop()), [person() for _ in range(THREADS)]
    results = race([lambda who=who: green.claim(who, receipt) for who in people])
    assert (count(results, Earned), count(results, errors.ReceiptClaimed)) == (1, THREADS - 1), results
    assert (points(people), Purchase.objects.count()) == (20, 1)
    assert agree()


def test_without_the_guard_the_same_receipt_pays_everybody() -> None:
    """The control: whether the receipt is claimed is read by all before one writes, and no row is unique to it."""
    receipt, people, all_have_read = green.receipt(shop()), [person() for _ in range(THREADS)], Barrier(THREADS)

    def unguarded(who: User) -> Earned:
        claimed = Purchase.objects.filter(receipt=receipt).exists()
        connection.close()
        all_have_read.wait(timeout=60)
        assert not claimed
        return green.claim(who, receipt)

    def own_key(_: Receipt) -> Evidence:
        return Evidence(f"receipt:{new_id()}")

    with patch.object(receipts, "_evidence", own_key), patch.object(Purchase.objects, "create"):
        results = race([lambda who=who: unguarded(who) for who in people])
    assert count(results, Earned) == THREADS, results
    assert points(people) == 20 * THREADS


def test_one_order_entered_at_many_counters_earns_once() -> None:
    cashier, people = shop(), [person() for _ in range(THREADS)]

    def buy(who: User) -> Earned:
        with transaction.atomic():
            return services.buy_at_counter(
                by=cashier, store_id=None, resident_code=green.resident_code(who), sale=green.sale(), now=NOON
            )

    results = race([lambda who=who: buy(who) for who in people])
    assert (count(results, Earned), count(results, errors.OrderNoUsed)) == (1, THREADS - 1), results
    assert (points(people), Receipt.objects.count()) == (20, 1)
    assert agree()


def test_racing_refunds_stay_within_the_order() -> None:
    cashier, who = shop(), person()
    receipt = green.receipt(cashier)
    green.claim(who, receipt)
    results = race([lambda n=n: refund(cashier, receipt, 3_000, f"R-{n}") for n in range(THREADS)])
    assert (count(results, Refunded), count(results, errors.PurchaseRefundTooLarge)) == (6, THREADS - 6), results
    assert (RefundedFen.objects.get().used, points([who])) == (18_000, 2)
    assert agree()


def test_the_same_refund_sent_twice_at_once_is_one() -> None:
    cashier, who = shop(), person()
    receipt = green.receipt(cashier)
    green.claim(who, receipt)
    results = race([lambda: refund(cashier, receipt, 5_000, "R-1")] * THREADS)
    assert set(results) == {Refunded(Refund.objects.get().pk, 5_000, 5, 15_000)}, results
    assert points([who]) == 15


@pytest.mark.parametrize("full", [True, False])
def test_a_claim_and_a_refund_at_once_end_in_the_same_books(full: bool) -> None:
    cashier, people = shop(), [person() for _ in range(6)]
    orders = [green.receipt(cashier, green.sale(f"A-{n}")) for n in range(6)]
    fen = 20_000 if full else 5_000
    claims = [lambda n=n: green.claim(people[n], orders[n]) for n in range(6)]
    refunds = [lambda n=n: refund(cashier, orders[n], fen, "R") for n in range(6)]
    results = race([*claims, *refunds])
    assert count(results, Refunded) == 6, results
    assert all(isinstance(each, Earned | Refunded | errors.ReceiptRefunded) for each in results), results
    assert [points([who]) for who in people] == [0 if full else 15] * 6
    assert agree()


def test_an_occasion_never_takes_more_than_its_places() -> None:
    factories.rule(Activity.GREEN_CLASS, points=20, per_day=5, min_interval_seconds=0)
    of, people = green.occasion(capacity=5), [person() for _ in range(THREADS)]
    results = race([lambda who=who: green.attend(who, of) for who in people])
    assert (count(results, Earned), count(results, errors.OccasionFull)) == (5, THREADS - 5), results
    assert (points(people), Attendance.objects.count()) == (100, 5)
    assert agree()


def test_one_person_on_many_threads_attends_once() -> None:
    factories.rule(Activity.GREEN_CLASS, points=20, per_day=5, min_interval_seconds=0)
    of, who = green.occasion(), person()
    results = race([lambda: green.attend(who, of)] * THREADS)
    assert (count(results, Earned), count(results, errors.AlreadyAttended)) == (1, THREADS - 1), results
    assert points([who]) == 20
    assert agree()
