"""Returns by the offer's terms, and that a refusal moves nothing."""

from unittest.mock import patch

import pytest
from django.db import DatabaseError, transaction

from backend.audit.models import AuditRow
from backend.core.errors import Forbidden, NotFound
from backend.core.ids import new_id
from backend.core.transactions import NoTransaction
from backend.earning import queries as earning
from backend.edge import live
from backend.ledger import queries as ledger
from backend.ledger import services as ledger_services
from backend.ledger.models import Transfer
from backend.ledger.types import AccountRef, Asset, Kind
from campaigns import errors, queries, services
from campaigns.models import Return, Voucher, campaign_account, merchant_account, outstanding_account
from campaigns.services import returns
from campaigns.types import PartialRefund, VoucherKind
from tests.factories import NOON, person
from tests.factories_campaigns import DAY, USCCS, claim, counter, offer, redeem, store
from tests.factories_redemptions import give_back, voucher_of

pytestmark = pytest.mark.django_db
LATER = NOON + DAY


def state() -> dict[str, object]:
    return {
        "vouchers": list(Voucher.objects.order_by("pk").values_list("pk", "status", "remaining_fen")),
        "returns": Return.objects.count(),
        "transfers": Transfer.objects.count(),
        "audit": AuditRow.objects.count(),
    }


def refused(kind, by, redemption, refund_fen, **asked):
    before = state()
    with pytest.raises(kind) as caught:
        give_back(by, redemption, refund_fen, **asked)
    assert state() == before
    return caught.value


@pytest.fixture
def shop():
    return store()


@pytest.fixture
def cashier(shop):
    return counter(shop)


@pytest.fixture
def voucher():
    return claim(person(points=50), offer())


@pytest.fixture
def redemption(cashier, voucher):
    return redeem(cashier, voucher)


def owed(shop) -> int:
    return sum(ledger.totals_by_code(merchant_account(shop.merchant_id)).values())


def test_a_full_refund_returns_a_valid_voucher_with_its_old_expiry(shop, cashier, voucher, redemption):
    expiry = voucher.expires_at
    made = give_back(cashier, redemption, 2000, "R-1", LATER)
    voucher.refresh_from_db()
    assert (made.restores, made.returned_discount_fen, made.points_back) == (True, 500, 0)
    assert (voucher.status, voucher.remaining_fen, voucher.expires_at) == ("claimed", 500, expiry)
    assert owed(shop) == 0
    assert AuditRow.objects.filter(action="campaigns.return", subject=str(made.pk)).count() == 1
    again = redeem(cashier, voucher, order_no="A-2", now=LATER)
    assert (again.discount_fen, owed(shop)) == (500, 500)
    assert list(queries.disagreements()) == []


def test_after_its_expiry_the_money_goes_to_the_programme(shop, cashier, voucher, redemption):
    made = give_back(cashier, redemption, 2000, now=voucher.expires_at)
    voucher.refresh_from_db()
    assert (made.restores, voucher.status) == (False, "redeemed")
    assert owed(shop) == 0
    assert ledger.balance(campaign_account(voucher.offer_id)) == 10 * 500
    assert list(queries.disagreements()) == []


def test_a_partial_refund_returns_the_whole_discount_to_the_programme(shop, cashier, voucher, redemption):
    first = give_back(cashier, redemption, 700)
    second = give_back(cashier, redemption, 1300)
    voucher.refresh_from_db()
    assert [(each.returned_discount_fen, each.restores) for each in (first, second)] == [(500, False), (0, False)]
    assert voucher.status == "redeemed"
    assert owed(shop) == 0
    refused(errors.RefundExceedsPayment, cashier, redemption, 1)
    assert list(queries.disagreements()) == []


def test_proportional_terms_return_the_discount_as_the_payment_goes_back(shop, cashier):
    voucher = voucher_of(VoucherKind.THRESHOLD, partial_refund=PartialRefund.PROPORTIONAL)
    redemption = redeem(cashier, voucher, bill_fen=4000)  # 1000 off, 3000 paid
    back = [give_back(cashier, redemption, part).returned_discount_fen for part in (1, 999, 1000, 1000)]
    assert back == [0, 333, 333, 334]
    assert owed(shop) == 0
    assert list(queries.disagreements()) == []


def test_a_refund_of_more_than_was_paid_says_how_much_is_left(cashier, redemption):
    assert refused(errors.RefundExceedsPayment, cashier, redemption, 2001).data == {"refundable_fen": 2000}
    give_back(cashier, redemption, 1500)
    assert refused(errors.RefundExceedsPayment, cashier, redemption, 501).data == {"refundable_fen": 500}
    assert refused(errors.RefundEmpty, cashier, redemption, 0).data == {"refundable_fen": 500}


def test_a_bill_that_the_voucher_paid_whole_is_given_back_once(cashier):
    voucher = voucher_of(VoucherKind.FIXED)
    redemption = redeem(cashier, voucher, bill_fen=700)
    assert give_back(cashier, redemption, 0).restores
    voucher.refresh_from_db()
    assert (voucher.status, voucher.remaining_fen) == ("claimed", 1000)  # the 300 that the bill left, too
    refused(errors.RefundExceedsPayment, cashier, redemption, 0)
    assert list(queries.disagreements()) == []


