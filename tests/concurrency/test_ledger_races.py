"""The ledger's promises with 64 threads at once, on the database that the suite runs on.

Each promise has its control: the same race with the guard replaced by "read, compare, write", as so many back ends
do, where two threads are made to meet between the reading and the writing. The control must break the promise.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction

from backend.core import batch, clock, transactions
from backend.core.batch import Batch, Write
from backend.core.errors import Refusal
from backend.core.ids import new_id
from backend.ledger import errors, proof, queries, services
from backend.ledger.models import Balance, Hold, Lot, LotUse, Reversed
from backend.ledger.services import accounts, budgets, holds, limits, lots, posting, reversals
from backend.ledger.types import AccountRef, Asset, HoldRequest, HoldState, Kind, LotTerms
from tests.concurrency.race import race, written
from tests.factories import NOON

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 64
ANNA, BEN = (AccountRef(Asset.POINT, name, Kind.LOTTED) for name in ("anna", "ben"))
SHOP = AccountRef(Asset.POINT, "shop", Kind.OPEN)
LATER, MINUTE = NOON + timedelta(minutes=5), timedelta(minutes=1)


def atomic(act: Callable[[], Any]) -> Callable[[], Any]:
    def run() -> Any:
        with transaction.atomic(durable=True):
            return act()

    return run


def issue(to: AccountRef, amount: int, now: datetime = NOON, days: int = 30) -> Any:
    return services.issue(
        programme="town", to=to, amount=amount, code="award", reference=str(new_id()), event_id=new_id(), now=now,
        lot=LotTerms("town", now, now + timedelta(days=days)),
    )  # fmt: skip


def spend(who: AccountRef, amount: int, to: AccountRef = SHOP, now: datetime = NOON) -> Any:
    return services.post(
        debit=who, credit=to, amount=amount, code="spend", reference=str(new_id()), event_id=new_id(), now=now
    )


def hold(amount: int) -> Hold:
    return services.hold(
        parts=[HoldRequest(ANNA, SHOP, amount)], code="pay", reference=str(new_id()), event_id=new_id(),
        expires_at=LATER, now=NOON,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _town() -> None:
    with transaction.atomic():
        services.open_budget(by="test", programme="town", asset=Asset.POINT, amount=100_000, now=NOON)
        for ref in (ANNA, BEN, SHOP, ANNA.held):
            services.open_account(ref)


def everything() -> list[str]:
    checks = (proof.assets, proof.balances, proof.chains, proof.lots, proof.reversals, proof.holds, proof.budgets)
    return [sentence for check in checks for sentence in check()]


def outcome(results: list[Any]) -> tuple[int, set[type]]:
    """How many succeeded, and the kinds of refusals; anything that is no refusal fails the test."""
    wrong = [each for each in results if isinstance(each, Exception) and not isinstance(each, Refusal)]
    assert wrong == []
    return sum(not isinstance(each, Exception) for each in results), {
        type(e) for e in results if isinstance(e, Refusal)
    }


@contextmanager
def unguarded(*replacements: tuple[Any, str, Any]) -> Iterator[None]:
    """Without one guard, and in autocommit: SQLite's IMMEDIATE alone would put the threads in a line."""
    with ExitStack() as stack:
        for module in (batch, accounts, budgets, holds, lots, posting, reversals, transactions):
            stack.enter_context(patch.object(module, "require_transaction"))
        for target, name, replacement in replacements:
            stack.enter_context(patch.object(target, name, replacement))
        yield


def meeting_change(parties: int) -> Callable[..., Write]:
    """`accounts.change` as check-then-write; threads meet when they take from an account."""
    meeting = Barrier(parties)

    def change(batch: Batch, account: int, delta: int, short: Any = None) -> Write:
        amount = Balance.objects.get(account_id=account).amount
        if amount + delta < 0:
            raise errors.Overdraft(missing=1)
        if delta < 0:
            meeting.wait(timeout=20)
        Balance.objects.filter(account_id=account).update(amount=amount + delta)
        return written(amount + delta)

    return change


