"""`disagreements` is what `prove` trusts: each kind of fault, planted, is found and named."""

import pytest
from django.db import transaction
from django.db.models import F

from backend.core.ids import new_id
from backend.ledger import services as ledger
from backend.ledger.types import AccountRef, Asset, Kind
from campaigns import queries, services
from campaigns.models import (
    REDEEMED_POINTS,
    ClaimUse,
    Offer,
    Redemption,
    Voucher,
    campaign_account,
    merchant_account,
    outstanding_account,
)
from tests.factories import NOON, person
from tests.factories_campaigns import DAY, claim, counter, offer, redeem, store
from tests.tampering import past_the_triggers

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """A voucher in each status, of one offer, at one store."""
    shop, of = store(), offer(per_person_limit=3)
    resident = person(points=100)
    used, kept = claim(resident, of), claim(resident, of)
    claim(resident, of, NOON - DAY / 2)
    done = redeem(counter(shop), used)
    with transaction.atomic():
        services.expire_due(by="test", now=NOON + 10 * DAY - DAY / 4)
    assert list(queries.disagreements()) == []
    return {"offer": of, "store": shop, "used": used, "kept": kept, "redemption": done, "resident": resident}


def found() -> str:
    return "\n".join(queries.disagreements())


def transfer(debit, credit, code, amount=500):
    with transaction.atomic():
        ledger.post(
            debit=debit,
            credit=credit,
            amount=amount,
            code=code,
            reference=str(new_id()),
            event_id=new_id(),
            now=NOON,
        )


def test_a_counter_that_drifted(world):
    Offer.objects.update(claimed=F("claimed") - 1)
    assert f"offer {world['offer'].pk}: counter says 2 claimed, there are 3 vouchers" in found()


def test_a_voucher_without_a_claim(world):
    Voucher.objects.filter(pk=world["kept"].pk).update(face_value_fen=501)
    assert f"offer {world['offer'].pk}: vouchers 3 (1501), claims 3 (1500)" in found()


def test_a_claim_without_a_voucher(world):
    transfer(campaign_account(world["offer"].pk), outstanding_account(world["offer"].pk), "voucher_claim")
    assert f"offer {world['offer'].pk}: vouchers 3 (1500), claims 4 (2000)" in found()


def test_a_voucher_redeemed_by_nobody(world):
    Voucher.objects.filter(pk=world["kept"].pk).update(status="redeemed", remaining_fen=0)
    assert f"voucher {world['kept'].pk}: redeemed and worth 0, its redemptions leave 500" in found()
    assert f"offer {world['offer'].pk}: 500 fen outstanding, vouchers remain worth 0" in found()


def test_a_redemption_of_a_voucher_that_is_still_good(world):
    with past_the_triggers():
        Voucher.objects.filter(pk=world["used"].pk).update(status="claimed", remaining_fen=500)
    assert f"voucher {world['used'].pk}: claimed and worth 500, its redemptions leave 0" in found()


def test_a_voucher_expired_without_its_money(world):
    Voucher.objects.filter(pk=world["kept"].pk).update(status="expired", remaining_fen=0)
    assert f"offer {world['offer'].pk}: expired vouchers 2 (1000), returns 1 (500)" in found()


def test_a_payment_to_a_merchant_for_nothing(world):
    merchant = world["store"].merchant_id
    transfer(outstanding_account(world["offer"].pk), merchant_account(merchant), "voucher_redemption")
    assert f"offer {world['offer'].pk}: redemptions 1 (500), payments 2 (1000)" in found()
    assert f"merchant {merchant}: redemptions 1 (500), payments 2 (1000)" in found()


def test_a_merchant_paid_in_another_s_place(world):
    """Each offer's sum is right, the payees are not."""
    other = store("乙店", uscc="91110000600037341L")
    with past_the_triggers():
        Redemption.objects.update(store=other)
    assert f"merchant {other.merchant_id}: redemptions 1 (500), payments 0 (0)" in found()


def test_points_that_were_never_paid(world):
    Voucher.objects.filter(pk=world["kept"].pk).update(points_paid=21)
    assert "points: vouchers 3 (61), payments 3 (60)" in found()
    transfer(REDEEMED_POINTS, AccountRef(Asset.POINT, "x", Kind.OPEN), "voucher_claim", 1)
    assert "payments 4 (61)" in found()


def test_a_limit_that_was_not_counted(world):
    ClaimUse.objects.update(used=2)
    place = f"offer {world['offer'].pk}, person {world['resident'].pk}: limit counts 2, vouchers 3"
    assert place in found()
    ClaimUse.objects.all().delete()
    assert "limits count 0 claims, there are 3 vouchers" in found()
