"""Vouchers at two counters, returns at two terminals, expiry beside both: each race with its guards, and without.

The controls judge by what they read before the others wrote, as so many back ends do. The reads stand outside the
transactions, because SQLite's IMMEDIATE ones run one after the other.
"""

from collections import Counter
from contextlib import nullcontext
from datetime import datetime
from itertools import count
from pathlib import Path
from threading import Barrier, local
from unittest.mock import patch

import pytest
from django.db import connection, transaction

from backend.accounts.models import User
from backend.ledger import proof
from campaigns import queries, services
from campaigns.models import Hold, Redemption, Return, Slip, Voucher
from campaigns.services import holds, redemptions, returns
from campaigns.types import VoucherKind
from tests.concurrency import other_database
from tests.concurrency.race import race
from tests.factories import NOON, person
from tests.factories_campaigns import DAY, USCCS, claim, code_of, counter, offer, store
from tests.factories_redemptions import (
    desk,
    give_back,
    offer_of,
    preview,
    printed_code,
    redeem_held,
    slip_of,
    voucher_of,
)

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


def kinds(results: list[object]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def disagreements() -> list[str]:
    return [*queries.disagreements(), *proof.balances(), *proof.chains()]


def redeem_at(by: User, voucher: Voucher, order_no: str, *, bill_fen: int = 2500, now: datetime = NOON) -> Redemption:
    with transaction.atomic(durable=True):
        return services.redeem(by=by, code=code_of(voucher, now), bill_fen=bill_fen, order_no=order_no, now=now)


def test_a_multi_use_voucher_at_many_counters_never_pays_more_than_it_is_worth() -> None:
    """Each scans a code of its own minute, so that only the remaining value stands between them."""
    cashiers = [counter(store("甲店")), counter(store("乙店", uscc=USCCS[1]))]
    voucher = voucher_of(VoucherKind.MULTI_USE)
    moments = [NOON + DAY * n / 100 for n in range(THREADS)]
    acts = [
        lambda n=n, now=now: redeem_at(cashiers[n % 2], voucher, f"A-{n}", bill_fen=300, now=now)
        for n, now in enumerate(moments)
    ]
    results = race(acts)
    assert set(kinds(results)) <= {"Redemption", "QuoteChanged", "VoucherAlreadyRedeemed"}, results
    paid = sum(Redemption.objects.values_list("discount_fen", flat=True))
    voucher.refresh_from_db()
    assert paid + voucher.remaining_fen == 1000
    assert paid >= 300
    assert disagreements() == []


def test_without_the_guard_a_voucher_pays_more_than_it_is_worth() -> None:
    cashier, voucher = counter(store()), voucher_of(VoucherKind.MULTI_USE)
    moments = [NOON + DAY * n / 100 for n in range(4)]
    all_have_read, seen, real = Barrier(4), local(), redemptions.presented.voucher_of

    def unguarded(n: int) -> Redemption:
        seen.voucher = real(voucher.pk)
        connection.close()
        all_have_read.wait(timeout=60)
        return redeem_at(cashier, voucher, f"A-{n}", bill_fen=400, now=moments[n])

    def take(read: Voucher, quote, *_: object) -> None:
        Voucher.objects.filter(pk=read.pk).update(remaining_fen=read.remaining_fen - quote.discount_fen)

    stale = patch.object(redemptions.presented, "voucher_of", lambda _: seen.voucher)
    with stale, patch.object(redemptions, "_take", take):
        results = race([lambda n=n: unguarded(n) for n in range(4)])
    assert kinds(results) == {"Redemption": 4}, results
    assert sum(Redemption.objects.values_list("discount_fen", flat=True)) == 1600
    assert disagreements() != []


def test_one_payment_returned_at_many_terminals_is_returned_once() -> None:
    cashier = counter(store())
    redemption = redeem_at(cashier, claim(person(points=50), offer()), "A-1")
    results = race([lambda: give_back(cashier, redemption, 2000)] * THREADS)
    assert kinds(results) == {"Return": 1, "RefundExceedsPayment": THREADS - 1}, results
    assert Voucher.objects.get().status == "claimed"
    assert disagreements() == []


def test_parts_returned_at_many_terminals_never_pass_the_payment() -> None:
    cashier = counter(store())
    redemption = redeem_at(cashier, claim(person(points=50), offer()), "A-1")
    results = race([lambda: give_back(cashier, redemption, 700)] * THREADS)
    assert set(kinds(results)) <= {"Return", "RefundExceedsPayment", "RefundChanged"}, results
    assert 1 <= kinds(results)["Return"] <= 2
    assert sum(Return.objects.values_list("refund_fen", flat=True)) == 700 * kinds(results)["Return"]
    assert disagreements() == []


def test_without_the_number_s_guard_a_payment_is_returned_again_and_again() -> None:
    cashier = counter(store())
    redemption = redeem_at(cashier, claim(person(points=50), offer()), "A-1")
    all_have_read, numbers = Barrier(4), count(1)

    def unguarded() -> Return:
        all_have_read.wait(timeout=60)
        return give_back(cashier, redemption, 700)

    nothing_seen = patch.object(returns, "_earlier", lambda _: [])
    with nothing_seen, patch.object(returns, "_number_after", lambda _: next(numbers)):
        results = race([unguarded] * 4)
    assert kinds(results) == {"Return": 4}, results
    assert sum(Return.objects.values_list("refund_fen", flat=True)) == 2800 > redemption.payable_fen
    assert any("do not add up" in sentence for sentence in disagreements())


def test_redemptions_that_leave_a_rest_race_the_expiry_of_the_same_offer() -> None:
    """Both want vouchers and then the budget; whoever took them the other way round would wait in a circle."""
    cashier, of = counter(store()), offer_of(VoucherKind.PERCENTAGE, stock=16)
    vouchers = [claim(person(points=50), of) for _ in range(16)]

    def late_redeem(voucher: Voucher) -> Redemption:
        return redeem_at(cashier, voucher, str(voucher.pk), now=voucher.expires_at - DAY / 10**6)

    def expire() -> int:
        with transaction.atomic(durable=True):
            return services.expire_due(by="test", now=vouchers[0].expires_at)

    results = race([*(lambda voucher=voucher: late_redeem(voucher) for voucher in vouchers), expire, expire])
    assert set(kinds(results)) <= {"Redemption", "int", "VoucherExpired"}, results
    statuses = Counter(Voucher.objects.values_list("status", flat=True))
    assert statuses["redeemed"] + statuses["expired"] == 16
    assert statuses["redeemed"] == kinds(results)["Redemption"]
    assert disagreements() == []


def test_without_the_guard_a_voucher_is_redeemed_and_expired() -> None:
    cashier, voucher = counter(store()), claim(person(points=50), offer())
    both_have_read, end = Barrier(2), voucher.expires_at

    def late_redeem() -> Redemption:
        both_have_read.wait(timeout=60)
        return redeem_at(cashier, voucher, "A-1", now=end - DAY / 10**6)

    def expire() -> int:
        both_have_read.wait(timeout=60)
        with transaction.atomic(durable=True):
            services.expiry._give_money_back(voucher, None, end)
            return Voucher.objects.filter(pk=voucher.pk).update(status="expired", remaining_fen=0)

    stale = patch.object(redemptions.presented, "voucher_of", lambda _: voucher)
    with stale, patch.object(redemptions, "_take"):
        results = race([late_redeem, expire])
    assert kinds(results) == {"Redemption": 1, "int": 1}, results
    assert disagreements() != []


def test_a_return_races_the_expiry_of_its_voucher() -> None:
    """The clock decides who wins: the money is on the voucher or with the programme, and never in both places."""
    cashier, of = counter(store()), offer(stock=THREADS)
    vouchers = [claim(person(points=50), of) for _ in range(THREADS)]
    done = [redeem_at(cashier, voucher, str(voucher.pk)) for voucher in vouchers]
    end = vouchers[0].expires_at

    def expire() -> int:
        with transaction.atomic(durable=True):
            return services.expire_due(by="test", now=end)

    late = end - DAY / 10**6
    results = race([*(lambda each=each: give_back(cashier, each, 2000, now=late) for each in done), expire, expire])
    assert kinds(results) == {"Return": THREADS, "int": 2}, results
    with transaction.atomic():
        services.expire_due(by="test", now=end)
    assert set(Voucher.objects.values_list("status", flat=True)) == {"expired"}
    assert disagreements() == []


def test_many_counters_that_hold_one_voucher_get_one_hold() -> None:
    shop = store()
    cashiers = [counter(shop) for _ in range(THREADS)]
    voucher = claim(person(points=50), offer())
    acts = [lambda n=n: preview(cashiers[n], voucher, order_no=f"A-{n}", hold=True) for n in range(THREADS)]
    results = race(acts)
    assert set(kinds(results)) <= {"Preview", "VoucherHeld", "QuoteChanged"}, results
    (won,) = [result for result in results if not isinstance(result, Exception)]
    others = race([lambda n=n: redeem_at(cashiers[n], voucher, f"B-{n}") for n in range(THREADS)])
    assert kinds(others) == {"VoucherHeld": THREADS}, others
    again = race([lambda: redeem_held(cashiers[0], won)] * THREADS)
    assert kinds(again)["Redemption"] >= 1
    assert Redemption.objects.count() == 1
    assert disagreements() == []


@pytest.mark.parametrize("guarded", [True, False])
def test_counters_that_have_read_a_free_voucher_get_one_hold_by_the_guard_alone(guarded: bool) -> None:
    """Without the guard each of them keeps it, and each customer is told that it is theirs."""
    shop = store()
    cashiers, voucher = [counter(shop) for _ in range(4)], claim(person(points=50), offer())
    read = redemptions.presented.voucher_of(voucher.pk)

    def mark(voucher: Voucher, hold: Hold, *_: object) -> None:
        Voucher.objects.filter(pk=voucher.pk).update(hold_id=hold.pk, held_until=hold.expires_at)

    stale = patch.object(redemptions.presented, "voucher_of", lambda _: read)
    with stale, nullcontext() if guarded else patch.object(holds, "_mark", mark):
        results = race([lambda n=n: preview(cashiers[n], voucher, order_no=f"A-{n}", hold=True) for n in range(4)])
    assert kinds(results) == ({"Preview": 1, "QuoteChanged": 3} if guarded else {"Preview": 4}), results
    assert Hold.objects.count() == (1 if guarded else 4)


@pytest.mark.parametrize("guarded", [True, False])
def test_a_slip_that_was_read_before_a_new_one_was_printed_is_stopped_by_the_guard_alone(guarded: bool) -> None:
    cashier, voucher = counter(store()), voucher_of(VoucherKind.MULTI_USE)
    old, clerk, read, printed = slip_of(voucher), desk(), Barrier(2), Barrier(2)
    seen = redemptions.presented.shown_voucher(code=printed_code(old), by=cashier, now=NOON)

    def use() -> Redemption:
        read.wait(timeout=60)
        printed.wait(timeout=60)
        return redeem_at(cashier, voucher, "A-1", bill_fen=300)

    def print_anew() -> Slip:
        read.wait(timeout=60)
        slip = slip_of(voucher, clerk)
        connection.close()
        printed.wait(timeout=60)
        return slip

    stale = patch.object(redemptions.presented, "shown_voucher", lambda **_: seen)
    with stale, nullcontext() if guarded else patch.object(redemptions.presented, "use_up"):
        results = race([use, print_anew])
    assert kinds(results) == {"SlipRevoked" if guarded else "Redemption": 1, "Slip": 1}, results
    assert Redemption.objects.count() == (0 if guarded else 1)


def test_two_desks_and_a_counter_leave_one_good_slip() -> None:
    cashier, voucher = counter(store()), voucher_of(VoucherKind.MULTI_USE)
    old, desks = slip_of(voucher), [desk() for _ in range(4)]

    def use() -> Redemption:
        with transaction.atomic(durable=True):
            return services.redeem(by=cashier, code=printed_code(old), bill_fen=300, order_no="A-1", now=NOON)

    results = race([use, *(lambda by=by: slip_of(voucher, by) for by in desks)])
    assert set(kinds(results)) <= {"Redemption", "Slip", "SlipRevoked", "SlipJustPrinted"}, results
    assert kinds(results)["Slip"] >= 1
    assert Slip.objects.filter(revoked_at=None).count() == 1
    assert disagreements() == []


@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.django_db(transaction=False)
def test_the_same_holds_on_the_other_database(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """This file once more, on PostgreSQL where the suite runs on SQLite and the other way round."""
    other_database.run_there(request, tmp_path, "green_redemptions")
