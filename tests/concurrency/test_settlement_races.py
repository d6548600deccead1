"""Settlement and suspension, raced; each guard is also taken away, to see that the race is real.

The last test runs this file on the other database.
"""

import os
import subprocess
import sys
from collections import Counter
from threading import Barrier
from unittest.mock import patch

import pytest
from django.db import connection, transaction

from backend.merchants import services as merchants
from backend.merchants.models import Store
from campaigns import services
from campaigns.models import LineHold, Redemption, Statement, StatementLine
from campaigns.queries import settlement as pending
from campaigns.queries.settlement_proof import disagreements
from campaigns.rules.payments import read_bank_file
from campaigns.services import presented, redemptions, settlement_runs
from campaigns.services import settlement_payments as payments
from tests import factories_settlement as make
from tests import servers
from tests.concurrency.race import race
from tests.concurrency.test_claims import _named
from tests.factories import NOON, person
from tests.factories_campaigns import USCCS, claim, counter, offer, redeem, store
from tests.factories_settlement import MORNING_AFTER, TOMORROW

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = "the_other_database_of_settlement"
THREADS = 8


def kinds(results: list[object]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def run(by: str) -> int:
    with transaction.atomic():
        return services.settle(by=by, until=TOMORROW, now=MORNING_AFTER)


def run_of_another_period(days: int) -> int:
    with transaction.atomic():
        until = make.TODAY.replace(day=make.TODAY.day + 1 + days)
        return services.settle(by=f"run {days}", until=until, now=MORNING_AFTER.replace(month=7))


def test_runs_at_once_put_each_redemption_on_one_statement() -> None:
    shop = store()
    for number in range(5):
        make.used(shop, order_no=f"A-{number}")
    results = race([lambda n=n: run(f"run {n}") for n in range(THREADS)])
    assert set(kinds(results)) == {"int"}, results
    (statement,) = Statement.objects.all()
    assert (statement.lines.count(), statement.due_fen) == (5, 2500)
    assert list(disagreements()) == []


def test_runs_of_several_periods_at_once_take_a_redemption_once() -> None:
    shop = store()
    for number in range(5):
        make.used(shop, order_no=f"A-{number}")
    results = race([lambda n=n: run_of_another_period(n) for n in range(THREADS)])
    assert set(kinds(results)) == {"int"}, results
    assert StatementLine.objects.count() == 5
    assert list(disagreements()) == []


def _two_that_have_read() -> list[object]:
    """Two runs of different periods that saw the same redemption waiting, before either wrote it."""
    shop, both = store(), Barrier(2)
    make.used(shop)

    def late(hour: int) -> int:
        lines = list(pending.pending_lines(shop.pk, MORNING_AFTER))
        connection.close()
        both.wait(timeout=60)
        with transaction.atomic():
            end = MORNING_AFTER.replace(hour=hour)
            statement = settlement_runs._statement(f"run {hour}", shop, NOON, end, MORNING_AFTER)
            settlement_runs._write(statement, settlement_runs._placed(statement, lines))
            return statement.lines.count()

    return race([lambda: late(1), lambda: late(2)])


def test_a_run_that_read_too_early_leaves_out_what_another_took() -> None:
    assert sorted(_two_that_have_read()) == [0, 1]
    assert StatementLine.objects.count() == 1


def test_without_the_guard_it_runs_into_the_unique_source() -> None:
    """The control: the same two, writing what they read; only the database keeps the line from being twice."""
    plain = StatementLine.objects.bulk_create
    with patch.object(settlement_runs, "_write", lambda _, lines: plain(list(lines))):
        results = _two_that_have_read()
    assert kinds(results) == {"int": 1, "IntegrityError": 1}, results


# -- a hold against an approval ---------------------------------------------------------------------------------------


def _confirmed() -> Statement:
    shop = store()
    statement = make.settled(shop)
    return make.confirm(statement, make.owner(shop))


def test_a_hold_and_an_approval_at_once_agree_on_the_sum() -> None:
    statement, approver, clerk = _confirmed(), make.operator(), make.operator()
    results = race([lambda: make.hold(statement, clerk), lambda: _approve(statement, approver)])
    assert sum(kinds(results)[name] for name in ("LineHold", "Statement")) == 1, results
    statement.refresh_from_db()
    assert (statement.state, statement.held_fen) in [("approved", 0), ("draft", 500)]
    assert list(disagreements()) == []


def _approve(statement: Statement, by: object) -> Statement:
    with transaction.atomic():
        return services.approve_statement(by=by, statement_id=statement.pk, due_fen=500, now=MORNING_AFTER)


def test_without_the_guard_a_line_is_held_and_paid() -> None:
    """The control: the hold believes the state that it read before the approval."""
    statement, approver, clerk, read = _confirmed(), make.operator(), make.operator(), Barrier(2)

    def unguarded() -> LineHold:
        assert Statement.objects.get(pk=statement.pk).state == "confirmed"
        connection.close()
        read.wait(timeout=60)
        read.wait(timeout=60)  # the approval has committed
        return LineHold.objects.create(
            line=statement.lines.get(), kind="review", held_fen=500, reason="x", opened_by="y", opened_at=NOON
        )

    def approve() -> Statement:
        read.wait(timeout=60)
        try:
            return _approve(statement, approver)
        finally:
            connection.close()
            read.wait(timeout=60)

    assert kinds(race([unguarded, approve])) == {"LineHold": 1, "Statement": 1}
    assert clerk.pk
    assert any("its lines say" in sentence for sentence in disagreements())


# -- the bank's file --------------------------------------------------------------------------------------------------


def _bank_file(statement: Statement, reference: str) -> str:
    return f"reference,statement,amount_fen,date\n{reference},{statement.number},{statement.due_fen},2026-06-06\n"


def test_two_files_at_once_pay_a_statement_once() -> None:
    statement, clerk = make.approved(make.settled(store())), make.operator()
    results = race([lambda n=n: make.pay(_bank_file(statement, f"B-{n}"), clerk) for n in range(4)])
    assert kinds(results) == {"PaymentFile": 4}, results
    outcomes = Counter(row.outcome for each in results for row in each.rows.all())
    assert outcomes == {"paid": 1, "twice": 3}
    assert list(disagreements()) == []


def test_without_the_guard_a_statement_is_paid_by_each_file() -> None:
    """The control: every import goes by what it read before the others wrote."""
    statement, clerk = make.approved(make.settled(store())), make.operator()
    texts = [_bank_file(statement, f"B-{number}") for number in range(4)]
    read = {rows[0].reference: payments.queries.plan(rows) for rows in map(read_bank_file, texts)}
    stale = patch.object(payments.queries, "plan", lambda rows: read[rows[0].reference])
    unguarded = patch.object(payments, "_take", return_value=True)
    with stale, unguarded, patch.object(payments, "_pay") as paid:
        results = race([lambda text=text: make.pay(text, clerk) for text in texts])
    assert kinds(results) == {"PaymentFile": 4}, results
    assert paid.call_count == 4
    with stale:
        results = race([lambda n=n: make.pay(_bank_file(statement, f"B-{n}") + "\n", clerk) for n in range(4)])
    assert Counter(row.outcome for each in results for row in each.rows.all()) == {"twice": 4}


def test_two_files_at_once_use_a_reference_once() -> None:
    """Each has read that the reference is free; what the database says of it is told as a finding."""
    statements = [
        make.approved(make.settled(store(name, uscc=uscc))) for name, uscc in zip("甲乙", USCCS, strict=False)
    ]
    clerk, texts = make.operator(), [_bank_file(each, "B-1") for each in statements]
    read = {rows[0].statement: payments.queries.plan(rows) for rows in map(read_bank_file, texts)}
    with patch.object(payments.queries, "plan", lambda rows: read[rows[0].statement]):
        results = race([lambda text=text: make.pay(text, clerk) for text in texts])
    assert kinds(results) == {"PaymentFile": 2}, results
    outcomes = Counter(row.outcome for each in results for row in each.rows.all() if row.row)
    assert outcomes == {"paid": 1, "twice": 1}
    assert sorted(Statement.objects.values_list("state", flat=True)) == ["approved", "paid"]
    assert list(disagreements()) == []


def test_one_file_imported_at_once_by_many_is_one_import() -> None:
    statement, clerk = make.approved(make.settled(store())), make.operator()
    results = race([lambda: make.pay(_bank_file(statement, "B-1"), clerk)] * 4)
    assert kinds(results) == {"PaymentFile": 4}, results
    assert len({file.pk for file in results}) == 1
    assert list(disagreements()) == []


# -- a suspension against redemptions ---------------------------------------------------------------------------------


def _queue(shop: Store, size: int) -> list[object]:
    of = offer(stock=size)
    return [(counter(shop), claim(person(points=20), of)) for _ in range(size)]


def _suspend(shop: Store) -> int:
    """Suspends; how many redemptions there are at the instant at which it has committed."""
    with transaction.atomic():
        merchants.suspend(by="op", merchant_id=shop.merchant_id, reason="核查中", now=NOON)
    return Redemption.objects.count()


def test_no_redemption_commits_after_the_suspension() -> None:
    shop = store()
    queue = _queue(shop, THREADS)
    acts = [lambda who=who, what=what, n=n: redeem(who, what, order_no=f"A-{n}") for n, (who, what) in enumerate(queue)]
    results = race([*acts[:4], lambda: _suspend(shop), *acts[4:]])
    at_once = results.pop(4)
    assert set(kinds(results)) <= {"Redemption", "MerchantSuspended"}, results
    assert Redemption.objects.count() == at_once == kinds(results)["Redemption"]


def test_without_the_guard_a_redemption_commits_after_the_suspension() -> None:
    """The control: the counter's page has seen an active merchant, and nothing asks again."""
    shop, seen, gone = store(), Barrier(2), Barrier(2)
    ((who, what),) = _queue(shop, 1)
    active = presented.open_store(who, None)

    def late() -> Redemption:
        seen.wait(timeout=60)
        gone.wait(timeout=60)
        return redeem(who, what)

    def suspend() -> int:
        seen.wait(timeout=60)
        count = _suspend(shop)
        connection.close()
        gone.wait(timeout=60)
        return count

    with (
        patch.object(presented, "open_store", lambda *_: active),
        patch.object(redemptions.taking, "require_taking"),
    ):
        results = race([late, suspend])
    assert kinds(results) == {"Redemption": 1, "int": 1}, results
    assert results[1] == 0
    assert Redemption.objects.count() == 1


def test_the_same_page_with_the_guard_is_turned_away() -> None:
    """As the control, with the guard: what the page saw does not matter."""
    shop = store()
    ((who, what),) = _queue(shop, 1)
    active = presented.open_store(who, None)
    _suspend(shop)
    with patch.object(presented, "open_store", lambda *_: active):
        results = race([lambda: redeem(who, what)])
    assert kinds(results) == {"MerchantSuspended": 1}
    assert "核查中" in results[0].detail()
    what.refresh_from_db()
    assert (what.status, Redemption.objects.count()) == ("claimed", 0)


@pytest.mark.postgres
def test_all_of_it_on_the_other_database_too(request: pytest.FixtureRequest, tmp_path: object) -> None:
    """This file once more, on PostgreSQL where the suite runs on SQLite and the other way round."""
    if os.environ.get(OTHER):
        pytest.skip("this is the other database")
    on_sqlite = connection.vendor == "sqlite"
    url = _named(servers.POSTGRES_URL, f"green_settle_{os.getpid()}") if on_sqlite else f"sqlite:///{tmp_path / 'db'}"
    settings = f"--ds={os.environ['DJANGO_SETTINGS_MODULE']}"
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", settings, __file__],
        cwd=request.config.rootpath, env=os.environ | {"DATABASE_URL": url, OTHER: "1"},
        capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
