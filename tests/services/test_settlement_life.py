"""Random life: vouchers used and returned, statements run, held, disputed, approved and paid, in any order.

After every step the journal owes each merchant exactly what its statements and what waits for them say; at the end
every redemption and return is on exactly one statement.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from backend.core import clock
from campaigns.models import LineHold, Redemption, Return, Statement, StatementLine, merchant_account
from campaigns.queries.settlement import pending_fen
from campaigns.queries.settlement_proof import _net, disagreements
from tests import factories_settlement as make
from tests.factories import NOON
from tests.factories_campaigns import USCCS, store

pytestmark = pytest.mark.django_db
SEED = 20260605


class Life(RuleBasedStateMachine):
    """Two stores, an owner each, two operators; `owed` is the page-long model of what the journal must say."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.now, self.orders = NOON, 0
        self.shops = [store(f"{name}店", uscc=uscc) for name, uscc in zip("甲乙", USCCS, strict=False)]
        self.owners = {shop.pk: make.owner(shop) for shop in self.shops}
        self.clerks = [make.operator(), make.operator(), make.operator()]
        self.owed = dict.fromkeys([shop.merchant_id for shop in self.shops], 0)
        self.paid = 0

    def teardown(self) -> None:
        try:
            self.finish()
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    @rule(at=st.integers(0, 1), fen=st.sampled_from([1, 500, 777]))
    def use(self, at: int, fen: int) -> None:
        shop, self.orders = self.shops[at], self.orders + 1
        make.used(shop, order_no=f"A-{self.orders}", now=self.now, face_fen=fen)
        self.owed[shop.merchant_id] += fen

    @precondition(lambda self: Redemption.objects.filter(returns=None).exists())
    @rule()
    def take_back(self) -> None:
        redemption = Redemption.objects.filter(returns=None).select_related("store").order_by("pk").first()
        back = make.give_back(redemption, refund_fen=redemption.payable_fen, now=self.now)
        self.owed[redemption.store.merchant_id] -= back.returned_discount_fen

    @rule(at=st.integers(0, 1), fen=st.sampled_from([-300, 250]))
    def adjust(self, at: int, fen: int) -> None:
        shop = self.shops[at]
        make.adjust(shop, fen, self.clerks[0], self.now)
        self.owed[shop.merchant_id] += fen

    @rule(days=st.integers(0, 2))
    def sleep_and_run(self, days: int) -> None:
        self.now += timedelta(days=days)
        make.settle(clock.local(self.now).date(), self.now)

    @precondition(lambda self: self.undecided().exists())
    @rule(dispute=st.booleans())
    def question(self, dispute: bool) -> None:
        line = StatementLine.objects.filter(statement__in=self.undecided(), hold=None).order_by("-pk").first()
        if line:
            by = self.owners[line.statement.store_id] if dispute else self.clerks[1]
            make.hold(line.statement, by, line, self.now, dispute=dispute)

    @precondition(lambda self: LineHold.objects.filter(state="open").exists())
    @rule(part=st.sampled_from([0, 1, 2]))
    def decide(self, part: int) -> None:
        held = LineHold.objects.filter(state="open").select_related("line__statement").order_by("pk").first()
        correction = -(held.line.amount_fen * part // 2)
        make.resolve(held, self.clerks[2], correction, self.now)
        self.owed[held.line.statement.merchant_id] += correction

    @precondition(lambda self: self.undecided().exists())
    @rule()
    def agree(self) -> None:
        statement = self.undecided().select_related("store").order_by("pk").first()
        if statement.state == "draft":
            make.confirm(statement, self.owners[statement.store_id], self.now)
        else:
            done = make.approve(statement, make.operator(), self.now)
            self.owed[done.merchant_id] -= max(0, done.due_fen)

    @precondition(lambda self: Statement.objects.filter(state="approved").exists())
    @rule()
    def pay(self) -> None:
        rows = Statement.objects.filter(state="approved").order_by("pk")[:2]
        lines = [f"B-{each.number},{each.number},{each.due_fen},{clock.local(self.now):%F}" for each in rows]
        self.paid += sum(each.due_fen for each in rows)
        make.pay("\n".join(["reference,statement,amount_fen,date", *lines]), self.clerks[0], now=self.now)

    @invariant()
    def the_journal_agrees(self) -> None:
        for shop in self.shops:
            owed = self.owed[shop.merchant_id]
            assert _net(merchant_account(shop.merchant_id)) == owed == pending_fen("store__merchant", shop.merchant_id)
        assert list(disagreements()) == []

    def finish(self) -> None:
        """A last run takes the rest: everything is on one statement, held amounts and debts still wait or are back."""
        self.now += timedelta(days=1)
        make.settle(clock.local(self.now).date(), self.now)
        assert Redemption.objects.filter(line=None).count() == 0
        assert Return.objects.filter(line=None).count() == 0
        assert StatementLine.objects.filter(kind="redemption").count() == Redemption.objects.count()
        assert StatementLine.objects.filter(kind="return").count() == Return.objects.count()
        assert sum(each.due_fen for each in Statement.objects.filter(state="paid")) == self.paid
        assert list(disagreements()) == []

    def undecided(self):
        return Statement.objects.filter(state__in=["draft", "confirmed"])


def test_whatever_happens_statements_and_journal_agree() -> None:
    print(f"seed {SEED}")
    run_state_machine_as_test(
        seed(SEED)(Life),
        settings=settings(
            max_examples=8,
            stateful_step_count=16,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
