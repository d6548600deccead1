"""What a voucher takes off a bill, against a model that says each kind in a line."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.core.clock import ZONE
from campaigns import errors, rules
from campaigns.types import Bill, BillItem, Paid, PartialRefund, Quote, UseTerms, UseTimes, VoucherKind, VoucherValue

FEN = st.integers(1, 2_000_000)
KINDS = st.sampled_from(list(VoucherKind))
CAKE = "小蛋糕"


@st.composite
def cases(draw):
    """Terms of any kind, a value as the rows' constraints allow it, and any bill."""
    kind = draw(KINDS)
    percent = draw(st.integers(1, 10_000)) if kind is VoucherKind.PERCENTAGE else 0
    terms = UseTerms(kind=kind, percent_off_bp=percent, gift_item=CAKE if kind is VoucherKind.GIFT else "")
    remaining = draw(FEN)
    minimum = remaining + draw(st.integers(0, 1000)) if kind is VoucherKind.THRESHOLD else draw(st.integers(0, 10_000))
    items = tuple(BillItem(draw(st.sampled_from([CAKE, "茶"])), draw(FEN)) for _ in range(draw(st.integers(0, 3))))
    return terms, VoucherValue(minimum, remaining), Bill(draw(FEN), items=items)


def model(terms: UseTerms, value: VoucherValue, bill: Bill) -> int | str:
    """The discount in fen, or what is missing."""
    cakes = [item.price_fen for item in bill.items if item.name == CAKE]
    if terms.kind is VoucherKind.GIFT and not cakes:
        return "gift"
    worth = {
        VoucherKind.THRESHOLD: value.remaining_fen,
        VoucherKind.PERCENTAGE: bill.fen * terms.percent_off_bp // 10_000,
        VoucherKind.FIXED: value.remaining_fen,
        VoucherKind.GIFT: max(cakes, default=0),
        VoucherKind.MULTI_USE: value.remaining_fen,
    }[terms.kind]
    if bill.fen < value.min_spend_fen or worth == 0:
        return "more"
    return min(worth, value.remaining_fen, bill.fen)


def outcome(terms: UseTerms, value: VoucherValue, bill: Bill) -> Quote | str:
    try:
        return rules.quote(terms, value, bill)
    except errors.GiftNotOnBill:
        return "gift"
    except errors.BelowMinimumSpend:
        return "more"


@given(cases())
def test_every_kind_is_the_model_s(case):
    terms, value, bill = case
    expected, got = model(*case), outcome(*case)
    if isinstance(expected, str):
        assert got == expected
        return
    assert isinstance(got, Quote)
    assert got.discount_fen == expected >= 1
    assert got.payable_fen == bill.fen - expected >= 0
    assert got.discount_fen + got.released_fen + got.left_fen == value.remaining_fen  # no fen is lost or made
    assert min(got.released_fen, got.left_fen) == 0
    assert not got.left_fen or terms.kind is VoucherKind.MULTI_USE


@given(cases())
def test_what_is_told_to_be_missing_would_make_it_pass(case):
    terms, value, bill = case
    try:
        rules.quote(terms, value, bill)
    except errors.BelowMinimumSpend as refused:
        enough = Bill(bill.fen + refused.data["missing_fen"], items=bill.items)
        assert rules.quote(terms, value, enough).discount_fen >= 1
        with pytest.raises(errors.BelowMinimumSpend):
            rules.quote(terms, value, Bill(enough.fen - 1, items=bill.items))
    except errors.GiftNotOnBill as refused:
        bill = Bill(max(bill.fen, value.min_spend_fen), items=(BillItem(refused.data["item"], 100),))
        assert rules.quote(terms, value, bill).discount_fen == min(100, value.remaining_fen, bill.fen)


