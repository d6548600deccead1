"""Redeeming and expiring, and that a refusal moves nothing."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from backend.audit.models import AuditRow
from backend.core.errors import Forbidden, NotFound
from backend.core.ids import new_id
from backend.core.transactions import NoTransaction
from backend.edge import live
from backend.ledger import queries as ledger
from backend.ledger.models import Transfer
from backend.merchants import services as merchants
from backend.merchants.errors import MerchantSuspended, StoreRequired
from backend.ops import upkeep
from backend.tokens import services as tokens
from backend.tokens.errors import CodeExpired, CodeForged, CodeUsed, CodeWrongPurpose
from backend.tokens.models import Burn
from backend.tokens.types import Purpose
from campaigns import errors, queries, services
from campaigns.models import (
    Redemption,
    Voucher,
    campaign_account,
    funding_account,
    merchant_account,
    outstanding_account,
)
from campaigns.services import expiry
from campaigns.types import VoucherStatus
from tests.factories import NOON, person
from tests.factories_campaigns import DAY, USCCS, claim, code_of, counter, offer, redeem, store
from tests.tampering import past_the_triggers

pytestmark = pytest.mark.django_db
EXPIRY = NOON + 10 * DAY


def state() -> dict[str, object]:
    """All that a redemption or an expiry could move."""
    return {
        "vouchers": list(Voucher.objects.order_by("pk").values_list("pk", "status")),
        "redemptions": Redemption.objects.count(),
        "transfers": Transfer.objects.count(),
        "burned": Burn.objects.count(),
        "audit": AuditRow.objects.count(),
    }


def refused(kind, by, voucher, **asked):
    before = state()
    with pytest.raises(kind) as caught:
        redeem(by, voucher, **asked)
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


def test_a_redemption_takes_the_value_off_and_owes_it_to_the_merchant(shop, cashier, voucher):
    done = redeem(cashier, voucher, bill_fen=2500, order_no="A-1")
    voucher.refresh_from_db()
    assert (done.discount_fen, done.payable_fen, done.store, done.counter_id) == (500, 2000, shop, cashier.pk)
    assert voucher.status == "redeemed"
    assert ledger.totals_by_code(merchant_account(shop.merchant_id)) == {"voucher_redemption": 500}
    assert ledger.totals_by_code(outstanding_account(voucher.offer_id)) == {
        "voucher_claim": 500,
        "voucher_redemption": -500,
    }
    assert AuditRow.objects.filter(action="campaigns.redeem", subject=str(done.pk)).count() == 1
    assert list(queries.disagreements()) == []


def test_at_the_minimum_and_just_below(cashier, voucher):
    assert refused(errors.BelowMinimumSpend, cashier, voucher, bill_fen=1999).data["missing_fen"] == 1
    assert redeem(cashier, voucher, bill_fen=2000).payable_fen == 1500


def test_a_voucher_is_redeemed_once(cashier, voucher):
    redeem(cashier, voucher)
    refused(errors.VoucherAlreadyRedeemed, cashier, voucher, order_no="A-2")


def test_what_cannot_be_mended_is_told_before_what_can(cashier, voucher):
    """Nobody should add to a bill for a voucher that is spent."""
    redeem(cashier, voucher)
    refused(errors.VoucherAlreadyRedeemed, cashier, voucher, bill_fen=1, order_no="A-2")


def test_the_guard_decides_when_the_read_was_stale(cashier, voucher):
    """Another counter was faster between our read and our statement."""
    stale = Voucher.objects.select_related("offer").get(pk=voucher.pk)
    redeem(cashier, voucher)
    with patch("campaigns.services.presented.voucher_of", return_value=stale):
        refused(errors.VoucherAlreadyRedeemed, cashier, voucher, order_no="A-2")


def test_a_voucher_is_good_until_just_before_it_expires(cashier, voucher):
    assert refused(errors.VoucherExpired, cashier, voucher, now=EXPIRY).data == {"expired_at": EXPIRY}
    redeem(cashier, voucher, now=EXPIRY - timedelta(microseconds=1))


def test_an_expired_voucher_stays_expired(cashier, voucher):
    with transaction.atomic():
        services.expire_due(by="test", now=EXPIRY)
    refused(errors.VoucherExpired, cashier, voucher)


def test_one_voucher_a_payment(shop, cashier, voucher):
    redeem(cashier, voucher, order_no="A-1")
    second = claim(person(points=50), offer())
    assert refused(errors.OrderAlreadyUsed, cashier, second, order_no="A-1").data == {"order_no": "A-1", "limit": 1}
    elsewhere = counter(store("乙店", uscc=USCCS[1]))
    redeem(elsewhere, second, order_no="A-1")


def test_a_voucher_of_other_stores_names_them(cashier, shop):
    other = store("乙店", uscc=USCCS[1])
    bound = claim(person(points=50), offer(store_ids=frozenset({other.pk})))
    assert refused(errors.WrongStore, cashier, bound).data == {"stores": ["乙店"]}
    assert redeem(counter(other), bound).store == other


def test_a_suspended_merchant_redeems_nothing_until_it_is_lifted(shop, cashier, voucher):
    with transaction.atomic():
        merchants.suspend(by="op", merchant_id=shop.merchant_id, reason="核查", now=NOON)
    told = {"merchant": shop.merchant.name, "reason": "核查"}
    assert refused(MerchantSuspended, cashier, voucher).data == told
    with transaction.atomic():
        merchants.reinstate(by="op", merchant_id=shop.merchant_id, reason="核查", now=NOON)
    redeem(cashier, voucher)


def test_only_a_counter_of_the_store_redeems(shop, cashier, voucher):
    other = store("乙店", uscc=USCCS[1])
    refused(Forbidden, person(), voucher)
    refused(Forbidden, cashier, voucher, store_id=other.pk)
    both = counter(shop, other)
    refused(StoreRequired, both, voucher)
    assert redeem(both, voucher, store_id=other.pk).store == other


def test_codes_that_are_old_foreign_or_forged(cashier, voucher):
    old = code_of(voucher, NOON - timedelta(minutes=5))
    refused(CodeExpired, cashier, voucher, code=old)
    personal = tokens.issue(purpose=Purpose.RESIDENT, subject=voucher.resident_id, now=NOON).payload
    refused(CodeWrongPurpose, cashier, voucher, code=personal)
    good = code_of(voucher)
    refused(CodeForged, cashier, voucher, code=good[:-2] + ("AA" if good[-2:] != "AA" else "QA"))
    nobodys = tokens.issue(purpose=Purpose.VOUCHER, subject=new_id(), now=NOON).payload
    refused(NotFound, cashier, voucher, code=nobodys)


def test_a_code_shown_before_a_voucher_came_back_is_burned(cashier, voucher):
    """A return makes a voucher good again; a photograph of its old code must not be."""
    redeem(cashier, voucher)
    with past_the_triggers():
        Voucher.objects.filter(pk=voucher.pk).update(status="claimed", remaining_fen=500)
    refused(CodeUsed, cashier, voucher, order_no="A-2")


def test_a_redemption_wants_a_transaction(cashier, voucher):
    with pytest.raises(NoTransaction):
        services.redeem(by=cashier, code=code_of(voucher), bill_fen=2500, order_no="A-1", now=NOON)


def test_a_redemption_is_written_once(cashier, voucher):
    done = redeem(cashier, voucher)
    for change in (lambda rows: rows.update(bill_fen=1), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(Redemption.objects.filter(pk=done.pk))
    assert Redemption.objects.get().bill_fen == 2500


@pytest.mark.parametrize("changes", [{"bill_fen": 2400}, {"discount_fen": 0, "payable_fen": 2500}, {"order_no": "A-1"}])
def test_the_table_refuses_what_the_service_would_never_write(shop, cashier, voucher, changes):
    redeem(cashier, voucher, order_no="A-1")
    other = claim(person(points=50), offer())
    good = {"bill_fen": 2500, "discount_fen": 500, "payable_fen": 2000, "order_no": "A-2"}
    row = Redemption(voucher=other, store=shop, counter_id=cashier.pk, at=NOON, **(good | changes))
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_both_screens_hear_of_it_after_the_commit(cashier, voucher, django_capture_on_commit_callbacks):
    with patch.object(live, "_send") as send, django_capture_on_commit_callbacks(execute=True):
        done = redeem(cashier, voucher)
    sent = {(call.args[0], event["type"]) for call in send.call_args_list for event in call.args[1]}
    resident, counter_ = live.group_of(voucher.resident_id), live.group_of(cashier.pk)
    assert sent == {(resident, each) for each in ("voucher", "redemption", "message")} | {(counter_, "redemption")}
    told = [event for call in send.call_args_list for event in call.args[1] if event["type"] != "message"]
    assert {event["id"] for event in told} == {str(voucher.pk), str(done.pk)}


def test_expiry_returns_the_money_once(voucher):
    early = EXPIRY - timedelta(microseconds=1)
    for now, due in [(early, 0), (EXPIRY, 1), (EXPIRY, 0)]:
        with transaction.atomic():
            assert services.expire_due(by="test", now=now) == due
    voucher.refresh_from_db()
    assert voucher.status == "expired"
    assert ledger.totals_by_code(campaign_account(voucher.offer_id)) == {
        "campaign_allotment": 5000,
        "voucher_claim": -500,
    }
    assert ledger.totals_by_code(funding_account(voucher.offer.campaign_id)) == {
        "appropriation": 5000,
        "campaign_allotment": -5000,
        "voucher_expiry": 500,
    }
    assert ledger.totals_by_code(outstanding_account(voucher.offer_id)) == {
        "voucher_claim": 500,
        "voucher_expiry": -500,
    }
    assert list(queries.disagreements()) == []


def test_expiry_leaves_a_redeemed_voucher_alone(cashier, voucher):
    redeem(cashier, voucher)
    before = state()
    with transaction.atomic():
        assert services.expire_due(by="test", now=EXPIRY) == 0
    assert state() == before


def test_expiry_passes_over_a_voucher_that_was_redeemed_after_it_looked(cashier, voucher):
    redeem(cashier, voucher)
    before = state()
    with transaction.atomic():
        assert expiry._end(voucher, EXPIRY) is False
    assert state() == before


def test_expiry_goes_on_in_batches():
    of, resident = offer(per_person_limit=3), person(points=60)
    for _ in range(3):
        claim(resident, of)
    for due in (2, 1, 0):
        with transaction.atomic():
            assert services.expire_due(by="test", now=EXPIRY, limit=2) == due


@pytest.mark.django_db(transaction=True)
def test_upkeep_expires_what_is_due_by_the_clock():
    claim(person(points=50), offer())
    with patch("backend.core.clock.now", return_value=EXPIRY):
        assert [upkeep.run_once()["vouchers expired"] for _ in range(2)] == [1, 0]


def test_a_wallet_shows_the_status_of_the_moment(cashier):
    resident, of = person(points=100), offer(per_person_limit=3)
    kept, used = claim(resident, of), claim(resident, of)
    redeem(cashier, used)

    def shown(now, status):
        return {voucher.pk for voucher in queries.vouchers_of(resident.pk, now, status)}

    assert shown(NOON, None) == {kept.pk, used.pk}
    assert shown(NOON, VoucherStatus.CLAIMED) == {kept.pk}
    assert shown(NOON, VoucherStatus.EXPIRED) == set()
    assert shown(EXPIRY, VoucherStatus.CLAIMED) == set()
    assert shown(EXPIRY, VoucherStatus.EXPIRED) == {kept.pk}
    assert shown(EXPIRY, VoucherStatus.REDEEMED) == {used.pk}
    assert set(queries.vouchers_of(person().pk, NOON)) == set()
