"""The console in a browser, wide and at phone size: in by the code, a rule drafted by one and published by another."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from backend.core import clock
from backend.earning.standard import RULES
from backend.earning.types import Activity
from tests.e2e.conftest import Service
from tests.e2e.live import await_turn
from tests.e2e.phone import Phone, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
ACTIVITY = Activity.CHECKIN_SCREEN
WIDE = {"width": 1280, "height": 900}


def enter(browser: Phone, telephone: str, path: str = "/console/") -> Page:
    page = browser.open(path)
    await_turn(browser.url, telephone)
    page.get_by_label("手机号").fill(telephone)
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("button", name="退出")).to_be_visible()
    return page


def fits(page: Page) -> bool:
    """Whether nothing of the page is wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_rule_goes_from_one_operator_to_the_other(
    new_phone: Callable[..., Phone], service: Service, artifacts: Path
) -> None:
    one, other = (each["phone"] for each in service.demo["operators"])
    page = enter(new_phone(viewport=WIDE), one)
    screenshot(page, artifacts, "console-index-1280")
    page.get_by_role("link", name="规则草稿").click()
    page.get_by_role("link", name="起草规则").click()
    page.get_by_label("行为").select_option(ACTIVITY.value)
    page.get_by_label("条款（JSON）").fill(json.dumps(RULES[ACTIVITY], ensure_ascii=False))
    page.get_by_label("生效时间").fill(f"{clock.local(clock.now()) + timedelta(days=2):%Y-%m-%d %H:%M}")
    page.get_by_role("button", name="确认起草规则").click()
    expect(page.get_by_text("起草规则：已完成。")).to_be_visible()
    screenshot(page, artifacts, "console-draft-1280")
    draft = page.url.removeprefix(service.url)

    second = new_phone()
    page = enter(second, other, draft)
    assert fits(page)
    page.get_by_role("link", name="预览并发布").click()
    expect(page.get_by_text("按本草稿发放积分")).to_be_visible()
    assert fits(page)
    screenshot(page, artifacts, "console-publish-390")
    page.get_by_role("button", name="确认预览并发布").click()
    expect(page.get_by_text("预览并发布：已完成。")).to_be_visible()
    for path, name in [("/console/", "index"), ("/console/earning/award/", "list")]:
        second.open(path)
        screenshot(page, artifacts, f"console-{name}-390")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("button", name="获取验证码")).to_be_visible()
