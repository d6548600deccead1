"""Periods, shares, holds and the bank's file, without a database."""

from contextlib import suppress
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.merchants.errors import HoursInvalid
from backend.merchants.rules import normal_enrolment, require_hours
from backend.merchants.types import Hours
from campaigns.errors.settlement import CorrectionTooLarge, PaymentFileInvalid
from campaigns.rules import payments
from campaigns.rules import settlement as rules
from campaigns.types.settlement import BankRow, Payable, PaymentOutcome, StatementState

DAY = date(2026, 6, 6)
HEAD = "流水号,结算单号,商户,金额（元）,日期\n"
FUNDING = st.lists(st.integers(0, 10_000), min_size=2, max_size=2).map(
    lambda cut: {"government": min(cut), "mall": max(cut) - min(cut), "shop": 10_000 - max(cut)}
)


@pytest.mark.parametrize(("after", "end"), [(1, date(2026, 6, 6)), (2, date(2026, 6, 5)), (7, date(2026, 5, 31))])
def test_t_plus_n_ends_n_midnights_back(after, end):
    assert rules.period_end_of(DAY, after) == end


def test_a_number_tells_the_last_day_that_the_statement_covers():
    assert rules.number_of(UUID(int=0xABC), DAY) == "20260605-00000ABC"


@given(st.integers(-(10**12), 10**12), FUNDING)
def test_shares_add_up_and_a_return_mirrors_its_redemption(amount_fen, funding):
    shares = rules.shares_of(amount_fen, funding)
    assert sum(shares.values()) == amount_fen
    assert rules.total_shares([shares, rules.shares_of(-amount_fen, funding)]) == dict.fromkeys(sorted(funding), 0)


def test_money_of_nobody_is_unassigned():
    assert rules.shares_of(-7, {}) == {"unassigned": -7}


@given(st.integers(-1000, 1000))
def test_only_a_claim_leaves_the_sum(amount_fen):
    assert rules.held_part(amount_fen) == (amount_fen if amount_fen > 0 else 0)


@pytest.mark.parametrize(("due", "state"), [(1, "approved"), (0, "closed"), (-1, "closed")])
def test_only_what_is_above_zero_is_paid(due, state):
    assert rules.state_when_approved(due) == StatementState(state)


@given(st.integers(-1000, 1000), st.integers(-1000, 1000))
def test_a_correction_stays_within_its_line(correction, line):
    if abs(correction) <= abs(line):
        rules.require_correction(correction, line_fen=line)
    else:
        with pytest.raises(CorrectionTooLarge):
            rules.require_correction(correction, line_fen=line)


# -- the bank's file --------------------------------------------------------------------------------------------------


def payable(number: int, due_fen: int, *, merchant: str = "甲", paid: bool = False, day: date = DAY) -> Payable:
    return Payable(UUID(int=number), f"20260605-0000000{number}", merchant, f"USCC{merchant}", due_fen, day, paid)


def row(reference: str, amount_fen: int, *, number: int = 0, payee: str = "", at: int = 2) -> BankRow:
    return BankRow(at, reference, f"20260605-0000000{number}" if number else "", payee, amount_fen, DAY)


def outcomes(rows, payables, used=frozenset()):
    return [
        (each.outcome.value, each.statement and each.statement.id.int) for each in payments.match(rows, payables, used)
    ]


def test_a_row_is_read_with_its_own_columns_and_units():
    text = '\ufeff日期,金额（元）,附言,银行流水号,户名\n2026/6/6,"1,234.5",结算 20260605-0000abcd 款,B-1,甲\n\n'
    assert payments.read_bank_file(text) == [BankRow(2, "B-1", "20260605-0000ABCD", "甲", 123450, DAY)]
    in_fen = "reference,merchant,amount_fen,date\nB-1,甲,5,20260606\n"
    assert payments.read_bank_file(in_fen) == [BankRow(2, "B-1", "", "甲", 5, DAY)]


