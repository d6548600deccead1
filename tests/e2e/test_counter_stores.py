"""A counter who works at several stores says at which, once on a phone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Service
from tests.e2e.phone import Phone, look

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

TWO_STORES = """
from django.db import transaction
from backend.accounts import services as accounts
from backend.accounts.types import Role
from backend.core import clock
from backend.merchants import services as merchants
from backend.merchants.models import Store

now = clock.now()
with transaction.atomic():
    first = Store.objects.order_by("pk").first()
    second = merchants.add_store(by="test", merchant_id=first.merchant_id, name="绿色小店（演示）大坪店",
        address="渝中区大坪（演示地址）", lat=29.54, lng=106.52, now=now)
    user = accounts.person_of(phone="13800000092", now=now)
    for store in (first, second):
        accounts.grant(by="test", user=user, role=Role.COUNTER, scope_kind="store", scope_id=store.pk, now=now)
"""

# A cashier of their own: a number gets one code a minute.
ONE_STORE = """
from django.db import transaction
from backend.accounts import services as accounts
from backend.accounts.types import Role
from backend.core import clock
from backend.merchants.models import Store

now = clock.now()
with transaction.atomic():
    user, store = accounts.person_of(phone="13800000091", now=now), Store.objects.order_by("pk").first()
    accounts.grant(by="test", user=user, role=Role.COUNTER, scope_kind="store", scope_id=store.pk, now=now)
"""


def test_a_counter_of_two_stores_chooses_and_is_remembered(
    new_phone: Callable[..., Phone], service: Service, artifacts: Path
) -> None:
    service.server.manage("shell", "-c", TWO_STORES)
    counter = new_phone()
    page = counter.open("/counter")
    counter.log_in("13800000092")
    store = page.get_by_label("所在门店")
    with page.expect_response("**/api/v1/redemptions?*store=*"):
        store.select_option("绿色小店（演示）大坪店")
    counter.settle()
    look(page, artifacts, "several-stores-counter")
    with page.expect_response("**/api/v1/receipts?*store=*"):
        counter.open("/till")
    expect(store.locator("option:checked")).to_have_text("绿色小店（演示）大坪店")
    look(page, artifacts, "several-stores-till")


# A merchant of its own, suspended.
SUSPENDED = """
from django.db import transaction
from backend.accounts import services as accounts
from backend.accounts.types import Role
from backend.core import clock
from backend.merchants import services as merchants

now = clock.now()
with transaction.atomic():
    merchant = merchants.register_merchant(by="test", name="停业商户", uscc="91500103MA5U00000D", now=now)
    store = merchants.add_store(by="test", merchant_id=merchant.pk, name="停业商户店", address="渝中区（演示地址）",
        lat=29.54, lng=106.52, now=now)
    user = accounts.person_of(phone="13800000088", now=now)
    accounts.grant(by="test", user=user, role=Role.COUNTER, scope_kind="store", scope_id=store.pk, now=now)
    merchants.suspend(by="test", merchant_id=merchant.pk, reason="核销记录待核实", now=now)
"""


def test_a_counter_of_a_suspended_merchant_reads_why(new_phone: Callable[..., Phone], service: Service) -> None:
    service.server.manage("shell", "-c", SUSPENDED)
    counter = new_phone()
    page = counter.open("/counter")
    counter.log_in("13800000088")
    expect(page.locator("#suspended")).to_contain_text("现在不能核销：核销记录待核实")


def test_a_counter_of_one_store_sees_which_and_is_not_asked(new_phone: Callable[..., Phone], service: Service) -> None:
    service.server.manage("shell", "-c", ONE_STORE)
    counter = new_phone()
    page = counter.open("/counter")
    counter.log_in("13800000091")
    expect(page.locator("#workplace")).to_have_text("绿色小店（演示）解放碑店")
    expect(page.locator("#workplace select")).to_have_count(0)
