"""Offline redemption: every line is charged, a loss or refused, and no "no" moves anything."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from backend.accounts.models import User
from backend.core.errors import Forbidden
from backend.ledger import queries as ledger
from backend.ledger.models import Transfer
from backend.merchants import services as merchants
from backend.merchants.errors import DeviceUnknown
from backend.merchants.models import Device
from campaigns import errors, services
from campaigns.models import (
    LOSS_OFFLINE,
    OfflineEntry,
    Redemption,
    Voucher,
    escrow_account,
    funding_account,
    merchant_account,
)
from campaigns.queries import disagreements, offline_proof, settlement_proof
from campaigns.rules import offline as rules
from campaigns.types import VoucherKind
from tests.factories import NOON, person
from tests.factories_campaigns import USCCS, claim, counter, offer, redeem, store
from tests.factories_offline import LATER, RESERVE_FEN, offline_code, phone, reserved_offer
from tests.factories_redemptions import voucher_of
from tests.factories_settlement import manager, settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return store()


@pytest.fixture
def of():
    return reserved_offer(per_person_limit=5)


@pytest.fixture
def device(shop, of):
    device = phone(shop)
    device.open(of)
    return device


@pytest.fixture
def resident():
    return person(points=100)


@pytest.fixture(autouse=True)
def every_fen_is_in_a_named_account():
    yield
    assert [*disagreements(), *offline_proof.disagreements(), *settlement_proof.disagreements()] == []


def held(account) -> int:
    return sum(ledger.totals_by_code(account).values())


def state():
    return (
        Transfer.objects.count(), Redemption.objects.count(), OfflineEntry.objects.count(),
        list(Voucher.objects.order_by("pk").values_list("pk", "status", "remaining_fen")),
    )  # fmt: skip


def refused(kind, act):
    before = state()
    with pytest.raises(kind) as caught:
        act()
    assert state() == before
    return caught.value


# -- the allowance ----------------------------------------------------------------------------------------------------


def test_the_ceiling_is_set_aside_from_the_campaign_before_anything_is_accepted(of, device):
    assert held(escrow_account(device.allowance.pk)) == 5000
    assert ledger.balance(funding_account(of.campaign_id)) == RESERVE_FEN - 5000


def test_a_device_has_one_allowance_and_asking_again_answers_it(of, device):
    first = device.allowance
    assert device.open(of).pk == first.pk
    other = reserved_offer()
    refusal = refused(errors.OfflineAllowanceOpen, lambda: device.open(other))
    assert refusal.data == {"allowance": str(first.pk), "next_seq": 1}


def test_closing_gives_the_rest_back_and_wants_every_line(of, device, resident):
    line = device.accept(offline_code(resident, claim(resident, of)))
    assert refused(errors.OfflineLinesMissing, device.close).data == {"expected": 1}
    device.upload(line)
    assert device.close().state == "closed"
    assert device.close().state == "closed"
    assert held(escrow_account(device.allowance.pk)) == 0
    assert ledger.balance(funding_account(of.campaign_id)) == RESERVE_FEN
    refused(errors.OfflineAllowanceClosed, lambda: device.upload(device.accept("A" * 10)))


def test_an_allowance_that_nobody_closes_is_closed_after_its_grace(of, device):
    due = device.allowance.expires_at + rules.GRACE
    for now, count in ((due - timedelta(seconds=1), 0), (due, 1), (due, 0)):
        with transaction.atomic():
            assert services.close_due(by="test", now=now) == count
    assert ledger.balance(funding_account(of.campaign_id)) == RESERVE_FEN


def test_no_allowance_without_a_key_a_device_a_budget_or_an_offer(shop, of):
    refused(errors.OfflineKeyMissing, lambda: phone(shop, with_key=False).open(of))
    fresh = phone(shop)
    assert refused(errors.OfflineReserveShort, lambda: fresh.open(of, total_fen=RESERVE_FEN + 7)).data == {
        "missing_fen": 7
    }
    gift = voucher_of(VoucherKind.GIFT).offer
    refused(errors.OfflineCampaignUnfit, lambda: fresh.open(gift))
    fresh.header = "nobody.nothing"
    refused(DeviceUnknown, lambda: fresh.open(of))


def test_the_stranger_opens_and_uploads_nothing(of, device, resident):
    line = device.accept(offline_code(resident, claim(resident, of)))
    device.by = counter(store("乙店", uscc=USCCS[1]))
    refused(Forbidden, lambda: device.open(of))
    refused(Forbidden, lambda: device.upload(line))
    refused(Forbidden, device.close)


# -- lines ------------------------------------------------------------------------------------------------------------


def test_an_accepted_line_becomes_a_redemption_once(shop, of, device, resident):
    voucher = claim(resident, of)
    line = device.accept(offline_code(resident, voucher))
    made = device.upload(line, LATER)
    assert (made.verdict, made.reason, made.redemption.voucher_id) == ("charged", "", voucher.pk)
    before = state()
    assert device.upload(line, LATER).pk == made.pk
    assert state() == before
    assert held(merchant_account(shop.merchant_id)) == 500
    assert device.allowance.lost_fen == 0


def test_a_voucher_used_online_meanwhile_is_a_loss_that_the_escrow_pays(of, device, resident):
    voucher = claim(resident, of)
    line = device.accept(offline_code(resident, voucher))
    redeem(counter(store("乙店", uscc=USCCS[1])), voucher, order_no="B-1")
    made = device.upload(line, LATER)
    assert (made.verdict, made.reason, made.redemption) == ("loss", "voucher_already_redeemed", None)
    assert (made.person_id, made.adjustment.amount_fen) == (resident.pk, 500)
    assert Redemption.objects.filter(voucher=voucher).count() == 1
    assert held(merchant_account(made.merchant_id)) == 500
    assert (held(escrow_account(device.allowance.pk)), held(LOSS_OFFLINE)) == (4500, 0)
    assert ledger.totals_by_code(LOSS_OFFLINE)["offline_loss"] == 500
    assert device.close().lost_fen == 500
    paid = {statement.store.name: statement.lines_fen for statement in settle()}
    assert paid == {"较场口店": 500, "乙店": 500}


def test_of_two_devices_the_first_upload_has_the_voucher(shop, of, device, resident):
    other = phone(store("乙店", uscc=USCCS[1]))
    other.open(of)
    code = offline_code(resident, claim(resident, of))
    first, second = device.accept(code), other.accept(code)
    assert other.upload(second).verdict == "charged"
    assert device.upload(first).verdict == "loss"


def test_a_merchant_is_not_paid_twice_for_one_voucher_by_its_own_devices(shop, of, device, resident):
    twin = phone(shop)
    twin.open(of)
    code = offline_code(resident, claim(resident, of))
    assert device.upload(device.accept(code)).verdict == "charged"
    made = twin.upload(twin.accept(code))
    assert (made.verdict, made.reason) == ("refused", "voucher_already_redeemed")
    again = device.upload(device.accept(code))
    assert (again.verdict, again.reason) == ("refused", "voucher_already_redeemed")


def test_a_loss_is_paid_to_a_merchant_once_however_often_its_devices_repeat_the_code(shop, of, device, resident):
    voucher = claim(resident, of)
    code = offline_code(resident, voucher)
    redeem(counter(store("乙店", uscc=USCCS[1])), voucher, order_no="B-1")
    twin = phone(shop)
    twin.open(of)
    verdicts = [each.upload(each.accept(code)).verdict for each in (device, twin, device)]
    assert verdicts == ["loss", "refused", "refused"]
    assert held(merchant_account(shop.merchant_id)) == 500


def test_after_two_double_spends_a_person_gets_no_offline_codes(of, device, resident):
    elsewhere = counter(store("乙店", uscc=USCCS[1]))
    for number in range(2):
        voucher = claim(resident, of)
        line = device.accept(offline_code(resident, voucher))
        redeem(elsewhere, voucher, order_no=f"B-{number}")
        device.upload(line)
    third = claim(resident, of)
    refused(errors.OfflineCodesWithheld, lambda: offline_code(resident, third))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"discount_fen": 501}, "offline_wrong_discount"),
        ({"bill_fen": 1999}, "below_minimum_spend"),
        ({"discount_fen": 1001}, "offline_too_much"),
        ({"accepted_at": "2020-01-01T00:00:00.000Z"}, "offline_not_then"),
    ],
)
def test_a_line_that_breaks_what_the_device_knew_is_refused_and_charges_nobody(of, device, resident, changes, reason):
    voucher = claim(resident, of)
    made = device.upload(device.accept(offline_code(resident, voucher), **changes))
    assert (made.verdict, made.reason) == ("refused", reason)
    voucher.refresh_from_db()
    assert (voucher.status, held(escrow_account(device.allowance.pk))) == ("claimed", 5000)


def test_a_code_past_its_time_or_of_another_campaign_is_refused(device, of, resident):
    old = offline_code(resident, claim(resident, of), NOON - timedelta(hours=1))
    assert device.upload(device.accept(old)).reason == "code_expired"
    foreign = offline_code(resident, claim(resident, offer()))
    assert device.upload(device.accept(foreign)).reason == "wrong_store"


def test_a_forged_code_is_refused_by_name(device, of, resident):
    code = offline_code(resident, claim(resident, of))
    forged = code[:40] + ("A" if code[40] != "A" else "B") + code[41:]
    made = device.upload(device.accept(forged))
    assert (made.verdict, made.reason, made.voucher_id) == ("refused", "code_forged", None)


def test_more_than_the_allowance_is_refused_by_count_and_by_sum(shop, of):
    for limits in ({"max_count": 1}, {"total_fen": 900}):
        device = phone(shop)
        device.open(of, **limits)
        made = []
        for _ in range(2):
            someone = person(points=50)
            made.append(device.upload(device.accept(offline_code(someone, claim(someone, of)))))
        assert [each.reason for each in made] == ["", "offline_allowance_used_up"]


def test_lines_are_taken_in_order_unaltered_and_from_the_device_alone(of, device, resident):
    code = offline_code(resident, claim(resident, of))
    first, second = device.accept(code), device.accept(code)
    assert refused(errors.OfflineLinesMissing, lambda: device.upload(second)).data == {"expected": 1}
    refused(errors.OfflineLineForged, lambda: device.upload(replace(first, bill_fen=9999)))
    device.upload(first)
    refused(errors.OfflineLineDiffers, lambda: device.upload(device.signed(replace(first, bill_fen=9999))))
    refused(errors.OfflineLineDiffers, lambda: device.upload(device.signed(replace(second, prev="f" * 64))))


def test_a_revoked_device_s_lines_are_not_taken(shop, of, device, resident):
    line = device.accept(offline_code(resident, claim(resident, of)))
    number = Device.objects.get().pk
    with transaction.atomic():
        merchants.revoke_device(by=manager(shop), store_id=shop.pk, device_id=number, now=NOON)
    refused(errors.OfflineDeviceRevoked, lambda: device.upload(line))


def test_a_spent_voucher_s_code_is_on_the_revocation_list_while_it_lives(of, resident):
    def named(now):
        return json.loads(services.revocations(now=now).text)["ids"]

    kept, spent = claim(resident, of), claim(resident, of)
    for voucher in (kept, spent):
        offline_code(resident, voucher)
    redeem(counter(store()), spent)
    assert named(LATER) == [rules.revocation_id(spent.pk)]
    assert named(NOON + timedelta(hours=1)) == []


def test_a_kind_that_a_device_cannot_judge_has_no_offline_code():
    voucher = voucher_of(VoucherKind.MULTI_USE)
    owner = User.objects.get(pk=voucher.resident_id)
    refused(errors.OfflineNotPossible, lambda: offline_code(owner, voucher))
