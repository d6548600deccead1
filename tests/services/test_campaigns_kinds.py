"""Each kind of voucher at the counter, stacking, times, categories: where the money goes, and what a "no" says."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from backend.accounts.models import User
from backend.core import clock
from backend.ledger import queries as ledger
from backend.ledger.models import Transfer
from campaigns import errors, queries, services
from campaigns.models import (
    Redemption,
    Voucher,
    campaign_account,
    funding_account,
    merchant_account,
    outstanding_account,
)
from campaigns.types import BillItem, UseTimes, VoucherKind
from tests.factories import NOON, give_points, person
from tests.factories_campaigns import DAY, claim, counter, offer, redeem, store
from tests.factories_redemptions import CAKE, offer_of, preview, voucher_of

pytestmark = pytest.mark.django_db
BUDGET = 10 * 1000


def state() -> dict[str, object]:
    return {
        "vouchers": list(Voucher.objects.order_by("pk").values_list("pk", "status", "remaining_fen", "held_until")),
        "redemptions": Redemption.objects.count(),
        "transfers": Transfer.objects.count(),
    }


def refused(kind, by: User, voucher: Voucher, **asked):
    """Preview and redemption say the same "no", and neither moves anything."""
    before = state()
    with pytest.raises(kind) as seen:
        preview(by, voucher, **asked)
    with pytest.raises(kind) as caught:
        redeem(by, voucher, **asked)
    assert state() == before
    assert seen.value.data == caught.value.data
    return caught.value


@pytest.fixture
def shop():
    return store()


@pytest.fixture
def cashier(shop):
    return counter(shop)


def money(voucher: Voucher, shop) -> tuple[int, int, int]:
    """What is in the offer's budget, promised by its vouchers, and due to the merchant."""
    flows = (outstanding_account(voucher.offer_id), merchant_account(shop.merchant_id))
    budget = ledger.balance(campaign_account(voucher.offer_id))
    return budget, *(sum(ledger.totals_by_code(account).values()) for account in flows)


@pytest.mark.parametrize(
    ("kind", "bill", "discount", "left"),
    [
        (VoucherKind.THRESHOLD, 2500, 1000, 0),
        (VoucherKind.PERCENTAGE, 2500, 500, 0),
        (VoucherKind.PERCENTAGE, 99_999, 1000, 0),
        (VoucherKind.FIXED, 2500, 1000, 0),
        (VoucherKind.FIXED, 700, 700, 0),
        (VoucherKind.GIFT, 2500, 880, 0),
        (VoucherKind.MULTI_USE, 300, 300, 700),
        (VoucherKind.MULTI_USE, 2500, 1000, 0),
    ],
)
def test_each_kind_pays_its_discount_and_loses_no_fen(shop, cashier, kind, bill, discount, left):
    voucher = voucher_of(kind)
    items = (BillItem("茶", 100), BillItem(CAKE, 880))
    seen = preview(cashier, voucher, bill_fen=bill, items=items)
    assert money(voucher, shop) == (BUDGET - 1000, 1000, 0)
    done = redeem(cashier, voucher, bill_fen=bill, items=items)
    assert (done.discount_fen, done.payable_fen) == (discount, bill - discount)
    assert (seen.quote.discount_fen, seen.quote.payable_fen) == (discount, bill - discount)
    voucher.refresh_from_db()
    assert (voucher.status, voucher.remaining_fen) == ("claimed" if left else "redeemed", left)
    assert money(voucher, shop) == (BUDGET - discount - left, left, discount)
    assert list(queries.disagreements()) == []


def test_a_multi_use_voucher_is_used_until_nothing_remains_and_the_rest_expires(shop, cashier):
    voucher, spent = voucher_of(VoucherKind.MULTI_USE), voucher_of(VoucherKind.MULTI_USE)
    for order, (bill, discount) in enumerate([(300, 300), (400, 400), (500, 300)]):
        assert redeem(cashier, spent, bill_fen=bill, order_no=f"B-{order}", now=NOON + order * DAY / 24) is not None
        assert Redemption.objects.latest("id").discount_fen == discount
    refused(errors.VoucherAlreadyRedeemed, cashier, spent, order_no="B-9")
    redeem(cashier, voucher, bill_fen=300, order_no="A-1")
    fund = funding_account(voucher.offer.campaign_id)
    before = ledger.balance(fund)
    with transaction.atomic():
        assert services.expire_due(by="test", now=NOON + 10 * DAY) == 1
    assert money(voucher, shop)[:2] == (BUDGET - 1000, 0)
    assert ledger.balance(fund) - before == 1000 - 300
    assert list(queries.disagreements()) == []


