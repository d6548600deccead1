"""Somebody without a phone leaves the desk with a slip, and a counter takes it by its nine characters."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Service
from tests.e2e.phone import Phone, look, read_symbol

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

# Numbers of their own: a number gets one code a minute.
A6_POINTS = (298, 420)
PHONE = "13800000094"
A_VOUCHER = """
from django.db import transaction
from backend.accounts import services as accounts
from backend.accounts.types import Role
from backend.core import clock
from backend.merchants.models import Store
from backend.ops import demo
from campaigns import services
from campaigns.models import Offer
from tests.factories import give_points

now = clock.now()
with transaction.atomic():
    resident = accounts.person_of(phone="13800000094", now=now)
    give_points(resident, 100, now)
    services.claim(by=resident, offer_id=Offer.objects.get(title=demo.OFFERS[0].title).pk, now=now)
    cashier, store = accounts.person_of(phone="13800000090", now=now), Store.objects.order_by("pk").first()
    accounts.grant(by="test", user=cashier, role=Role.COUNTER, scope_kind="store", scope_id=store.pk, now=now)
"""
THE_CODE = """
from backend.tokens import services as tokens
from backend.tokens.types import Purpose
from campaigns.models import Slip
print("code", tokens.code_on_paper(purpose=Purpose.VOUCHER_PRINTED, subject=Slip.objects.order_by("-pk")[0].pk))
"""


def test_a_slip_is_printed_recorded_and_used(
    new_phone: Callable[..., Phone], service: Service, artifacts: Path
) -> None:
    service.server.manage("shell", "-c", A_VOUCHER)
    desk, counter = new_phone(), new_phone()
    page = desk.open("/desk")
    desk.log_in(service.demo["desks"][0]["phone"])
    page.evaluate("() => { window.prints = 0; window.print = () => { window.prints += 1; }; }")
    page.get_by_label("居民的手机号").fill("13800000093")
    page.get_by_role("button", name="查找消费券").click()
    expect(page.locator("#none")).to_be_visible()
    page.get_by_label("居民的手机号").fill(PHONE)
    page.get_by_role("button", name="查找消费券").click()
    expect(page.locator("#none")).to_be_hidden()
    look(page, artifacts, "desk-found")
    page.get_by_role("button", name="打印这张券").click()
    paper = page.get_by_alt_text("纸质券：满20元减5元")
    expect(paper).to_be_visible()
    expect(page.locator("#record li")).to_have_count(1)
    expect(page.locator("#record li").first).to_contain_text("138****0094")
    assert page.evaluate("window.prints") == 1
    assert "/s/" in read_symbol(paper)
    look(page, artifacts, "desk-printed")
    page.emulate_media(media="print")
    expect(paper).to_be_visible()
    for other in ["#who", "#record", ".top", "#logout"]:
        expect(page.locator(other)).to_be_hidden()
    sheets = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", page.pdf(prefer_css_page_size=True))
    assert [(round(float(wide)), round(float(high))) for wide, high in sheets] == [A6_POINTS]
    page.emulate_media(media="screen")
    page.get_by_role("button", name="打印这张券").click()
    expect(page.locator("#record li")).to_have_count(2)
    expect(page.locator("#record li").nth(1)).to_contain_text("已换新")

    code = service.server.manage("shell", "-c", THE_CODE).split("code ")[1].strip()
    till = counter.open("/counter")
    counter.log_in("13800000090")
    till.fill("#typed-code", code)
    till.get_by_role("button", name="使用这个码").click()
    till.fill("#amount", "35")
    till.fill("#order-no", "PAPER-1")
    till.get_by_role("button", name="查看抵扣").click()
    till.get_by_role("button", name="核销", exact=True).click()
    expect(till.get_by_role("heading", name="核销成功")).to_be_visible()


def test_somebody_else_is_told_whose_page_it_is(new_phone: Callable[..., Phone]) -> None:
    resident = new_phone()
    page = resident.open("/desk")
    resident.log_in("13800000089")
    expect(page.locator("#not-desk")).to_be_visible()
    expect(page.locator("#desk")).to_be_hidden()
