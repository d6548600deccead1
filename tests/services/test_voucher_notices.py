"""What campaigns tell: a voucher came, was used, came back, ends soon; each once, and nothing to who is gone."""

from datetime import timedelta

import pytest
from django.db import transaction

from backend.accounts.models import User
from backend.inbox.models import Message
from campaigns import services
from campaigns.models import Voucher
from tests.factories import NOON, person
from tests.factories_campaigns import DAY, claim, counter, offer, redeem, store
from tests.factories_ways import run

pytestmark = pytest.mark.django_db


def told(user: User) -> list[tuple[str, str]]:
    return list(Message.objects.filter(user=user).order_by("pk").values_list("kind", "title_zh"))


def test_a_new_voucher_is_told_once_and_not_in_the_claim_itself() -> None:
    anna, of = person(points=20), offer()
    voucher = claim(anna, of)
    assert told(anna) == []
    assert run(services.tell_new_vouchers) == 1
    assert run(services.tell_new_vouchers) == 0
    assert told(anna) == [("voucher_claimed", "“满20减5元”已放进卡包")]
    message = Message.objects.get()
    assert message.data == {"voucher": str(voucher.pk), "offer": str(of.pk)}
    assert "20 积分" in message.why_zh


def test_a_use_and_its_refund_are_told_with_what_became_of_the_voucher() -> None:
    anna, cashier = person(points=20), counter(store())
    done = redeem(cashier, claim(anna, offer()))
    with transaction.atomic():
        services.give_back(by=cashier, redemption_id=done.pk, refund_fen=done.payable_fen, now=NOON)
    assert told(anna) == [
        ("redemption", "“满20减5元”已使用，抵扣 5 元"),
        ("returned", "“满20减5元”的订单已退款 20 元"),
    ]
    assert "已退回卡包" in Message.objects.get(kind="returned").why_zh


def test_the_end_is_told_once_three_days_before_and_not_of_what_was_used() -> None:
    anna, ben, cashier = person(points=20), person(points=20), counter(store())
    of = offer()  # good for ten days
    claim(anna, of)
    redeem(cashier, claim(ben, of))
    Message.objects.all().delete()
    assert run(services.tell_expiring_vouchers, NOON + 7 * DAY - timedelta(seconds=1)) == 0
    assert run(services.tell_expiring_vouchers, NOON + 7 * DAY) == 1
    assert run(services.tell_expiring_vouchers, NOON + 8 * DAY) == 0
    assert (told(anna), told(ben)) == ([("voucher_expiring", "“满20减5元”即将到期")], [])


def test_nobody_is_told_who_is_gone() -> None:
    anna, cashier = person(points=20), counter(store())
    voucher = claim(anna, offer())
    User.objects.filter(pk=anna.pk).update(is_active=False)
    run(services.tell_new_vouchers)
    redeem(cashier, voucher)
    assert Message.objects.count() == 0
    assert Voucher.objects.get().status == "redeemed"