def test_a_gift_is_named_when_it_is_not_on_the_bill(cashier):
    gift = voucher_of(VoucherKind.GIFT)
    assert refused(errors.GiftNotOnBill, cashier, gift).data == {"item": CAKE}
    assert redeem(cashier, gift, items=(BillItem(CAKE, 5000),), bill_fen=5000).discount_fen == 1000


def test_a_category_is_named_when_the_bill_is_of_another(cashier):
    voucher = voucher_of(VoucherKind.THRESHOLD, categories=("餐饮",))
    assert refused(errors.WrongCategory, cashier, voucher, category="烟酒").data == {"categories": ["餐饮"]}
    assert redeem(cashier, voucher, category="餐饮").discount_fen == 1000


def test_outside_its_times_a_voucher_names_the_next_opening(cashier):
    evenings = UseTimes(weekdays=(6, 7), parts=((17 * 60, 21 * 60),), excluded=(clock.local(NOON + DAY).date(),))
    voucher = voucher_of(VoucherKind.THRESHOLD, times=evenings)  # NOON is a Friday
    said = refused(errors.OutsideUseTimes, cashier, voucher)
    assert said.data == {"opens_at": clock.local(NOON + 2 * DAY).replace(hour=17, minute=0)}
    assert "2026年06月07日 17:00" in said.detail()
    late = NOON + 9 * DAY + timedelta(hours=10)  # a Sunday, 22:00; it expires on Monday noon
    assert refused(errors.NoUseTimeLeft, cashier, voucher, now=late).data == {"opens_at": None}
    assert redeem(cashier, voucher, now=NOON + 2 * DAY + timedelta(hours=5)).discount_fen == 1000


def test_nobody_redeems_a_voucher_of_their_own(shop, cashier):
    with transaction.atomic():
        give_points(cashier, 50)
    own = claim(cashier, offer())
    refused(errors.OwnVoucher, cashier, own)
    assert redeem(counter(shop), own).discount_fen == 500


def test_vouchers_that_stack_take_off_what_the_ones_before_left(cashier):
    of, resident = offer_of(VoucherKind.FIXED, per_payment=2, per_person_limit=5), person(points=100)
    first, second, third = (claim(resident, of) for _ in range(3))
    one = redeem(cashier, first, bill_fen=1500)
    two = redeem(cashier, second, bill_fen=1500)
    assert [(each.place, each.bill_fen, each.discount_fen, each.payable_fen) for each in (one, two)] == [
        (1, 1500, 1000, 500),
        (2, 500, 500, 0),
    ]
    assert refused(errors.OrderAlreadyUsed, cashier, third, bill_fen=1500).data == {"order_no": "A-1", "limit": 2}
    redeem(cashier, third, bill_fen=1500, order_no="A-2")
    fourth = claim(resident, of)
    assert refused(errors.OrderBillDiffers, cashier, fourth, bill_fen=1499, order_no="A-2").data["bill_fen"] == 1500
    assert list(queries.disagreements()) == []


def test_vouchers_of_two_offers_share_a_payment_only_where_both_combine(cashier):
    apart = [voucher_of(VoucherKind.FIXED, per_payment=2) for _ in range(2)]
    together = [voucher_of(VoucherKind.FIXED, per_payment=2, combines=True) for _ in range(2)]
    redeem(cashier, apart[0], order_no="A-1")
    refused(errors.VouchersDoNotCombine, cashier, apart[1], order_no="A-1")
    refused(errors.VouchersDoNotCombine, cashier, together[0], order_no="A-1")
    redeem(cashier, together[0], order_no="A-2")
    assert redeem(cashier, together[1], order_no="A-2").place == 2


def test_the_same_words_answer_the_same_redemption(cashier):
    voucher = voucher_of(VoucherKind.MULTI_USE)
    first = redeem(cashier, voucher, bill_fen=300)
    before = state()
    assert redeem(cashier, voucher, bill_fen=300) == first
    assert state() == before
    refused(errors.OrderAlreadyUsed, cashier, voucher, bill_fen=400)


def test_terms_stay_those_of_the_claim(cashier):
    voucher = voucher_of(VoucherKind.PERCENTAGE)
    voucher.offer.use_terms = None
    voucher.offer.min_spend_fen = voucher.offer.face_value_fen
    voucher.offer.save()
    assert redeem(cashier, voucher).discount_fen == 500


@pytest.mark.parametrize(
    "wrong",
    [{"remaining_fen": 1001}, {"remaining_fen": 0}, {"status": "redeemed"}, {"held_until": NOON}],
)
def test_the_table_refuses_a_worth_that_cannot_be(wrong):
    voucher = voucher_of(VoucherKind.MULTI_USE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Voucher.objects.filter(pk=voucher.pk).update(**wrong)
    voucher.refresh_from_db()
    assert voucher.remaining_fen == 1000
