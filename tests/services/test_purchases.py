"""Green purchases: what is green, one claim for each order, refunds within it, nobody at their own till."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from backend.accounts import services as accounts
from backend.accounts.queries import points_account
from backend.accounts.types import MarkKind
from backend.core.errors import Forbidden, NotFound
from backend.core.ids import new_id
from backend.earning.errors import CapReached, TooLittle
from backend.earning.models import Award
from backend.edge.errors import NonceUsed
from backend.edge.signing import Claim
from backend.ledger import proof
from backend.ledger import queries as ledger
from backend.ledger.models import Transfer
from backend.merchants import services as merchants
from backend.purchases import errors, queries, services
from backend.purchases.models import Certification, Goods, Purchase, Receipt, Refund, TillKey
from backend.purchases.types import Category, Refunded
from backend.tokens.errors import CodeForged, CodeUsed, CodeWrongPurpose
from tests import factories_purchases as green
from tests.factories import NOON, person
from tests.factories_campaigns import DAY, USCCS, counter, store
from tests.tampering import past_the_triggers

pytestmark = pytest.mark.django_db(transaction=True)


def points(of: Any) -> int:
    return ledger.balance(points_account(of.pk))


def agree() -> bool:
    return [*queries.disagreements(), *proof.balances(), *proof.chains(), *proof.lots()] == []


def refund(cashier: Any, of: Receipt, fen: int, reference: str = "R-1") -> Refunded:
    with transaction.atomic():
        return services.refund_at_counter(
            by=cashier, store_id=None, receipt_id=of.pk, refund_fen=fen, reference=reference, now=NOON
        )


def buy(cashier: Any, who: Any, sale: Any = None) -> Any:
    with transaction.atomic():
        return services.buy_at_counter(
            by=cashier, store_id=None, resident_code=green.resident_code(who), sale=sale or green.sale(), now=NOON
        )


@pytest.fixture
def cashier() -> Any:
    green.purchase_rule()
    return counter(green.green_store())


def test_a_receipt_earns_once_and_says_why(cashier: Any) -> None:
    who, other, receipt = person(), person(), green.receipt(cashier)
    done = green.claim(who, receipt)
    assert (done.id, done.awarded.points, done.awarded.carbon_mg, points(who)) == (receipt.pk, 20, 0, 20)
    assert "在「绿色商场店」绿色消费·家用电器" in done.awarded.why_zh
    for late in (who, other):
        with pytest.raises(errors.ReceiptClaimed):
            green.claim(late, receipt)
    assert (points(who), points(other), Purchase.objects.count(), Award.objects.count()) == (20, 0, 1, 1)
    assert agree()


def test_the_same_order_gives_the_same_code_until_it_is_claimed(cashier: Any) -> None:
    first = green.receipt(cashier)
    assert green.receipt(cashier).pk == first.pk
    with pytest.raises(errors.OrderNoUsed):
        green.receipt(cashier, green.sale(amount_fen=999_900))
    green.claim(person(), first)
    with pytest.raises(errors.OrderNoUsed):
        green.receipt(cashier)
    with pytest.raises(errors.OrderNoUsed):
        buy(cashier, person())
    assert (Receipt.objects.count(), Award.objects.count()) == (1, 1)


def test_a_receipt_ends_with_its_days(cashier: Any, settings: Any) -> None:
    who, receipt = person(), green.receipt(cashier)
    assert receipt.expires_at == NOON + timedelta(days=settings.RECEIPT_VALID_DAYS)
    with pytest.raises(errors.ReceiptExpired):
        green.claim(who, receipt, receipt.expires_at)
    assert points(who) == 0
    green.claim(who, receipt, receipt.expires_at - timedelta(microseconds=1))
    assert points(who) == 20


def test_a_late_claim_counts_in_the_day_of_the_order() -> None:
    """Keeping receipts does not get round the day's cap."""
    green.purchase_rule(day_points=30)
    cashier, who = counter(green.green_store()), person()
    receipts = [green.receipt(cashier, green.sale(f"A-{n}")) for n in range(3)]
    assert [green.claim(who, each, NOON + n * DAY).awarded.points for n, each in enumerate(receipts[:2])] == [20, 10]
    with pytest.raises(CapReached):
        green.claim(who, receipts[2], NOON + 2 * DAY)
    assert (points(who), Purchase.objects.count()) == (30, 2)


