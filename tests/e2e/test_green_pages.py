"""Green consumption on phones: the counter enters an order and an act, prints a receipt, and the resident claims it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Service
from tests.e2e.phone import Phone, complaints, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def test_a_counter_s_green_side_and_a_claim(
    new_phone: Callable[..., Phone], newcomer: str, service: Service, artifacts: Path
) -> None:
    counter, resident = new_phone(), new_phone()
    resident.open("/green")
    expect(resident.page.get_by_text("绿色小店（演示）解放碑店")).to_be_visible()
    expect(resident.page.get_by_text("绿色生活讲堂（演示）")).to_be_visible()
    assert complaints(resident.page) == []
    screenshot(resident.page, artifacts, "green")

    resident.open("/wallet")
    resident.log_in(newcomer)
    resident.page.get_by_role("button", name="出示个人码").click()
    resident.page.locator(".symbol summary").click()
    shown = resident.page.locator(".symbol code").inner_text()

    page = counter.open("/till")
    counter.log_in(service.demo["counters"][0]["phone"])
    page.fill("#typed-code", shown)
    page.get_by_role("button", name="使用这个码").click()
    page.fill("#amount", "129.50")
    page.fill("#order-no", "E2E-1")
    assert complaints(page) == []
    screenshot(page, artifacts, "till")
    page.get_by_role("button", name="登记并发放积分").click()
    expect(page.locator("#result .big")).to_have_text("+12 积分")
    screenshot(page, artifacts, "till-done")

    page.get_by_role("button", name="下一位顾客").click()
    page.get_by_role("button", name="绿色行为").click()
    page.fill("#typed-code", shown)
    page.get_by_role("button", name="使用这个码").click()
    page.select_option("#activity", "own_bag")
    assert complaints(page) == []
    page.get_by_role("button", name="确认这项行为").click()
    expect(page.locator("#result .big")).to_have_text("+2 积分")

    page.get_by_role("button", name="下一位顾客").click()
    page.get_by_role("button", name="绿色消费").click()
    page.fill("#amount", "50")
    page.fill("#order-no", "E2E-2")
    page.select_option("#category", "appliance|")
    with page.expect_response("**/api/v1/receipts") as answered:
        page.get_by_role("button", name="不扫码，出小票积分码").click()
    receipt = answered.value.json()
    expect(page.get_by_alt_text("小票积分码")).to_be_visible()
    assert complaints(page) == []
    screenshot(page, artifacts, "till-receipt")

    mine = resident.open(f"/s/{receipt['payload']}")
    mine.locator("#go").click()
    expect(mine.locator("#result .big")).to_have_text("+5 积分")
    expect(mine.get_by_text("绿色消费·家用电器")).to_be_visible()
    screenshot(mine, artifacts, "claimed")
    resident.faults[:] = [fault for fault in resident.faults if "/api/v1/checkins" not in fault]  # it asked there first

    row = page.locator("#orders li", has_text="E2E-1")
    row.get_by_role("button", name="退款").click()
    row.locator("input").nth(1).fill("R-1")
    row.get_by_role("button", name="确认退款").click()
    expect(page.locator("#refund-news")).to_have_text("✓ 已退款，收回 12 积分")
    assert complaints(page) == []
    screenshot(page, artifacts, "till-refunded")


def test_the_organiser_s_screen(
    new_phone: Callable[..., Phone], newcomer: str, service: Service, artifacts: Path
) -> None:
    organiser = new_phone(viewport={"width": 1024, "height": 768})
    [occasion] = service.demo["occasions"]
    page = organiser.open(f"/display/occasion/{occasion['id']}")
    organiser.log_in(service.demo["attendants"][0]["phone"])
    expect(page.locator("#occasion-title")).to_have_text(occasion["title"])
    expect(page.get_by_alt_text("活动签到二维码")).to_be_visible()
    screenshot(page, artifacts, "occasion")

    there = new_phone()
    there.open("/")
    there.log_in(newcomer)
    mine = there.open(f"/s/{service.server.demo()['occasions'][0]['code']}")
    mine.locator("#go").click()
    expect(mine.locator("#result .big")).to_have_text("+20 积分")
    there.faults[:] = [fault for fault in there.faults if "/api/v1/checkins" not in fault]
