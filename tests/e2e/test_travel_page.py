"""The travel page at phone size: steps, a linked card, a trip between two posts, and what stands in the way."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Service
from tests.e2e.phone import Phone, complaints, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def test_steps_a_card_and_a_trail(
    new_phone: Callable[..., Phone], newcomer: str, service: Service, artifacts: Path
) -> None:
    first, *_ = next(route["heads"] for route in service.demo["routes"] if "山城步道" in route["name"])
    place = {"latitude": first["lat"], "longitude": first["lng"]}
    resident = new_phone(geolocation=place, permissions=["geolocation"])
    page = resident.open("/travel")
    resident.log_in(newcomer)
    expect(page.get_by_text("山城步道（演示）")).to_be_visible()

    page.get_by_label("步数（自行填写的按一半计）").fill("8200")
    page.get_by_role("button", name="提交步数").click()
    expect(page.locator("#result")).to_contain_text("+4")
    expect(page.locator("#today")).to_contain_text("8,200 步")

    page.get_by_label("卡号或账号").fill("5000 8888 0000 0001")
    page.get_by_role("button", name="关联", exact=True).click()
    expect(page.locator("#link-problem")).to_contain_text("关联前请同意")
    page.get_by_label("同意将运营方的乘车记录").check()
    page.get_by_role("button", name="关联", exact=True).click()
    expect(page.locator("#links")).to_contain_text("…0001")
    page.get_by_role("button", name="解除").click()
    expect(page.locator("#links")).to_be_empty()

    resident.open(f"/s/{first['code']}")
    page.get_by_role("button", name="签到得积分").click()
    page.get_by_role("link", name="到低碳出行页面").click()
    page.get_by_role("button", name="确认打卡").click()
    expect(page.locator("#under-way")).to_contain_text("正在「山城步道（演示）」")
    assert complaints(page) == []
    screenshot(page, artifacts, "travel")
    resident.faults[:] = [fault for fault in resident.faults if "422" not in fault]