def test_a_bill_below_the_minimum_is_told_what_is_missing():
    value = VoucherValue(min_spend_fen=2000, remaining_fen=550)
    assert rules.quote(UseTerms(), value, Bill(2000)) == Quote(550, 1450)
    with pytest.raises(errors.BelowMinimumSpend) as refused:
        rules.quote(UseTerms(), value, Bill(1999))
    assert refused.value.data == {"min_spend_fen": 2000, "missing_fen": 1}
    assert "满 20 元可用，还差 0.01 元" in refused.value.detail()
    assert "20 yuan; 0.01 yuan are missing" in refused.value.detail("en")


def test_goods_of_other_categories_are_told_which_ones_count():
    terms = UseTerms(categories=("家电", "餐饮"))
    rules.require_category(terms, Bill(1, category="餐饮"))
    rules.require_category(UseTerms(), Bill(1))
    for other in ("", "烟酒"):
        with pytest.raises(errors.WrongCategory) as refused:
            rules.require_category(terms, Bill(1, category=other))
        assert "家电、餐饮" in refused.value.detail()


# -- times of use -----------------------------------------------------------------------------------------------------

MONDAY = datetime(2026, 6, 1, tzinfo=ZONE)
MINUTES = st.integers(0, 24 * 60)
PARTS = st.lists(st.tuples(MINUTES, MINUTES).filter(lambda part: part[0] < part[1]), max_size=3).map(tuple)
TIMES = st.builds(
    UseTimes,
    weekdays=st.lists(st.integers(1, 7), max_size=4, unique=True).map(tuple),
    parts=PARTS,
    excluded=st.lists(st.dates(date(2026, 6, 1), date(2026, 6, 14)), max_size=5).map(tuple),
)


@settings(deadline=None)  # a minute-by-minute model on a busy machine
@given(TIMES, st.integers(0, 10 * 24 * 60), st.integers(1, 12))
def test_the_next_opening_is_the_first_open_minute(times, minutes, days):
    """The model looks at every minute until the end."""
    at = MONDAY + timedelta(minutes=minutes)
    until = MONDAY + timedelta(days=days)
    later = (at + timedelta(minutes=ahead) for ahead in range(max(0, (until - at) // timedelta(minutes=1))))
    assert rules.next_opening(times, at, until) == next((each for each in later if rules.is_open(times, each)), None)


def test_times_without_limits_are_always_open():
    assert rules.is_open(UseTimes(), MONDAY)
    assert rules.next_opening(UseTimes(), MONDAY, MONDAY) is None


# -- refunds ----------------------------------------------------------------------------------------------------------


@given(st.data(), st.integers(0, 100_000), FEN, st.sampled_from(list(PartialRefund)), st.booleans())
def test_refunds_never_pass_the_payment_and_give_the_discount_back_once(data, payable, discount, partial, valid):
    terms = UseTerms(partial_refund=partial)
    refunded = returned = restored = 0
    cuts = data.draw(st.lists(st.integers(0, payable), max_size=4, unique=True).map(sorted))
    sums = [cut for cut in cuts if 0 < cut < payable] + [payable]
    for total in sums:
        effect = rules.refund(
            terms, Paid(payable, discount, refunded, returned), refund_fen=total - refunded, valid=valid
        )
        refunded, returned = total, returned + effect.returned_fen
        restored += effect.restores
        assert 0 <= returned <= discount
        if partial is PartialRefund.PROPORTIONAL and refunded < payable:
            assert returned == discount * refunded // payable
    assert returned == discount
    assert restored == (len(sums) == 1 and valid)
    with pytest.raises(errors.RefundExceedsPayment):
        rules.refund(terms, Paid(payable, discount, refunded, returned), refund_fen=0, valid=valid)


def test_a_refund_of_nothing_or_of_too_much_says_how_much_is_left():
    paid = Paid(payable_fen=2000, discount_fen=500, refunded_fen=1500, returned_fen=500)
    for amount, kind in [(0, errors.RefundEmpty), (501, errors.RefundExceedsPayment)]:
        with pytest.raises(kind) as refused:
            rules.refund(UseTerms(), paid, refund_fen=amount, valid=True)
        assert refused.value.data == {"refundable_fen": 500}
        assert "最多可退 5 元" in refused.value.detail()
        assert "5 yuan" in refused.value.detail("en")
