"""Recycling on real screens: the attendant's scale, the kiosk, a booking from the sofa, the collector's round.

A number gets one login code a minute, so nobody here logs in whom another test needs.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from backend.core import clock
from tests.e2e.conftest import Service
from tests.e2e.phone import Phone, look, read_symbol

pytestmark = pytest.mark.browser
KIOSK = {"width": 1080, "height": 1920}
NEIGHBOUR, SOFA = "13900000077", "13900000078"


def test_an_attendant_weighs_corrects_and_enrols_the_screen(
    service: Service, new_phone: Callable[..., Phone], artifacts: Path
) -> None:
    attendant = service.demo["attendants"][1]
    phone = new_phone()
    page = phone.open("/weigh")
    phone.log_in(attendant["phone"])
    code = service.server.api.logged_in(NEIGHBOUR).get("me/code").json()["payload"]
    _weigh(page, code, artifacts)
    _correct(page)
    page.get_by_role("button", name="排队中").click()
    expect(page.locator("#condition")).to_contain_text("排队中")
    _enrol(page, phone, attendant["station"], artifacts)


def _weigh(page: Page, code: str, artifacts: Path) -> None:
    page.get_by_label("扫不了？输入二维码下面的字符").fill(code)
    page.get_by_role("button", name="使用这个码").click()
    expect(page.get_by_text("已读到个人码")).to_be_visible()
    for material, weight in [("废纸", "2.5"), ("塑料瓶（PET）", "0.8")]:
        page.get_by_label("品类").select_option(material)
        page.get_by_label("重量（公斤）").first.fill(weight)
        page.get_by_role("button", name="添加").click()
    expect(page.get_by_text("共 2 项，3.3 公斤")).to_be_visible()
    look(page, artifacts, "weigh")
    page.get_by_role("button", name="确认入账").click()
    expect(page.locator("#result")).to_contain_text("+32 分")
    look(page, artifacts, "weighed")


def _correct(page: Page) -> None:
    page.get_by_text("更正这一行").first.click()
    page.get_by_label("正确重量（公斤）").first.fill("1.5")
    page.get_by_label("原因").first.fill("秤未归零")
    page.get_by_role("button", name="更正", exact=True).first.click()
    expect(page.locator("#today-list")).to_contain_text("已更正")


def _enrol(page: Page, phone: Phone, station: str, artifacts: Path) -> None:
    """After it the screen shows codes without anybody's login."""
    page.set_viewport_size({"width": KIOSK["width"], "height": KIOSK["height"]})
    phone.open(f"/display/{station}")
    expect(page.locator("#symbol img")).to_be_visible()
    page.get_by_role("button", name="设为站点屏幕").click()
    expect(page.locator("#enrol")).to_be_hidden()
    page.reload()
    expect(page.locator("#status")).to_contain_text("排队中")
    assert "/s/" in read_symbol(page.locator("#symbol img"))
    look(page, artifacts, "kiosk")
    expect(page.locator("#login")).to_be_hidden()
    assert page.evaluate("localStorage.getItem('session')") is None


def test_from_the_sofa_to_the_collector_s_round(
    service: Service, new_phone: Callable[..., Phone], artifacts: Path
) -> None:
    resident, collector = new_phone(), new_phone()
    page = resident.open("/pickups")
    resident.log_in(SOFA)
    page.get_by_label("门牌地址").fill("民权路 28 号 3-2")
    page.get_by_role("button", name="预约", exact=True).click()
    expect(page.locator("#mine .card").first).to_contain_text("已预约")
    assert len(page.locator("#mine .pin").first.text_content() or "") == 6
    look(page, artifacts, "pickups")
    _assign(service)
    _report(page, resident, artifacts)
    resident.open("/pickups")
    expect(page.locator("#mine .card").first).to_contain_text("已派单")
    page.get_by_role("button", name="取消预约").first.click()
    expect(page.locator("#mine .card").first).to_contain_text("已取消")
    round_ = collector.open("/round")
    collector.log_in(service.demo["collectors"][0]["phone"])
    expect(round_.locator("#round")).to_be_visible()
    look(round_, artifacts, "round")


def _report(page: Page, phone: Phone, artifacts: Path) -> None:
    """One resident's word is noted, and changes nothing yet."""
    phone.open("/stations")
    card = page.locator("#stations .card", has_text="化龙桥")
    card.get_by_text("和这里说的不一样").click()
    card.get_by_role("button", name="已满").click()
    expect(card.get_by_text("谢谢，已收到。")).to_be_visible()
    look(page, artifacts, "stations-report")
    expect(card.locator(".tag").first).not_to_contain_text("已满")


def _assign(service: Service) -> None:
    """The operator gives the one booking to the zone's collector."""
    operator = service.server.api.logged_in(service.demo["operators"][0]["phone"])
    zone = service.demo["zones"][0]["id"]
    collector = operator.get(f"zones/{zone}/collectors").json()["results"][0]["id"]
    days = [clock.local(clock.now()).date() + timedelta(days=number) for number in range(8)]
    (booked,) = [row for day in days for row in operator.get("pickups/all", day=day).json()["results"]]
    answer = operator.post(f"pickups/{booked['id']}/assignment", {"collector": collector})
    assert answer.status_code == 200, answer.text