def test_a_restored_voucher_is_worth_what_the_budget_can_still_set_aside(cashier):
    voucher = voucher_of(VoucherKind.PERCENTAGE)
    redemption = redeem(cashier, voucher)  # 500 of 1000; the rest went back
    budget = campaign_account(voucher.offer_id)
    with transaction.atomic():
        ledger_services.post(
            debit=budget, credit=AccountRef(Asset.FEN, "elsewhere", Kind.OPEN), amount=ledger.balance(budget) - 499,
            code="test", reference="test", event_id=new_id(), now=NOON,
        )  # fmt: skip
    made = give_back(cashier, redemption, 2000)
    voucher.refresh_from_db()
    assert (made.restores, made.refilled_fen, voucher.remaining_fen) == (True, 0, 500)
    assert redeem(cashier, voucher, bill_fen=99_999, order_no="A-2", now=LATER).discount_fen == 500
    assert list(queries.disagreements()) == []


def test_a_part_of_a_multi_use_voucher_comes_back_to_what_remains(cashier):
    voucher = voucher_of(VoucherKind.MULTI_USE)
    uses = [
        redeem(cashier, voucher, bill_fen=bill, order_no=f"A-{bill}", now=NOON + bill * DAY / 10_000)
        for bill in (300, 1200)
    ]
    give_back(cashier, uses[0], 0)
    voucher.refresh_from_db()
    assert (voucher.status, voucher.remaining_fen) == ("claimed", 300)
    give_back(cashier, uses[1], 500)
    voucher.refresh_from_db()
    assert voucher.remaining_fen == 1000
    assert list(queries.disagreements()) == []


def test_points_come_back_where_the_terms_say_so_and_the_voucher_does_not(cashier):
    plain, generous = voucher_of(VoucherKind.THRESHOLD), voucher_of(VoucherKind.THRESHOLD, points_back=True)
    for order, (voucher, back) in enumerate([(plain, 0), (generous, 20)]):
        redemption = redeem(cashier, voucher, order_no=f"A-{order}")
        made = give_back(cashier, redemption, redemption.payable_fen, now=voucher.expires_at)
        assert made.points_back == back
        assert earning.points_of(voucher.resident_id, NOON).balance == 30 + back
    assert list(queries.disagreements()) == []


def test_of_a_voucher_used_in_parts_each_part_brings_back_its_share_of_the_points(cashier):
    voucher = voucher_of(VoucherKind.MULTI_USE, points_back=True, full_refund_restores=False)
    uses = [redeem(cashier, voucher, bill_fen=bill, order_no=f"A-{bill}", now=NOON + DAY * bill / 10_000)
            for bill in (330, 670)]  # fmt: skip
    assert [give_back(cashier, use, 0).points_back for use in uses] == [6, 13]
    assert earning.points_of(voucher.resident_id, NOON).balance == 30 + 19
    assert list(queries.disagreements()) == []


def test_terms_may_keep_a_voucher_from_coming_back(cashier):
    voucher = voucher_of(VoucherKind.THRESHOLD, full_refund_restores=False)
    assert not give_back(cashier, redeem(cashier, voucher), 1500).restores
    assert list(queries.disagreements()) == []


def test_a_merchant_that_was_paid_out_goes_below_zero(shop, cashier, redemption):
    account, bank = merchant_account(shop.merchant_id), AccountRef(Asset.FEN, "bank", Kind.OPEN)
    with transaction.atomic():
        ledger_services.post(
            debit=account, credit=bank, amount=500, code="paid", reference="paid", event_id=new_id(), now=NOON
        )
    give_back(cashier, redemption, 2000)
    assert owed(shop) == -500


def test_one_reference_is_one_return(cashier, redemption):
    first = give_back(cashier, redemption, 700, "R-1")
    before = state()
    assert give_back(cashier, redemption, 700, "R-1") == first
    assert state() == before
    assert refused(errors.RefundReferenceUsed, cashier, redemption, 800, reference="R-1").data == {"reference": "R-1"}


def test_only_a_counter_of_the_store_gives_back(redemption):
    refused(Forbidden, counter(store("乙店", uscc=USCCS[1])), redemption, 2000)
    refused(Forbidden, person(), redemption, 2000)
    redemption.pk = new_id()
    refused(NotFound, person(), redemption, 2000)


def test_the_guard_decides_when_the_read_was_stale(cashier, redemption):
    """Another terminal gave everything back between our read and our write."""
    give_back(cashier, redemption, 2000)
    stale_then_fresh = iter([[], returns._earlier(redemption)])
    with patch.object(returns, "_earlier", lambda _: next(stale_then_fresh)):
        refused(errors.RefundExceedsPayment, cashier, redemption, 2000)


def test_a_return_is_written_once_and_wants_a_transaction(cashier, redemption):
    made = give_back(cashier, redemption, 700)
    for change in (lambda rows: rows.update(refund_fen=1), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(Return.objects.filter(pk=made.pk))
    with pytest.raises(NoTransaction):
        services.give_back(by=cashier, redemption_id=redemption.pk, refund_fen=1, now=NOON)


def test_both_screens_hear_of_it_after_the_commit(cashier, voucher, redemption, django_capture_on_commit_callbacks):
    with patch.object(live, "_send") as send, django_capture_on_commit_callbacks(execute=True):
        give_back(cashier, redemption, 2000)
    sent = {(call.args[0], event["type"]) for call in send.call_args_list for event in call.args[1]}
    resident, counter_ = live.group_of(voucher.resident_id), live.group_of(cashier.pk)
    assert sent == {(resident, each) for each in ("voucher", "return", "message")} | {(counter_, "return")}


def test_outstanding_money_is_what_vouchers_are_worth(cashier, voucher, redemption):
    give_back(cashier, redemption, 2000)
    flows = ledger.totals_by_code(outstanding_account(voucher.offer_id))
    assert flows == {"voucher_claim": 500, "voucher_redemption": -500, "voucher_return": 500}
