"""Lots, holds, reversals and budgets: any life of them agrees with a model of a page (tests/ledger_model.py)."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from backend.core.errors import Refusal
from backend.core.ids import new_id
from backend.ledger import errors, proof, queries, services
from backend.ledger.models import Balance, Hold, Lot, Transfer
from backend.ledger.types import AccountRef, Asset, HoldRequest, Kind, LotTerms
from tests.factories import NOON
from tests.ledger_model import Model, No

pytestmark = pytest.mark.django_db
SHOP = AccountRef(Asset.POINT, "shop", Kind.OPEN)
PEOPLE = ("anna", "ben", "carla")
AMOUNT, MINUTES, INDEX = st.integers(1, 60), st.integers(0, 90), st.integers(0, 5)


def everything() -> list[str]:
    checks = (proof.assets, proof.balances, proof.chains, proof.lots, proof.reversals, proof.holds, proof.budgets)
    return [sentence for check in checks for sentence in check()]


def _caches() -> list[object]:
    return [list(rows.objects.order_by("pk").values()) for rows in (Balance, Lot)]


class Life(RuleBasedStateMachine):
    """Random verbs on both; a reply of one must be the reply of the other."""

    @initialize()
    def begin(self) -> None:
        self.tag, self.now = new_id().hex[:12], NOON
        self.model = Model(budget=400)
        self.spent: list[int] = []
        self.holds: list[Any] = []
        with transaction.atomic():
            services.open_budget(by="test", programme=self.tag, asset=Asset.POINT, amount=400, now=NOON)

    def account(self, who: str) -> AccountRef:
        return AccountRef(Asset.POINT, f"{self.tag}:{who}", Kind.LOTTED)

    def both(self, model: Any, real: Any) -> Any:
        """Runs both; they agree on yes or no. Returns the real result, or None for a no."""
        try:
            model()
        except No:
            with pytest.raises(Refusal), transaction.atomic():
                real()
            return None
        with transaction.atomic():
            return real()

    @rule(minutes=MINUTES)
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(who=st.sampled_from(PEOPLE), amount=AMOUNT, minutes=st.integers(1, 120))
    def issue(self, who: str, amount: int, minutes: int) -> None:
        now, expires_at = self.now, self.now + timedelta(minutes=minutes)
        self.both(
            lambda: self.model.issue(who, amount, now, expires_at),
            lambda: services.issue(
                programme=self.tag, to=self.account(who), amount=amount, code="award", reference=str(new_id()),
                event_id=new_id(), now=now, lot=LotTerms(self.tag, now, expires_at),
            ),
        )  # fmt: skip

    @rule(who=st.sampled_from(PEOPLE), amount=AMOUNT)
    def spend(self, who: str, amount: int) -> None:
        done = self.both(
            lambda: self.model.spend(who, amount, self.now), lambda: self.post(self.account(who), SHOP, amount)
        )
        if done:
            self.spent.append(done.pk)

    @rule(who=st.sampled_from(PEOPLE), to=st.sampled_from(PEOPLE), amount=AMOUNT)
    def move(self, who: str, to: str, amount: int) -> None:
        if who != to:
            self.both(
                lambda: self.model.move(who, to, amount, self.now),
                lambda: self.post(self.account(who), self.account(to), amount),
            )

    @rule(who=st.sampled_from(PEOPLE), amount=AMOUNT, minutes=st.integers(1, 120))
    def hold(self, who: str, amount: int, minutes: int) -> None:
        until = self.now + timedelta(minutes=minutes)
        part = HoldRequest(self.account(who), SHOP, amount)
        done = self.both(
            lambda: self.model.hold(who, amount, self.now, until),
            lambda: services.hold(
                parts=[part], code="pay", reference=str(new_id()), event_id=new_id(), expires_at=until, now=self.now
            ),
        )
        if done:
            self.holds.append(done.pk)

    @precondition(lambda self: self.holds)
    @rule(index=INDEX, percent=st.integers(0, 100))
    def post_hold(self, index: int, percent: int) -> None:
        index %= len(self.holds)
        amount = self.model.held[index].amount * percent // 100
        self.both(
            lambda: self.model.post(index, amount, self.now),
            lambda: services.post_hold(hold_id=self.holds[index], amounts=[amount], now=self.now),
        )

    @precondition(lambda self: self.holds)
    @rule(index=INDEX)
    def void_hold(self, index: int) -> None:
        index %= len(self.holds)
        self.both(lambda: self.model.void(index), lambda: services.void_hold(hold_id=self.holds[index], now=self.now))

    @rule()
    def the_jobs_run(self) -> None:
        with transaction.atomic():
            services.time_out_due(now=self.now)
            services.expire_due(now=self.now)
        self.model.time_out(self.now)
        self.model.expire(self.now)

    @precondition(lambda self: self.spent)
    @rule(index=INDEX, amount=AMOUNT)
    def reverse(self, index: int, amount: int) -> None:
        index %= len(self.spent)
        self.both(
            lambda: self.model.reverse(index, amount),
            lambda: services.reverse(
                transfer_id=self.spent[index], amount=amount, reference=str(new_id()), event_id=new_id(), now=self.now
            ),
        )

    def post(self, debit: AccountRef, credit: AccountRef, amount: int) -> Any:
        return services.post(
            debit=debit,
            credit=credit,
            amount=amount,
            code="x",
            reference=str(new_id()),
            event_id=new_id(),
            now=self.now,
        )

    @invariant()
    def they_agree(self) -> None:
        if not hasattr(self, "model"):
            return
        for who in PEOPLE:
            assert queries.spendable(self.account(who), now=self.now) == [self.model.balance(who, self.now)], who
            held = sum(hold.amount for hold in self.model.held if hold.open and hold.who == who)
            assert queries.balance(self.account(who).held) == held
        view = queries.budget(self.tag, Asset.POINT)
        assert view.agrees
        assert (view.available, view.outstanding, view.redeemed, view.expired) == (
            self.model.budget, self.model.outstanding(), self.model.redeemed, self.model.expired,
        )  # fmt: skip

    def teardown(self) -> None:
        """At every life's end the journal proves it, and a rebuild of the caches changes nothing."""
        assert everything() == []
        before = _caches()
        with transaction.atomic():
            services.rebuild()
        assert _caches() == before


