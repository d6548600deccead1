"""Payment accounts make one person of several accounts: at a till, at a counter, and in a partner's feed."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction

from backend.accounts import queries as people
from backend.accounts import rules
from backend.accounts import services as accounts
from backend.accounts.models import MarkHolder, User
from backend.accounts.services import payer_digest
from backend.accounts.types import MarkKind
from backend.earning import services as earning
from backend.earning.errors import CapReached
from backend.earning.models import Appeal
from backend.earning.types import ReasonCode
from backend.inbox.models import Message
from backend.inbox.types import Kind
from backend.purchases import errors, services
from backend.purchases.models import Purchase, ReceiptPayer
from backend.travel.models import Ride
from campaigns import services as campaigns
from campaigns.errors import ClaimLimitReached, SpanLimitReached
from campaigns.types import Limits
from tests import factories_campaigns as vouchers
from tests import factories_purchases as green
from tests import factories_redemptions as counters
from tests import factories_travel as travel
from tests.factories import NOON, person
from tests.factories_campaigns import DAY, counter

pytestmark = pytest.mark.django_db(transaction=True)
PAYER = "alipay:2088102122458832"


def sale(order_no: str, payer: str = PAYER) -> Any:
    return replace(green.sale(order_no), payer_digest=payer_digest(payer) if payer else "")


def are_one(*users: User) -> bool:
    return len({people.person_of(user.pk) for user in users}) == 1


def told(user: User) -> int:
    return Message.objects.filter(user=user, kind=Kind.JOINED).count()


def everything_stored() -> str:
    """All rows of all tables, as text."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found.append(str(cursor.fetchall()))
    return "\n".join(found)


@pytest.fixture
def cashier() -> Any:
    green.purchase_rule(day_points=20)
    return counter(green.green_store())


def test_two_accounts_that_pay_with_one_account_have_one_limit(cashier: User) -> None:
    anna, ben, carla = person(), person(), person()
    green.claim(anna, green.receipt(cashier, sale("A-1")))
    green.claim(carla, green.receipt(cashier, sale("A-2", "alipay:another-one")))  # the control: a limit of her own
    with pytest.raises(CapReached):
        green.claim(ben, green.receipt(cashier, sale("A-3")))
    assert not are_one(anna, ben)  # what was refused left nothing behind
    assert (Purchase.objects.count(), told(anna), told(ben)) == (2, 0, 0)
    green.claim(ben, green.receipt(cashier, sale("A-4"), now=NOON + DAY), now=NOON + DAY)
    assert (are_one(anna, ben), are_one(anna, carla)) == (True, False)
    assert (told(anna), told(ben), told(carla)) == (1, 1, 0)
    with pytest.raises(CapReached):
        green.claim(anna, green.receipt(cashier, sale("A-5", ""), now=NOON + DAY), now=NOON + DAY)


def test_what_an_account_used_before_it_was_joined_counts_for_the_person(cashier: User) -> None:
    """Whoever comes later may be the older account, whose id the person then bears."""
    older, younger = person(), person()
    green.claim(younger, green.receipt(cashier, sale("A-1", "")))  # all that a day allows, paid in cash
    with transaction.atomic():
        for who in (younger, older):
            earning.note_payers(resident_id=who.pk, digests=[payer_digest(PAYER)], now=NOON)
    assert people.person_of(younger.pk) == older.pk
    for who in (older, younger):
        with pytest.raises(CapReached):
            green.claim(who, green.receipt(cashier, sale(f"A-{who.pk}", "")))
    assert Purchase.objects.count() == 1
    tomorrow = NOON + DAY
    green.claim(older, green.receipt(cashier, sale("A-3", ""), now=tomorrow), now=tomorrow)


def test_without_a_payer_each_has_their_own_limit(cashier: User) -> None:
    for number, who in enumerate([person(), person()]):
        green.claim(who, green.receipt(cashier, sale(f"A-{number}", "")))
    assert (Purchase.objects.count(), MarkHolder.objects.count(), ReceiptPayer.objects.count()) == (2, 0, 0)


def test_a_counter_that_enters_a_purchase_says_the_payer_too(cashier: User) -> None:
    anna, ben = person(), person()
    for number, who in enumerate([anna, ben]):
        later = NOON + number * DAY
        with transaction.atomic():
            services.buy_at_counter(
                by=cashier, store_id=None, resident_code=green.resident_code(who, later), sale=sale(f"A-{number}"),
                now=later,
            )  # fmt: skip
    assert are_one(anna, ben)
    assert not ReceiptPayer.objects.exists()


def test_who_pays_with_the_cashier_s_account_is_at_their_own_till(cashier: User) -> None:
    with transaction.atomic():
        accounts.note_mark(user=cashier, kind=MarkKind.PAYMENT, value=PAYER, now=NOON)
    receipt = green.receipt(cashier, sale("A-1"))
    with pytest.raises(errors.OwnTill):
        green.claim(person(), receipt)
    assert Purchase.objects.count() == 0


