"""A merchant's page at phone size: the day, a statement with its lines, a question, an agreement, a download."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Service
from tests.e2e.phone import Phone, look

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

# Two vouchers used today, and the run of the night to come, as the worker would make it tomorrow.
A_DAY = """
from datetime import timedelta
from django.db import transaction
from backend.accounts import services as accounts
from backend.accounts.types import Role
from backend.core import clock
from backend.ops import demo
from backend.tokens import services as tokens
from backend.tokens.types import Purpose
from campaigns import services
from campaigns.models import Offer
from tests.factories import give_points
from tests.factories_campaigns import USCCS
from tests.factories_campaigns import store as shop

now = clock.now()
with transaction.atomic():
    resident = accounts.person_of(phone="13800000098", now=now)
    store = shop("商户页测试店", uscc=USCCS[1], now=now)
    owner, cashier = (accounts.person_of(phone=f"1380000007{last}", now=now) for last in (5, 6))
    accounts.grant(by="test", user=owner, role=Role.OWNER, scope_kind="merchant", scope_id=store.merchant_id, now=now)
    accounts.grant(by="test", user=cashier, role=Role.COUNTER, scope_kind="store", scope_id=store.pk, now=now)
    give_points(resident, 100, now)
    offer = Offer.objects.filter(way="exchange").order_by("points_price").first()
    for number in (1, 2):
        voucher = services.claim(by=resident, offer_id=offer.pk, now=now)
        code = tokens.issue(purpose=Purpose.VOUCHER, subject=voucher.pk, now=now).url
        services.redeem(by=cashier, code=code, bill_fen=3000, order_no=f"D-{number}", now=now)
    tomorrow = clock.local(now).date() + timedelta(days=1)
    services.settle(by="night", until=tomorrow, now=clock.start_of(tomorrow))
"""


def test_an_owner_reads_questions_agrees_and_saves(
    new_phone: Callable[..., Phone], service: Service, artifacts: Path, tmp_path: Path
) -> None:
    service.server.manage("shell", "-c", A_DAY)
    owner = new_phone(accept_downloads=True)
    page = owner.open("/merchant")
    owner.log_in("13800000075")  # a day that no other test adds to
    expect(page.locator("#day-facts")).to_contain_text("¥10.00")
    expect(page.locator("#statements")).to_contain_text("待确认")
    look(page, artifacts, "merchant-overview")
    page.locator("#statements a").click()
    expect(page.locator("#lines li")).to_have_count(2)
    look(page, artifacts, "merchant-statement")
    page.get_by_role("button", name="有异议").first.click()
    page.get_by_label("异议原因").fill("小票金额不符")
    look(page, artifacts, "merchant-question")
    page.get_by_role("button", name="提交异议").click()
    expect(page.locator("#lines")).to_contain_text("小票金额不符")
    expect(page.locator("#head")).to_contain_text("−¥5.00")
    page.get_by_role("button", name="确认金额 ¥5.00").click()
    expect(page.locator("#head")).to_contain_text("已确认")
    with page.expect_download() as saved:
        page.get_by_role("button", name="下载表格").click()
    saved.value.save_as(tmp_path / "statement.xlsx")
    assert (tmp_path / "statement.xlsx").read_bytes()[:2] == b"PK"
    assert saved.value.suggested_filename.endswith(".xlsx")
    look(page, artifacts, "merchant-confirmed")
    page.get_by_role("button", name="返回列表").click()
    expect(page.locator("#statements")).to_contain_text("已确认")


def test_somebody_else_is_told_whose_page_it_is(new_phone: Callable[..., Phone], newcomer: str) -> None:
    resident = new_phone()
    page = resident.open("/merchant")
    resident.log_in(newcomer)
    expect(page.locator("#not-merchant")).to_be_visible()
    expect(page.locator("#overview")).to_be_hidden()