def test_any_life_agrees_with_the_model() -> None:
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Life,
        settings=settings(max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=checks),
    )


class Town:
    """A budget and two people, for the examples below."""

    def __init__(self, budget: int = 1000) -> None:
        self.anna, self.ben = (AccountRef(Asset.POINT, f"{name}:{new_id()}", Kind.LOTTED) for name in ("anna", "ben"))
        with transaction.atomic():
            services.open_budget(by="test", programme="town", asset=Asset.POINT, amount=budget, now=NOON)

    def award(self, amount: int, *, to: AccountRef | None = None, days: int | None = 30, now: datetime = NOON) -> Any:
        expires_at = now + timedelta(days=days) if days is not None else None
        with transaction.atomic():
            made = services.issue(
                programme="town", to=to or self.anna, amount=amount, code="award", reference=str(new_id()),
                event_id=new_id(), now=now, lot=LotTerms("town", now, expires_at),
            )  # fmt: skip
        return Transfer.objects.get(pk=made.transfer_id)

    def spend(self, amount: int, *, who: AccountRef | None = None, now: datetime = NOON) -> Any:
        with transaction.atomic():
            return services.post(
                debit=who or self.anna, credit=SHOP, amount=amount, code="spend", reference=str(new_id()),
                event_id=new_id(), now=now,
            )  # fmt: skip

    def reverse(self, transfer: Any, amount: int, now: datetime = NOON) -> Any:
        with transaction.atomic():
            return services.reverse(
                transfer_id=transfer.pk, amount=amount, reference=str(new_id()), event_id=new_id(), now=now
            )

    def claw_back(self, transfer: Any, amount: int) -> int:
        with transaction.atomic():
            return services.claw_back(
                transfer_id=transfer.pk, amount=amount, reference=str(new_id()), event_id=new_id(), now=NOON
            )