def test_a_redemption_s_payer_carries_the_limit_on_claims() -> None:
    of, other, cashier = vouchers.offer(), vouchers.offer(), counter(vouchers.store())
    anna, ben = person(points=50), person(points=50)
    first = vouchers.redeem(cashier, vouchers.claim(anna, of), payer=PAYER)
    assert first.discount_fen == 500
    voucher = vouchers.claim(ben, of)  # they were two people until they paid
    made = counters.preview(cashier, voucher, order_no="A-2", hold=True)
    assert made.hold is not None
    with transaction.atomic():
        campaigns.redeem_held(by=cashier, hold_id=made.hold.pk, payer=PAYER, now=NOON)
    assert are_one(anna, ben)
    vouchers.claim(anna, other)
    with pytest.raises(ClaimLimitReached):
        vouchers.claim(ben, other)


@pytest.mark.parametrize(
    "terms", [{}, {"per_person_limit": 3, "campaign": {"limits": Limits(per_day=1)}}], ids=["of an offer", "of a day"]
)
def test_what_was_claimed_before_counts_for_the_person_who_bears_an_older_account_s_id(terms: dict[str, Any]) -> None:
    older, younger, stranger = person(points=50), person(points=50), person(points=50)
    of = vouchers.offer(**terms)
    vouchers.claim(younger, of)
    with transaction.atomic():
        for who in (younger, older):
            earning.note_payers(resident_id=who.pk, digests=[payer_digest(PAYER)], now=NOON)
    for who in (older, younger):
        with pytest.raises((ClaimLimitReached, SpanLimitReached)):
            vouchers.claim(who, of)
    vouchers.claim(stranger, of)


def test_a_partner_s_line_names_the_payer_of_whoever_linked_the_card() -> None:
    travel.standard_rules()
    (anna, card), (ben, other), partner = travel.linked(), travel.linked(), travel.partner()
    lines = [
        travel.event(card, payer=PAYER),
        travel.event(other, payer=PAYER),
        travel.event(travel.card(), payer=PAYER),
    ]
    assert [each.refusal for each in travel.record(partner, lines)] == [None] * 3
    travel.settle()
    assert are_one(anna, ben)
    assert sorted(bool(payer) for payer in Ride.objects.values_list("payer", flat=True)) == [False, False, True]
    [refused] = travel.record(partner, [travel.event(card, payer="cash")])
    assert refused.refusal is not None


def test_the_reference_itself_is_nowhere(cashier: User) -> None:
    travel.standard_rules()
    (anna, card), partner = travel.linked(), travel.partner()
    unclaimed = green.receipt(cashier, sale("A-0", "wechat:oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"))
    green.claim(anna, green.receipt(cashier, sale("A-1")))
    travel.record(partner, [travel.event(card, payer=PAYER), travel.event(travel.card(), payer=PAYER)])
    travel.settle()
    stored = everything_stored()
    assert payer_digest(PAYER) in stored  # the control: we read the tables
    assert "2088102122458832" not in stored
    assert "oUpF8uMuAJO" not in stored
    with transaction.atomic():
        assert services.forget_payers(now=unclaimed.expires_at) == 1
        assert services.forget_payers(now=unclaimed.expires_at) == 0
    assert not ReceiptPayer.objects.exists()


def test_split_on_appeal_each_has_their_own_limit_again(cashier: User) -> None:
    anna, ben, operator = person(), person(), travel.operator()
    for number, who in enumerate([anna, ben]):
        later = NOON + number * DAY
        green.claim(who, green.receipt(cashier, sale(f"A-{number}"), now=later), now=later)
    with transaction.atomic():
        appeal = earning.appeal_one_person(by=ben, text="父亲的亲情卡", now=NOON + DAY)
    with transaction.atomic():
        earning.decide_appeal(
            by=operator, appeal_id=appeal.pk, uphold=True, reason_code=ReasonCode.EXPLAINED, reason="核实",
            now=NOON + DAY,
        )  # fmt: skip
    later = NOON + 2 * DAY
    for number, who in enumerate([anna, ben]):
        green.claim(who, green.receipt(cashier, sale(f"B-{number}"), now=later), now=later)
    assert not are_one(anna, ben)
    assert Appeal.objects.get().state == "upheld"


def test_a_reference_that_a_crowd_comes_with_joins_nobody_further() -> None:
    """A till that sends one constant must not make the district one person."""
    crowd = [person() for _ in range(rules.PAYMENT_JOINS + 2)]
    for who in crowd:
        with transaction.atomic():
            earning.note_payers(resident_id=who.pk, digests=[payer_digest("till:constant")], now=NOON)
    assert are_one(*crowd[: rules.PAYMENT_JOINS])
    assert [people.person_of(who.pk) for who in crowd[rules.PAYMENT_JOINS :]] == [
        who.pk for who in crowd[rules.PAYMENT_JOINS :]
    ]
    assert [*people.cluster_disagreements()] == []