class TestConservation:
    """1. Whatever moves at once, the sum stays and both books agree; opposite moves do not deadlock."""

    def test_guarded(self) -> None:
        atomic(lambda: issue(ANNA, 200))()
        atomic(lambda: issue(BEN, 200))()
        moves = [(ANNA, BEN), (BEN, ANNA)] * (WORKERS // 2)
        succeeded, _ = outcome(race([atomic(lambda a=a, b=b: spend(a, 3, b)) for a, b in moves]))
        assert succeeded == WORKERS
        assert queries.balance(ANNA) + queries.balance(BEN) == 400
        assert everything() == []

    def test_control(self) -> None:
        purse, till = AccountRef(Asset.FEN, "purse"), AccountRef(Asset.FEN, "till")
        mint = AccountRef(Asset.FEN, "mint", Kind.OPEN)
        atomic(lambda: spend(mint, 100, purse))()
        atomic(lambda: services.open_account(till))()
        with unguarded((accounts, "change", meeting_change(2))):
            race([lambda: spend(purse, 10, till)] * 2)
        assert list(proof.balances()) != []


class TestNoOverdraft:
    """2. A balance of 5000 covers exactly five holds of 1000, however many ask."""

    def test_guarded(self) -> None:
        atomic(lambda: issue(ANNA, 5000))()
        succeeded, refusals = outcome(race([atomic(lambda: hold(1000))] * WORKERS))
        assert (succeeded, refusals) == (5, {errors.Overdraft})
        assert (queries.balance(ANNA), queries.balance(ANNA.held)) == (0, 5000)
        assert everything() == []

    def test_control(self) -> None:
        purse = AccountRef(Asset.FEN, "purse")
        atomic(lambda: spend(AccountRef(Asset.FEN, "mint", Kind.OPEN), 1000, purse))()
        atomic(lambda: services.open_account(purse.held))()

        def held() -> Any:
            part = HoldRequest(purse, AccountRef(Asset.FEN, "till", Kind.OPEN), 1000)
            reference = str(new_id())
            return services.hold(
                parts=[part], code="pay", reference=reference, event_id=new_id(), expires_at=LATER, now=NOON
            )

        with unguarded((accounts, "change", meeting_change(2)), (accounts, "lock", lambda rows: list(rows))):
            succeeded, _ = outcome(race([held] * 2))
        assert succeeded == 2


class TestBudget:
    """3. A budget is never exceeded and, with enough demand, used exactly."""

    def test_guarded(self) -> None:
        atomic(lambda: issue(BEN, 100_000 - 100))()
        succeeded, refusals = outcome(race([atomic(lambda: issue(ANNA, 10))] * WORKERS))
        assert (succeeded, refusals) == (10, {errors.BudgetExhausted})
        assert queries.budget("town", Asset.POINT).available == 0
        assert everything() == []

    def test_control(self) -> None:
        atomic(lambda: issue(BEN, 100_000 - 10))()
        people = [AccountRef(Asset.POINT, f"p{number}", Kind.LOTTED) for number in range(2)]
        for each in people:
            atomic(lambda each=each: services.open_account(each))()
        with unguarded((accounts, "change", meeting_change(2))):
            succeeded, _ = outcome(race([lambda each=each: issue(each, 10) for each in people]))
        assert succeeded == 2
        assert everything() != []


class TestLimit:
    """4. A limit of three uses is used three times."""

    def test_guarded(self) -> None:
        def use() -> Any:
            account = services.limit_account(key="anna:day", allowance=3, now=NOON)
            return spend(account, 1, limits.USED)

        succeeded, refusals = outcome(race([atomic(use)] * WORKERS))
        assert (succeeded, refusals) == (3, {errors.Overdraft})
        assert everything() == []

    def test_control(self) -> None:
        account = atomic(lambda: services.limit_account(key="anna:day", allowance=1, now=NOON))()
        with unguarded((accounts, "change", meeting_change(2))):
            succeeded, _ = outcome(race([lambda: spend(account, 1, limits.USED)] * 2))
        assert succeeded == 2


class TestHouseholdLimit:
    """4. Two people of one household share a month's limit; the next month has its own."""

    def test_guarded(self) -> None:
        def use(person: AccountRef, now: datetime) -> Any:
            month = services.limit_account(key=f"household:{clock.local(now):%Y-%m}", allowance=3, now=now)
            parts = [HoldRequest(person, SHOP, 1), HoldRequest(month, limits.USED, 1)]
            made = services.hold(
                parts=parts, code="claim", reference=str(new_id()), event_id=new_id(), expires_at=now + MINUTE, now=now
            )
            return services.post_hold(hold_id=made.pk, now=now)

        for person in (ANNA, BEN):
            atomic(lambda person=person: issue(person, 100, days=90))()
        july = datetime(2026, 7, 1, tzinfo=clock.ZONE)
        june = july - timedelta(microseconds=1)
        acts = [atomic(lambda p=p, now=now: use(p, now)) for p in (ANNA, BEN) for now in (june, july)]
        succeeded, refusals = outcome(race(acts * (WORKERS // 4)))
        assert (succeeded, refusals) == (6, {errors.Overdraft})
        assert queries.balance(ANNA) + queries.balance(BEN) == 194
        assert everything() == []


class TestLots:
    """6. Many spend lots at once, some of them due: the lots stay the balance, and order is kept."""

    def test_guarded(self) -> None:
        for days in (1, 5, 9):
            atomic(lambda days=days: issue(ANNA, 40, days=days))()
        now = NOON + timedelta(days=2)
        succeeded, refusals = outcome(race([atomic(lambda: spend(ANNA, 3, now=now))] * WORKERS))
        assert (succeeded, refusals) == (80 // 3, {errors.Overdraft})
        assert queries.expiring(ANNA, now) == [(2, NOON + timedelta(days=9))]
        assert queries.budget("town", Asset.POINT).expired == 40
        assert everything() == []

    def test_expiry_beside_itself_and_beside_spending(self) -> None:
        atomic(lambda: issue(ANNA, 40, days=1))()
        atomic(lambda: issue(ANNA, 40, days=9))()
        now = NOON + timedelta(days=2)
        acts = [atomic(lambda: services.expire_due(now=now)), atomic(lambda: spend(ANNA, 1, now=now))]
        succeeded, _ = outcome(race(acts * 16))
        assert succeeded == 32
        assert (queries.balance(ANNA), queries.budget("town", Asset.POINT).expired) == (24, 40)
        assert everything() == []

    def test_control(self) -> None:
        """Without the guarded statement two spends write back what they read: the lot keeps what was spent."""
        atomic(lambda: issue(ANNA, 10))()
        meeting = Barrier(2)

        def write_what_was_read(batch: Batch, parts: list[Any], made: Write, kind: Any, *, back: bool = False) -> None:
            meeting.wait(timeout=20)
            for lot, units in parts:
                Lot.objects.filter(pk=lot.pk).update(remaining=lot.remaining - units)
                batch.insert(LotUse, lot_id=lot.pk, transfer_id=made, kind=kind.value, amount=units)

        with unguarded((lots, "record", write_what_was_read), (accounts, "lock", lambda rows: list(rows))):
            outcome(race([lambda: spend(ANNA, 6), lambda: spend(ANNA, 4)]))
        assert list(proof.lots()) != []


class TestHoldEndsOnce:
    """7. Post, void and time out race for one hold: one of them wins, once."""

    def test_guarded(self) -> None:
        atomic(lambda: issue(ANNA, 100))()
        made = atomic(lambda: hold(60))()
        acts = [
            atomic(lambda: services.post_hold(hold_id=made.pk, now=NOON)),
            atomic(lambda: services.void_hold(hold_id=made.pk, now=NOON)),
        ]
        succeeded, refusals = outcome(race(acts * (WORKERS // 2)))
        assert (succeeded, refusals) == (1, {errors.HoldEnded})
        assert queries.balance(ANNA) == (40 if Hold.objects.get().state == HoldState.POSTED else 100)
        assert everything() == []

    def test_timing_out_beside_posting(self) -> None:
        atomic(lambda: issue(ANNA, 100))()
        made = atomic(lambda: hold(60))()
        acts = [
            atomic(lambda: services.time_out_due(now=LATER)),
            atomic(lambda: services.post_hold(hold_id=made.pk, now=LATER - timedelta(microseconds=1))),
        ]
        outcome(race(acts * 16))
        assert Hold.objects.get().state in {HoldState.POSTED, HoldState.TIMED_OUT}
        assert everything() == []

    def test_control(self) -> None:
        atomic(lambda: issue(ANNA, 100))()
        made = atomic(lambda: hold(60))()
        meeting = Barrier(2)
        ended: list[bool] = []

        def check_then_write(hold_id: Any, state: HoldState, now: datetime, **when: datetime) -> bool:
            still_open = Hold.objects.get(pk=hold_id).state == HoldState.OPEN
            meeting.wait(timeout=20)
            ended.append(still_open)
            return still_open

        with unguarded((holds, "_ended", check_then_write)):
            race([lambda: services.void_hold(hold_id=made.pk, now=NOON)] * 2)
        assert ended == [True, True]


class TestReversal:
    """8. Reverse everything twice at once: exactly half succeed."""

    def test_guarded(self) -> None:
        atomic(lambda: issue(ANNA, WORKERS * 5))()
        spends = [atomic(lambda: spend(ANNA, 5))() for _ in range(WORKERS // 2)]

        def undo(transfer_id: int) -> Any:
            return services.reverse(
                transfer_id=transfer_id, amount=5, reference=str(new_id()), event_id=new_id(), now=NOON
            )

        acts = [atomic(lambda number=each.pk: undo(number)) for each in spends for _ in range(2)]
        succeeded, refusals = outcome(race(acts))
        assert (succeeded, refusals) == (WORKERS // 2, {errors.OverReversal})
        assert queries.balance(ANNA) == WORKERS * 5
        assert everything() == []

    def test_control(self) -> None:
        atomic(lambda: issue(ANNA, 50))()
        made = atomic(lambda: spend(ANNA, 5))()
        atomic(lambda: spend(ANNA, 5))()  # room in the lot, whose own constraint would stop the second reversal too
        meeting = Barrier(2)

        def check_then_write(self: Batch, model: Any, *, limit: int, amount: int, transfer: int, **_: Any) -> Write:
            used = sum(Reversed.objects.filter(transfer=transfer).values_list("used", flat=True))
            meeting.wait(timeout=20)
            Reversed.objects.update_or_create(transfer_id=transfer, defaults={"used": used + amount})
            return written(used + amount)

        def undo() -> Any:
            return services.reverse(transfer_id=made.pk, amount=5, reference=str(new_id()), event_id=new_id(), now=NOON)

        with unguarded((Batch, "count", check_then_write)):
            race([undo] * 2)
        assert list(proof.reversals()) != []