def test_only_certified_stores_and_listed_goods_earn(cashier: Any) -> None:
    plain = counter(store("普通店", uscc=USCCS[1]))
    with pytest.raises(errors.StoreNotCertified):
        green.receipt(plain)
    with pytest.raises(errors.CategoryNotGreen) as wrong:
        green.receipt(cashier, green.sale(category=Category.FOOD))
    assert wrong.value.data == {"category": "food", "green": ["appliance"]}
    green.goods(Category.FOOD, product="6901234567892")
    with pytest.raises(errors.ProductNotGreen):
        green.receipt(cashier, green.sale(category=Category.FOOD))
    with pytest.raises(TooLittle):
        buy(cashier, person(), green.sale(amount_fen=999))
    assert (Receipt.objects.count(), Award.objects.count()) == (0, 0)


def test_an_ended_certificate_or_label_earns_no_more_and_takes_nothing_back(cashier: Any) -> None:
    who, before = person(), green.receipt(cashier)
    certification, goods = Certification.objects.get(), Goods.objects.get()
    with transaction.atomic():
        services.end(by="test", kind=Certification, row_id=certification.pk, now=NOON)
    with pytest.raises(errors.StoreNotCertified):
        green.receipt(cashier, green.sale("A-2"))
    with transaction.atomic(), pytest.raises(errors.RegistrationEnded):
        services.end(by="test", kind=Certification, row_id=certification.pk, now=NOON)
    with transaction.atomic():
        services.end(by="test", kind=Goods, row_id=goods.pk, now=NOON)
    assert green.claim(who, before).awarded.points == 20  # it was green when it was bought
    assert queries.listed(NOON) == set()


def test_a_suspended_merchant_s_till_earns_nothing(cashier: Any) -> None:
    with transaction.atomic():
        merchants.suspend(by="test", merchant_id=Certification.objects.get().store.merchant_id, reason="x", now=NOON)
    with pytest.raises(errors.StoreStopped):
        green.receipt(cashier)
    assert Receipt.objects.count() == 0


def test_who_works_there_earns_nothing_there_under_any_account(cashier: Any) -> None:
    twin = person()
    with transaction.atomic():
        for each in (cashier, twin):
            accounts.note_mark(user=each, kind=MarkKind.DEVICE, value="one phone", now=NOON)
    receipt = green.receipt(cashier)
    for own in (cashier, twin):
        with pytest.raises(errors.OwnTill):
            green.claim(own, receipt)
        with pytest.raises(errors.OwnTill):
            buy(cashier, own, green.sale("A-2"))
    assert (Receipt.objects.count(), Award.objects.count()) == (1, 0)
    assert green.claim(person(), receipt).awarded.points == 20


def test_a_counter_scans_one_code_for_one_purchase(cashier: Any) -> None:
    who, receipt = person(), green.receipt(cashier, green.sale("A-9"))
    assert buy(cashier, who).awarded.points == 20
    with pytest.raises(CodeUsed):
        buy(cashier, who, green.sale("A-2"))
    with pytest.raises(Forbidden):
        buy(person(), who, green.sale("A-3"))
    with pytest.raises(CodeWrongPurpose), transaction.atomic():
        services.claim(by=who, code=green.resident_code(who), now=NOON)
    code = green.receipt_code(receipt)
    with pytest.raises(CodeForged), transaction.atomic():
        services.claim(by=who, code=code[:-1] + ("A" if code[-1] != "A" else "B"), now=NOON)
    assert (points(who), Purchase.objects.count()) == (20, 1)


