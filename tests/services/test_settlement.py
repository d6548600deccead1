"""Statements: what goes on them, who may move them, and that the journal agrees at every step."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from backend.audit.models import AuditRow
from backend.core.errors import NotFound
from backend.core.transactions import NoTransaction
from backend.ledger.models import Transfer
from campaigns import services
from campaigns.errors import settlement as errors
from campaigns.models import LineHold, Statement, StatementLine
from campaigns.queries.settlement import debts_waiting, releases_waiting, store_day
from campaigns.queries.settlement_proof import disagreements
from tests import factories_settlement as make
from tests.factories import NOON
from tests.factories_campaigns import DAY, USCCS, store
from tests.factories_settlement import MORNING_AFTER, TODAY, TOMORROW

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return store()


@pytest.fixture(autouse=True)
def _the_journal_agrees():
    yield
    assert list(disagreements()) == []


def state():
    """What a refusal must leave as it was."""
    return (
        list(Statement.objects.order_by("pk").values_list("state", "lines_fen", "held_fen", "approved_by")),
        LineHold.objects.count(),
        Transfer.objects.count(),
        AuditRow.objects.count(),
    )


def refused(error, act):
    before = state()
    with pytest.raises(error) as told, transaction.atomic():
        act()
    assert state() == before
    return told.value


# -- the run ----------------------------------------------------------------------------------------------------------


def test_a_run_puts_what_happened_on_one_statement_and_a_second_run_finds_nothing(shop):
    first, second = make.used(shop), make.used(shop, order_no="A-2")
    (statement,) = make.settle()
    assert list(statement.lines.order_by("pk").values_list("redemption", "amount_fen", "shares")) == [
        (first.pk, 500, {"government": 500}),
        (second.pk, 500, {"government": 500}),
    ]
    assert (statement.state, statement.due_fen, statement.merchant) == ("draft", 1000, shop.merchant)
    assert statement.number.startswith("20260605-")
    assert make.settle() == []


def test_each_store_has_its_own_and_who_sold_nothing_has_none(shop):
    other, _idle = store("乙店", uscc=USCCS[1]), store("丙店", uscc=USCCS[2])
    make.used(shop)
    make.used(other)
    assert {each.store for each in make.settle()} == {shop, other}


def test_the_day_that_runs_waits_for_its_own_run(shop):
    make.used(shop)
    make.used(shop, order_no="A-2", now=NOON + DAY)
    (statement,) = make.settle()
    assert statement.lines.count() == 1
    (later,) = make.settle(TOMORROW + DAY, MORNING_AFTER + DAY)
    assert (later.period_start, later.lines.count()) == (statement.period_end, 1)


def test_t_plus_1_takes_through_yesterday_of_the_district(shop):
    make.used(shop)
    with transaction.atomic():
        assert services.run_settlement(by="test", now=NOON) == 0
        assert services.run_settlement(by="test", now=MORNING_AFTER) == 1
        assert services.run_settlement(by="test", now=MORNING_AFTER) == 0


def test_a_period_to_come_is_refused(shop):
    make.used(shop)
    refused(errors.PeriodNotOver, lambda: services.settle(by="test", until=TOMORROW, now=NOON))


def test_what_comes_late_is_on_the_next_and_names_where_it_belongs(shop):
    first = make.settled(shop)
    late = make.used(shop, order_no="A-2", now=NOON + timedelta(hours=1))
    make.used(shop, order_no="A-3", now=NOON + DAY)
    assert make.settle() == []
    (second,) = make.settle(TOMORROW + DAY, MORNING_AFTER + DAY)
    told = {line.redemption_id: (line.late, line.belongs_to) for line in second.lines.select_related("belongs_to")}
    assert told.pop(late.pk) == (True, first)
    assert list(told.values()) == [(False, None)]


def test_a_return_takes_its_money_back_and_may_leave_a_debt(shop):
    redemption = make.used(shop)
    (first,) = make.settle()
    make.approved(first)
    make.give_back(redemption, refund_fen=2000, now=NOON + DAY)
    (second,) = make.settle(TOMORROW + DAY, MORNING_AFTER + DAY)
    assert (second.due_fen, [line.kind for line in second.lines.all()]) == (-500, ["return"])
    closed = make.approved(second, MORNING_AFTER + DAY)
    assert (closed.state, list(debts_waiting())) == ("closed", [closed])
    make.used(shop, order_no="A-2", now=NOON + 2 * DAY)
    (third,) = make.settle(TOMORROW + 2 * DAY, MORNING_AFTER + 2 * DAY)
    assert sorted(third.lines.values_list("kind", "amount_fen")) == [("carried", -500), ("redemption", 500)]
    assert list(debts_waiting()) == []
    assert make.approved(third, MORNING_AFTER + 2 * DAY).state == "closed"  # nothing to pay and nothing to carry
    assert list(debts_waiting()) == []


# -- holds and disputes -----------------------------------------------------------------------------------------------


def test_a_held_line_leaves_the_sum_and_comes_back_on_a_later_statement(shop):
    make.used(shop)
    make.used(shop, order_no="A-2")
    (statement,) = make.settle()
    held = make.hold(statement, make.operator())
    statement.refresh_from_db()
    assert (statement.lines_fen, statement.held_fen, statement.due_fen) == (1000, 500, 500)
    assert make.approved(statement).state == "approved"
    assert make.settle(TOMORROW + DAY, MORNING_AFTER + DAY) == []  # not before it is decided on
    make.resolve(held, make.operator(), now=MORNING_AFTER)
    (later,) = make.settle(TOMORROW + DAY, MORNING_AFTER + DAY)
    (line,) = later.lines.all()
    assert (line.kind, line.amount_fen, line.hold_released, line.shares) == ("released", 500, held, {"government": 500})
    assert list(releases_waiting()) == []


def test_a_line_that_was_wrong_comes_back_with_its_correction(shop):
    statement = make.settled(shop)
    held = make.hold(statement, make.owner(shop), dispute=True)
    make.resolve(held, make.operator(), correction_fen=-200)
    (later,) = make.settle(TOMORROW + DAY, MORNING_AFTER + DAY)
    assert sorted(later.lines.values_list("kind", "amount_fen")) == [("adjustment", -200), ("released", 500)]
    assert all(sum(line.shares.values()) == line.amount_fen for line in later.lines.all())


def test_disputing_a_debt_changes_no_sum(shop):
    redemption = make.used(shop)
    make.give_back(redemption, refund_fen=2000)
    (statement,) = make.settle()
    back = statement.lines.get(kind="return")
    held = make.hold(statement, make.owner(shop), back, dispute=True)
    statement.refresh_from_db()
    assert (held.held_fen, statement.due_fen) == (0, 0)


def test_a_hold_brings_a_confirmed_statement_back_to_its_draft(shop):
    statement, boss = make.settled(shop), make.owner(shop)
    make.confirm(statement, boss)
    make.hold(statement, make.operator())
    statement.refresh_from_db()
    assert (statement.state, statement.confirmed_by) == ("draft", "")


def test_a_line_is_questioned_once_and_not_after_the_approval(shop):
    make.used(shop)
    make.used(shop, order_no="A-2")
    (statement,) = make.settle()
    boss, clerk = make.owner(shop), make.operator()
    make.hold(statement, boss, dispute=True)
    refused(errors.LineHeld, lambda: make.hold(statement, clerk))
    make.approved(statement)
    second = statement.lines.order_by("pk").last()
    assert refused(errors.StatementStepRefused, lambda: make.hold(statement, clerk, second)).data == {
        "state": "approved"
    }


def test_who_questioned_does_not_decide_and_nobody_decides_twice(shop):
    statement, clerk = make.settled(shop), make.operator()
    held = make.hold(statement, clerk)
    refused(errors.OtherPersonNeeded, lambda: make.resolve(held, clerk))
    refused(errors.CorrectionTooLarge, lambda: make.resolve(held, make.operator(), correction_fen=-501))
    make.resolve(held, make.operator())
    refused(errors.HoldResolved, lambda: make.resolve(held, make.operator()))
    with pytest.raises(IntegrityError), transaction.atomic():
        LineHold.objects.filter(pk=held.pk).update(resolved_by=held.opened_by)


# -- the way to the bank ----------------------------------------------------------------------------------------------


def test_confirmed_then_approved_moves_the_sum_to_what_is_payable(shop):
    statement = make.settled(shop)
    done = make.approved(statement)
    assert done.state == "approved"
    moved = Transfer.objects.get(reference=f"statement:{statement.pk}:approved")
    assert (moved.amount, moved.debit.owner, moved.credit.owner) == (
        500, f"merchant:{shop.merchant_id}", f"payable:{shop.merchant_id}",
    )  # fmt: skip


def test_only_in_order(shop):
    statement, clerk, boss = make.settled(shop), make.operator(), make.owner(shop)
    refused(errors.StatementStepRefused, lambda: make.approve(statement, clerk))
    make.confirm(statement, boss)
    refused(errors.StatementStepRefused, lambda: make.confirm(statement, boss))
    make.approve(statement, clerk)
    refused(errors.StatementStepRefused, lambda: make.approve(statement, make.operator()))
    for wrong in ("draft", "confirmed", "closed"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Statement.objects.filter(pk=statement.pk).update(state=wrong)


def test_one_agrees_to_the_sum_that_one_saw(shop):
    statement, boss = make.settled(shop), make.owner(shop)
    wrong = {"statement_id": statement.pk, "due_fen": 499, "now": MORNING_AFTER}
    assert refused(errors.StatementChanged, lambda: services.confirm_statement(by=boss, **wrong)).data == {
        "due_fen": 500
    }
    make.confirm(statement, boss)
    refused(errors.StatementChanged, lambda: services.approve_statement(by=make.operator(), **wrong))


def test_the_second_person_is_neither_maker_nor_confirmer_nor_adjuster(shop):
    make.used(shop)
    maker, adjuster, both = make.operator(), make.operator(), make.owner(shop)
    make.make_operator(both)
    make.adjust(shop, 30, adjuster, now=NOON)
    (statement,) = make.settle(by=maker.pk)
    make.confirm(statement, both)
    for person in (maker, adjuster, both):
        refused(errors.OtherPersonNeeded, lambda person=person: make.approve(statement, person))
    for person in (maker, both):  # the database itself, past the service
        with pytest.raises(IntegrityError), transaction.atomic():
            Statement.objects.filter(pk=statement.pk).update(state="approved", approved_by=str(person.pk))
    assert make.approve(statement, make.operator()).due_fen == 530


def test_only_those_who_look_after_the_store_confirm_or_dispute(shop):
    other = store("乙店", uscc=USCCS[1])
    statement = make.settled(shop)
    for stranger in (make.owner(other), make.manager(other), make.operator()):
        for verb, asked in (
            (services.confirm_statement, {"due_fen": 500}),
            (services.dispute_line, {"line_id": statement.lines.get().pk, "reason": "不对"}),
        ):
            act = lambda verb=verb, by=stranger, asked=asked: verb(  # noqa: E731
                by=by, statement_id=statement.pk, **asked, now=MORNING_AFTER
            )
            refused(NotFound, act)
    assert make.confirm(statement, make.manager(shop)).state == "confirmed"


def test_an_adjustment_is_in_the_books_at_once_and_on_the_next_statement(shop):
    make.adjust(shop, -120, make.operator(), now=NOON)
    (statement,) = make.settle()
    (line,) = statement.lines.all()
    assert (line.kind, line.amount_fen, line.shares, line.adjustment.reason) == (
        "adjustment", -120, {"unassigned": -120}, "补差",
    )  # fmt: skip
    refused(
        NotFound, lambda: services.adjust(by=make.operator(), store_id=statement.pk, amount_fen=1, reason="x", now=NOON)
    )


def test_lines_are_written_once(shop):
    statement = make.settled(shop)
    for change in (
        lambda: StatementLine.objects.update(amount_fen=1),
        lambda: StatementLine.objects.all().delete(),
        lambda: StatementLine.objects.create(
            statement=statement, kind="redemption", redemption=statement.lines.get().redemption, at=NOON, amount_fen=5
        ),
        lambda: StatementLine.objects.create(statement=statement, kind="redemption", at=NOON, amount_fen=5),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_the_verbs_want_a_transaction(shop):
    statement = make.settled(shop)
    with pytest.raises(NoTransaction):
        services.settle(by="test", until=TOMORROW, now=MORNING_AFTER)
    with pytest.raises(NoTransaction):
        services.approve_statement(by=make.operator(), statement_id=statement.pk, due_fen=500, now=MORNING_AFTER)


# -- a store's day ----------------------------------------------------------------------------------------------------


def test_a_store_s_day_counts_its_day_and_what_is_pending(shop):
    other = store("乙店", uscc=USCCS[1])
    make.used(other)
    returned = make.used(shop)
    make.used(shop, order_no="A-2")
    make.used(shop, order_no="A-3", now=NOON + DAY)
    make.give_back(returned, refund_fen=2000)
    day = store_day(shop.pk, TODAY)
    assert (day.redemptions, day.bill_fen, day.discount_fen) == (2, 5000, 1000)
    assert (day.returns, day.refund_fen, day.returned_discount_fen, day.net_fen) == (1, 2000, 500, 500)
    assert day.pending_fen == 1000
    (statement,) = [each for each in make.settle() if each.store == shop]
    assert store_day(shop.pk, TODAY).pending_fen == 1000
    make.approved(statement)
    assert store_day(shop.pk, TODAY).pending_fen == 500