@pytest.fixture
def town() -> Any:
    town = Town()
    yield town
    assert everything() == []


def test_the_soonest_to_expire_is_spent_first(town: Town) -> None:
    late, soon, never = town.award(10, days=9), town.award(10, days=3), town.award(10, days=None)
    town.spend(15)
    left = dict(Lot.objects.values_list("transfer", "remaining"))
    assert (left[soon.pk], left[late.pk], left[never.pk]) == (0, 5, 10)


@pytest.mark.parametrize(
    ("delta", "spendable"), [(timedelta(microseconds=-1), 10), (timedelta(0), 0), (timedelta(microseconds=1), 0)]
)
def test_the_instant_of_expiry_belongs_to_the_time_after(town: Town, delta: timedelta, spendable: int) -> None:
    town.award(10, days=3)
    now = NOON + timedelta(days=3) + delta
    assert queries.spendable(town.anna, now=now) == [spendable]
    if spendable:
        town.spend(10, now=now)
    else:
        with pytest.raises(errors.Overdraft):
            town.spend(1, now=now)


def test_a_late_job_never_lets_an_expired_lot_be_spent(town: Town) -> None:
    town.award(10, days=1)
    town.award(10, days=5)
    now = NOON + timedelta(days=2)
    with pytest.raises(errors.Overdraft) as refusal:
        town.spend(11, now=now)
    assert refusal.value.data == {"missing": 1}
    town.spend(10, now=now)
    assert queries.budget("town", Asset.POINT).expired == 10


def test_the_job_may_run_twice(town: Town) -> None:
    town.award(10, days=1)
    for expected in (1, 0):
        with transaction.atomic():
            assert services.expire_due(now=NOON + timedelta(days=2)) == expected
    assert queries.balance(town.anna) == 0


def test_a_moved_lot_keeps_its_expiry(town: Town) -> None:
    town.award(10, days=3)
    with transaction.atomic():
        services.post(
            debit=town.anna, credit=town.ben, amount=4, code="gift", reference="gift", event_id=new_id(),
            now=NOON + timedelta(days=2),
        )  # fmt: skip
    assert queries.expiring(town.ben, NOON) == [(4, NOON + timedelta(days=3))]


def test_a_reversal_restores_the_same_lots_last_used_first(town: Town) -> None:
    soon, late = town.award(10, days=3), town.award(10, days=9)
    spend = town.spend(15)
    town.reverse(spend, 7)
    left = dict(Lot.objects.values_list("transfer", "remaining"))
    assert (left[soon.pk], left[late.pk]) == (2, 10)
    town.reverse(spend, 8)
    assert queries.expiring(town.anna, NOON) == [(10, NOON + timedelta(days=3)), (10, NOON + timedelta(days=9))]
    with pytest.raises(errors.OverReversal):
        town.reverse(spend, 1)


def test_what_a_reversal_brings_back_too_late_expires_again(town: Town) -> None:
    town.award(10, days=1)
    spend = town.spend(6)
    later = NOON + timedelta(days=2)
    town.reverse(spend, 6, now=later)
    assert queries.spendable(town.anna, now=later) == [0]
    with transaction.atomic():
        services.expire_due(now=later)
    assert queries.budget("town", Asset.POINT).expired == 10


def test_an_award_is_reversed_only_while_it_is_there(town: Town) -> None:
    award = town.award(10)
    town.spend(4)
    with pytest.raises(errors.AlreadySpent):
        town.reverse(award, 10)
    town.reverse(award, 6)
    assert queries.balance(town.anna) == 0


def test_a_clawback_of_spent_points_is_a_debt_that_later_awards_repay(town: Town) -> None:
    award = town.award(100)
    town.spend(70)
    assert town.claw_back(award, 100) == 70
    debt = AccountRef(Asset.POINT, f"{town.anna.owner}:debt")
    assert (queries.balance(town.anna), queries.balance(debt)) == (0, 70)
    town.award(50)
    assert (queries.balance(town.anna), queries.balance(debt)) == (25, 45)
    town.award(200)
    assert (queries.balance(town.anna), queries.balance(debt)) == (180, 0)
    with pytest.raises(errors.OverReversal):
        town.claw_back(award, 1)