def test_refunds_before_and_after_the_claim_stay_within_the_order(cashier: Any) -> None:
    who, receipt = person(), green.receipt(cashier)
    assert refund(cashier, receipt, 5_000, "before").points == 0
    assert green.claim(who, receipt).awarded.points == 15
    assert (refund(cashier, receipt, 4_000, "one").points, points(who)) == (4, 11)
    assert refund(cashier, receipt, 4_000, "one") == Refunded(Refund.objects.get(reference="one").pk, 4_000, 4, 11_000)
    with pytest.raises(errors.PurchaseRefundReferenceUsed):
        refund(cashier, receipt, 4_001, "one")
    with pytest.raises(errors.PurchaseRefundTooLarge) as wrong:
        refund(cashier, receipt, 11_001, "two")
    assert wrong.value.data == {"left_fen": 11_000}
    assert (points(who), Refund.objects.count()) == (11, 2)
    assert refund(cashier, receipt, 11_000, "two").points == 11
    assert points(who) == 0
    assert agree()


def test_an_order_refunded_in_full_has_nothing_to_claim(cashier: Any) -> None:
    who, receipt = person(), green.receipt(cashier)
    refund(cashier, receipt, 20_000)
    with pytest.raises(errors.ReceiptRefunded):
        green.claim(who, receipt)
    assert (points(who), Award.objects.count()) == (0, 0)
    assert agree()


def test_another_store_cannot_refund(cashier: Any) -> None:
    who, receipt = person(), green.receipt(cashier)
    green.claim(who, receipt)
    elsewhere = counter(green.green_store("另一店", uscc=USCCS[1]))
    with pytest.raises(NotFound):
        refund(elsewhere, receipt, 1)
    assert (points(who), Refund.objects.count()) == (20, 0)


def test_a_signed_till_is_acted_on_once(cashier: Any) -> None:
    key = TillKey.objects.select_related("store__merchant").get(
        key_id=green.till_key(Certification.objects.get().store).key_id
    )
    signed = Claim(key.key_id, "0", "n" * 16, "0" * 64)
    with transaction.atomic():
        made = services.issue_at_till(key=key, claim=signed, sale=green.sale(), now=NOON)
    with pytest.raises(NonceUsed), transaction.atomic():
        services.issue_at_till(key=key, claim=signed, sale=green.sale("A-2"), now=NOON)
    assert list(Receipt.objects.values_list("issued_by", flat=True)) == [key.key_id]
    assert green.claim(person(), made).awarded.points == 20


def test_two_keys_are_good_at_once_and_no_third(cashier: Any) -> None:
    at = Certification.objects.get().store
    first, second = green.till_key(at), green.till_key(at)
    with pytest.raises(errors.TillKeyLimit):
        green.till_key(at)
    with transaction.atomic():
        services.revoke_till_key(by="test", store_id=at.pk, key_id=first.key_id, now=NOON)
    assert queries.till_key(first.key_id) is None
    assert queries.till_key(second.key_id) is not None
    assert TillKey.objects.get(key_id=first.key_id).secret_sealed == ""
    green.till_key(at)


def test_the_database_keeps_one_receipt_an_order_and_its_bounds(cashier: Any) -> None:
    receipt = green.receipt(cashier)
    same = {"store": receipt.store, "category": "appliance", "issued_at": NOON, "expires_at": NOON, "issued_by": "x"}
    for wrong in ({"order_no": "A-1", "amount_fen": 1}, {"order_no": "A-2", "amount_fen": 5_000_001}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Receipt.objects.create(**same, **wrong)
    assert Receipt.objects.count() == 1


def test_prove_finds_what_is_not_in_the_books(cashier: Any) -> None:
    receipt = green.receipt(cashier)
    green.claim(person(), receipt)
    refund(cashier, receipt, 1_000)
    assert list(queries.disagreements()) == []
    with past_the_triggers():
        Transfer.objects.filter(reference=f"award:{Purchase.objects.get().award_id}").update(reference="gone")
        Refund.objects.update(refund_fen=2_000)
        Purchase.objects.update(resident_id=new_id(), amount_fen=1)
    found = "\n".join(queries.disagreements())
    for said in (
        "for somebody or something else",
        "not in the books",
        "the refunds say 2000",
        "another amount",
        "left of",
    ):
        assert said in found
