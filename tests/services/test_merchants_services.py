"""Registering, suspending, and whose counter is where."""

import pytest
from django.db import IntegrityError, transaction

from backend.audit.models import AuditRow
from backend.core.errors import Forbidden, NotFound
from backend.core.ids import new_id
from backend.core.transactions import NoTransaction
from backend.merchants import queries, services
from backend.merchants.errors import MerchantExists, StoreRequired, UsccInvalid
from backend.merchants.models import Merchant, Store
from tests.factories import NOON, person
from tests.factories_campaigns import USCCS, counter, store

pytestmark = pytest.mark.django_db


def actions() -> list[str]:
    rows = AuditRow.objects.filter(action__startswith="merchants.")
    return list(rows.order_by("pk").values_list("action", flat=True))


def test_a_merchant_is_registered_once_under_its_normal_code():
    with transaction.atomic():
        merchant = services.register_merchant(by="op", name="小店", uscc=USCCS[0].lower(), now=NOON)
        with pytest.raises(MerchantExists):
            services.register_merchant(by="op", name="另一家", uscc=USCCS[0], now=NOON)
    assert (merchant.uscc, merchant.status) == (USCCS[0], "active")
    assert (Merchant.objects.count(), actions()) == (1, ["merchants.register"])


def test_a_wrong_code_registers_nobody():
    with pytest.raises(UsccInvalid), transaction.atomic():
        services.register_merchant(by="op", name="小店", uscc="91350100M000100Y4Z", now=NOON)
    assert (Merchant.objects.count(), actions()) == (0, [])


def test_a_store_needs_its_merchant():
    with pytest.raises(NotFound), transaction.atomic():
        services.add_store(by="op", merchant_id=new_id(), name="店", address="路", lat=29, lng=106, now=NOON)
    assert Store.objects.count() == 0


@pytest.mark.parametrize(("lat", "lng"), [(91, 0), (-91, 0), (0, 181), (0, -181), (float("nan"), 0)])
def test_a_store_lies_on_the_earth(lat, lng):
    merchant = store().merchant
    with pytest.raises(IntegrityError), transaction.atomic():
        services.add_store(by="op", merchant_id=merchant.pk, name="月球店", address="-", lat=lat, lng=lng, now=NOON)
    assert Store.objects.count() == 1


def test_suspending_and_lifting_it_are_told_once_each():
    merchant = store().merchant
    for verb in (services.suspend, services.suspend, services.reinstate, services.reinstate):
        with transaction.atomic():
            verb(by="op", merchant_id=merchant.pk, reason="核查", now=NOON)
    assert actions()[2:] == ["merchants.suspend", "merchants.reinstate"]
    merchant.refresh_from_db()
    assert merchant.status == "active"


@pytest.mark.parametrize("verb", [services.suspend, services.reinstate])
def test_an_unknown_merchant_is_not_found(verb):
    with pytest.raises(NotFound), transaction.atomic():
        verb(by="op", merchant_id=new_id(), reason="核查", now=NOON)
    assert actions() == []


def test_a_step_wants_a_transaction():
    with pytest.raises(NoTransaction):
        services.suspend(by="op", merchant_id=new_id(), reason="核查", now=NOON)


def test_a_counter_works_at_its_own_store_and_no_other():
    mine, other = store("甲店"), store("乙店", uscc=USCCS[1])
    user = counter(mine)
    assert queries.counter_store(user, None) == mine
    assert queries.counter_store(user, mine.pk) == mine
    for who, wanted in [(user, other.pk), (user, new_id()), (person(), mine.pk), (person(), None)]:
        with pytest.raises(Forbidden):
            queries.counter_store(who, wanted)


def test_a_counter_of_two_stores_says_which():
    first, second = store("甲店"), store("乙店", uscc=USCCS[1])
    user = counter(first, second)
    with pytest.raises(StoreRequired) as refused:
        queries.counter_store(user, None)
    assert {each["name"] for each in refused.value.data["stores"]} == {"甲店", "乙店"}
    assert queries.counter_store(user, second.pk) == second