def test_issuing_stops_when_the_budget_is_used(town: Town) -> None:
    town.award(1000)
    with pytest.raises(errors.BudgetExhausted):
        town.award(1)
    view = queries.budget("town", Asset.POINT)
    assert (view.appropriated, view.available, view.outstanding) == (1000, 0, 1000)


def test_a_budget_is_changed_by_who_read_it_last(town: Town) -> None:
    town.award(300)

    def change(amount: int, version: int) -> Any:
        with transaction.atomic():
            return services.change_budget(
                by="test", programme="town", asset=Asset.POINT, appropriated=amount, version=version, now=NOON
            )

    assert change(2000, 1).version == 2
    with pytest.raises(errors.BudgetChanged):
        change(1500, 1)
    with pytest.raises(errors.BudgetExhausted):
        change(299, 2)
    assert change(300, 2).appropriated == 300
    assert queries.budget("town", Asset.POINT).available == 0


def test_one_hold_covers_a_balance_and_a_limit(town: Town) -> None:
    town.award(100)

    def hold() -> Any:
        with transaction.atomic():
            day = services.limit_account(key="anna:2026-06-05", allowance=1, now=NOON)
            return services.hold(
                parts=[HoldRequest(town.anna, SHOP, 10), HoldRequest(day, services.limits.USED, 1)],
                code="claim", reference=str(new_id()), event_id=new_id(), now=NOON,
                expires_at=NOON + timedelta(minutes=5),
            )  # fmt: skip

    first = hold()
    with pytest.raises(errors.Overdraft):
        hold()
    assert queries.balance(town.anna.held) == 10
    with transaction.atomic():
        services.void_hold(hold_id=first.pk, now=NOON)
    assert queries.balance(town.anna) == 100
    second = hold()
    with transaction.atomic():
        services.post_hold(hold_id=second.pk, now=NOON)
    assert queries.balance(town.anna) == 90


def test_a_posted_hold_that_is_refunded_goes_back_to_its_lots(town: Town) -> None:
    town.award(100, days=3)
    with transaction.atomic():
        made = services.hold(
            parts=[HoldRequest(town.anna, SHOP, 40)], code="pay", reference="pay", event_id=new_id(),
            expires_at=NOON + timedelta(minutes=5), now=NOON,
        )  # fmt: skip
        services.post_hold(hold_id=made.pk, now=NOON, amounts=[30])
    posted = queries.transfer(f"hold:{made.pk}:0:posted")
    town.reverse(posted, 30)
    assert queries.expiring(town.anna, NOON) == [(100, NOON + timedelta(days=3))]
    assert queries.balance(town.anna.held) == 0


def test_a_rebuild_changes_nothing(town: Town) -> None:
    award = town.award(100)
    spend = town.spend(30)
    town.reverse(spend, 10)
    town.claw_back(award, 5)
    before = [list(Lot.objects.order_by("pk").values()), queries.balance(town.anna)]
    with transaction.atomic():
        services.rebuild()
    assert [list(Lot.objects.order_by("pk").values()), queries.balance(town.anna)] == before


def test_the_database_itself_refuses_to_reopen_a_hold(town: Town) -> None:
    town.award(10)
    with transaction.atomic():
        made = services.hold(
            parts=[HoldRequest(town.anna, SHOP, 4)], code="pay", reference="pay", event_id=new_id(),
            expires_at=NOON + timedelta(minutes=5), now=NOON,
        )  # fmt: skip
        services.void_hold(hold_id=made.pk, now=NOON)
    with pytest.raises(DatabaseError, match="may not take this step"), transaction.atomic():
        Hold.objects.filter(pk=made.pk).update(state="open", resolved_at=None)
    with suppress(errors.HoldEnded), transaction.atomic():
        services.post_hold(hold_id=made.pk, now=NOON)
        pytest.fail("a voided hold was posted")
