"""How shops get their money: statements, lines in question, corrections, approvals, and the bank's file."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from hypothesis import strategies as st

from backend.core import clock
from campaigns import services
from campaigns.models import LineHold
from campaigns.models import Statement as StatementRow
from campaigns.models import StatementLine as LineRow
from tests import factories_settlement as make
from tests.month.stage import Stage, act, flip, pick, sometimes
from tests.month.things import No, Statement

ADJUSTMENTS = st.sampled_from([-900, -250, 120])


class Finance(Stage):
    def __init__(self) -> None:
        super().__init__()
        self.holds: dict[int, tuple[Statement, int, Any]] = {}  # open ones: the amount, and who opened it
        self.held: set[int] = set()

    def settle(self) -> None:
        """Twice, as two workers might."""
        for _ in range(2):
            with transaction.atomic():
                services.run_settlement(by="upkeep", now=self.now)
        for made in self.month.settle(self.now):
            row = StatementRow.objects.get(store=made.store.pk, period_end=clock.day_bounds(self.now)[0])
            made.pk = row.pk
            assert sorted(row.lines.values_list("amount_fen", flat=True)) == sorted(made.lines)

    @act(when=lambda self: self.month.statements, which=pick, line=pick, dispute=flip)
    def question(self, which: int, line: int, dispute: bool) -> None:
        """A line leaves the sum, by the merchant's or an operator's doubt."""
        statement = self._one_in(which, "draft", "confirmed")
        row = self.one(line, list(LineRow.objects.filter(statement=statement.pk).order_by("pk")))
        by = self.owner_at(statement) if dispute else self.scene.clerks[0]
        done = self.both(
            lambda: self._question(statement, row),
            lambda: make.hold(_row(statement), by, row, self.now, dispute=dispute),
        )
        if done:
            self.holds[done[1].pk] = (statement, row.amount_fen, by)

    def _question(self, statement: Statement, row: LineRow) -> None:
        if statement.state not in ("draft", "confirmed"):
            raise No("statement_state")
        if row.pk in self.held:
            raise No("line_held")
        self.held.add(row.pk)
        statement.held, statement.state = statement.held + max(0, row.amount_fen), "draft"

    @act(when=lambda self: self.holds, which=pick, part=st.sampled_from([0, 0, 1, 2, -3]), by=flip)
    def answer(self, which: int, part: int, by: bool) -> None:
        """Somebody else decides: the line comes back, with a correction of a part of it or without."""
        pk = self.one(which, list(self.holds))
        statement, amount, opener = self.holds[pk]
        correction, clerk = -(amount // part) if part else 0, self.scene.clerks[by]
        done = self.both(
            lambda: self._answer(statement, amount, correction, opener is clerk),
            lambda: make.resolve(LineHold.objects.get(pk=pk), clerk, correction, self.now),
        )
        if done:
            del self.holds[pk]

    def _answer(self, statement: Statement, amount: int, correction: int, same: bool) -> None:
        if abs(correction) > abs(amount):
            raise No("correction_too_large")
        if same:
            raise No("other_person_needed")
        if amount > 0:
            statement.store.waiting.append((amount, self.now))
        if correction:
            statement.store.book(correction, self.now)
            self.month.adjusted += correction

    @act(shop=flip, amount=ADJUSTMENTS, by=flip)
    def adjust(self, shop: bool, amount: int, by: bool) -> None:
        """A clawback, or money that was forgotten."""
        make.adjust(self.scene.shops[shop].row, amount, self.scene.clerks[by], self.now)
        self.month.stores[shop].book(amount, self.now)
        self.month.adjusted += amount

    @act(weight=3, when=lambda self: self.month.statements, which=pick, stale=sometimes(once_in=5))
    def confirm(self, which: int, stale: bool) -> None:
        statement = self._one_in(which, "draft")
        seen = statement.due + stale
        asked = {"by": self.owner_at(statement), "statement_id": statement.pk, "due_fen": seen, "now": self.now}
        self.both(lambda: _confirm(statement, stale), lambda: services.confirm_statement(**asked))

    @act(weight=3, when=lambda self: self.month.statements, which=pick, stale=sometimes(once_in=5))
    def approve(self, which: int, stale: bool) -> None:
        statement = self._one_in(which, "confirmed")
        asked = {"by": self.scene.approver, "statement_id": statement.pk, "due_fen": statement.due + stale}
        self.both(
            lambda: self._approve(statement, stale), lambda: services.approve_statement(**asked, now=self.now)
        )  # fmt: skip

    def _approve(self, statement: Statement, stale: bool) -> None:
        if statement.state == "confirmed" and stale:
            raise No("statement_changed")
        self.month.approve(statement, self.now)

    @act(
        weight=3,
        when=lambda self: any(each.state == "approved" for each in self.month.statements),
        wrong=sometimes(once_in=3),
        again=flip,
    )
    def bank_pays(self, wrong: bool, again: bool) -> None:
        """A file for all that was approved, one row of it twice; one amount may be wrong, the file may come twice."""
        due = [each for each in self.month.statements if each.state == "approved"]
        day = clock.local(self.now + timedelta(days=1)).date()
        rows = ["reference,statement,amount_fen,date"]
        for each in due:
            amount = each.due + (wrong and each is due[0])
            rows.append(f"B-{self.number()},{_row(each).number},{amount},{day}")
        text = "\n".join([*rows, rows[-1]])
        file = make.pay(text, self.scene.clerks[0], now=self.now)
        if again:
            assert make.pay(text, self.scene.clerks[1], now=self.now).pk == file.pk
        for each in due[wrong:]:
            each.state = "paid"
            self.month.paid_out += each.due
        assert sorted(file.rows.values_list("outcome", flat=True)) == sorted(
            ["paid"] * (len(due) - wrong) + ["other_amount"] * wrong + ["twice"]
        )

    def _one_in(self, which: int, *states: str) -> Statement:
        return self.likely(which, self.month.statements, lambda each: each.state in states)

    def owner_at(self, statement: Statement) -> Any:
        return self.scene.shops[self.month.stores.index(statement.store)].owner


def _confirm(statement: Statement, stale: bool) -> None:
    if statement.state != "draft":
        raise No("statement_state")
    if stale:
        raise No("statement_changed")
    statement.state = "confirmed"


def _row(statement: Statement) -> StatementRow:
    return StatementRow.objects.get(pk=statement.pk)
