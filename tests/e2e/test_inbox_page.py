"""A resident is told why points came, reads it, and decides what is known about them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Service
from tests.e2e.phone import Phone, look

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def test_the_bell_tells_of_a_check_in_and_the_inbox_says_why(
    new_phone: Callable[..., Phone], newcomer: str, service: Service, artifacts: Path
) -> None:
    resident = new_phone()
    page = resident.open("/")
    expect(page.locator("#bell")).to_be_hidden()
    resident.log_in(newcomer)
    resident.open(f"/s/{service.fresh_code()}")
    page.get_by_role("button", name="签到得积分").click()
    expect(page.get_by_role("heading", name="签到成功")).to_be_visible()
    resident.open("/")
    expect(page.get_by_role("link", name="消息，1 条未读")).to_be_visible()
    page.locator("#bell").click()
    message = page.locator("#messages li").first
    expect(message).to_contain_text("获得 10 积分")
    resident.settle()
    look(page, artifacts, "inbox")
    message.get_by_role("button", name="知道了").click()
    expect(page.get_by_role("link", name="消息", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="全部标为已读")).to_be_hidden()
    resident.open("/inbox")
    expect(page.locator("#messages .unread")).to_have_count(0)


def test_consent_is_given_told_under_and_taken_back(
    new_phone: Callable[..., Phone], newcomer: str, artifacts: Path
) -> None:
    resident = new_phone()
    page = resident.open("/profile")
    resident.log_in(newcomer)
    page.get_by_text("现在没有活动需要的资料").click()
    street = page.locator("[data-purpose=residence]")
    expect(street.get_by_label("所住街道")).to_have_count(0)
    street.get_by_role("button", name="同意").click()
    street.get_by_label("所住街道").select_option("大坪街道")
    street.get_by_role("button", name="保存").click()
    expect(street).to_contain_text("本人申报")
    age = page.locator("[data-purpose=age]")
    expect(page.locator("#consents [data-purpose=residence]")).to_be_visible()
    age.get_by_role("button", name="同意").click()
    age.get_by_label("出生年份").fill("1800")
    age.get_by_role("button", name="保存").click()
    expect(page.locator("#problem")).to_contain_text("1900")
    resident.faults[:] = [fault for fault in resident.faults if "422" not in fault]
    page.get_by_role("group", name="积分即将到期").get_by_label("短信").check()
    page.get_by_role("button", name="保存设置").click()
    expect(page.locator("#saved")).to_be_visible()
    look(page, artifacts, "profile")
    resident.open("/profile")
    expect(street.get_by_label("所住街道")).to_have_value("大坪街道")
    expect(page.get_by_role("group", name="积分即将到期").get_by_label("短信")).to_be_checked()
    street.get_by_role("button", name="撤回同意并删除").click()
    expect(street.get_by_label("所住街道")).to_have_count(0)