@pytest.mark.parametrize(
    "line",
    [",n,甲,1,2026-06-06", "B,n,甲,0,2026-06-06", "B,n,甲,-1,2026-06-06", "B,n,甲,1.234,2026-06-06",
     "B,n,甲,1e3,2026-06-06", "B,n,甲,1,2026-02-30", "B,n,甲,1,gestern", f"B,n,{'甲' * 81},1,2026-06-06", "B"],
)  # fmt: skip
def test_one_faulty_row_refuses_the_whole_file_and_is_named(line):
    with pytest.raises(PaymentFileInvalid) as refused:
        payments.read_bank_file(f"{HEAD}B-0,n,甲,1,2026-06-06\n{line}\n")
    assert [fault["row"] for fault in refused.value.data["rows"]] == [3]


@pytest.mark.parametrize("text", ["", "x", HEAD, '"', "流水号,日期,商户\nB,2026-06-06,甲\n", "\n" * 3000])
def test_what_is_no_bank_file_is_refused(text):
    with pytest.raises(PaymentFileInvalid):
        payments.read_bank_file(text)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    with suppress(PaymentFileInvalid):
        assert payments.read_bank_file(HEAD + text)


def test_the_number_pays_its_statement_and_only_the_exact_sum():
    assert outcomes([row("B", 500, number=1)], [payable(1, 500)]) == [("paid", 1)]
    assert outcomes([row("B", 499, number=1)], [payable(1, 500)]) == [("other_amount", 1)]


def test_without_a_number_merchant_and_sum_must_fit_one_statement():
    assert outcomes([row("B", 500, payee="甲")], [payable(1, 500), payable(2, 600)]) == [("paid", 1), ("missing", 2)]
    assert outcomes([row("B", 500, payee="USCC甲")], [payable(1, 500)]) == [("paid", 1)]
    assert outcomes([row("B", 500, payee="甲")], [payable(1, 500), payable(2, 500)])[0] == ("unclear", None)
    assert outcomes([row("B", 499, payee="甲")], [payable(1, 500)]) == [("other_amount", 1)]
    assert outcomes([row("B", 500, payee="乙")], [payable(1, 500)]) == [("extra", None), ("missing", 1)]


def test_a_reference_and_a_statement_pay_once():
    rows = [row("B", 500, number=1), row("C", 500, number=1, at=3), row("B", 600, number=2, at=4)]
    assert outcomes(rows, [payable(1, 500), payable(2, 600)]) == [("paid", 1), ("twice", 1), ("twice", 2)]
    assert outcomes([row("B", 500, number=1)], [payable(1, 500)], {"B"}) == [("twice", 1)]
    assert outcomes([row("B", 500, number=1)], [payable(1, 500, paid=True)]) == [("twice", 1)]


def test_what_was_approved_after_the_file_is_not_missing():
    later = payable(2, 500, day=date(2026, 6, 7))
    assert outcomes([row("B", 500, number=1)], [payable(1, 500), later]) == [("paid", 1)]


@given(st.lists(st.tuples(st.sampled_from("BCDE"), st.integers(1, 3), st.integers(0, 3)), max_size=8))
def test_no_reference_and_no_statement_is_ever_paid_twice(given_rows):
    rows = [row(name, fen, number=number, payee="甲", at=at) for at, (name, fen, number) in enumerate(given_rows)]
    found = payments.match(rows, [payable(number, number) for number in (1, 2, 3)], set())
    paid = [each for each in found if each.outcome is PaymentOutcome.PAID]
    assert len({each.row.reference for each in paid}) == len({each.statement.id for each in paid}) == len(paid)
    assert all(each.row.amount_fen == each.statement.due_fen for each in paid)
    assert sum(each.row is not None for each in found) == len(rows)


# -- merchants --------------------------------------------------------------------------------------------------------


def test_hours_that_follow_each_other_are_good():
    require_hours([Hours((1, 2), "09:00", "12:00"), Hours((1,), "12:00", "24:00"), Hours((3,), "00:00", "24:00")])


@pytest.mark.parametrize(
    ("hours", "weekday"),
    [
        ([Hours((2,), "12:00", "09:00")], 2),
        ([Hours((7,), "09:00", "09:00")], 7),
        ([Hours((1, 5), "09:00", "12:00"), Hours((5,), "11:59", "13:00")], 5),
    ],
)
def test_hours_that_meet_or_run_backwards_name_the_day(hours, weekday):
    with pytest.raises(HoursInvalid) as refused:
        require_hours(hours)
    assert refused.value.data == {"weekday": weekday}


def test_a_typed_code_is_read_as_people_type_it():
    assert normal_enrolment(" ab2c-３4 ef ") == "AB2C34EF"
