"""Every page, measured: type, contrast, targets, names, zoom, keyboard, and nothing that fails in silence."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Service
from tests.e2e.phone import Phone, complaints, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

OPEN_PAGES = [
    "/",
    "/scan",
    "/offers",
    "/wallet",
    "/assistant",
    "/stations",
    "/travel",
    "/inbox",
    "/records",
    "/profile",
    "/counter",
    "/merchant",
    "/green",
    "/till",
    "/offline",
]
OPEN_PAGES += ["/s/CABACAHEJJOYZRHO", "/nope"]

FOCUSABLE = "a, button, input, textarea, summary"
CAN_FOCUS = "(each) => each.checkVisibility() && !each.disabled"
# Which element has the focus, and whether a ring shows it (on a file input's label, where the input is transparent).
WHERE = """(selector) => {
  const at = document.activeElement;
  const ring = (each) => each && getComputedStyle(each).outlineStyle !== "none"
    && parseFloat(getComputedStyle(each).outlineWidth) >= 2;
  const number = [...document.querySelectorAll(selector)].indexOf(at);
  return [number, at.outerHTML.slice(0, 80), Boolean(ring(at) || ring(at.closest("label.file")))];
}"""


def _name(path: str) -> str:
    return path.strip("/").replace("/", "-") or "home"


@pytest.fixture
def stranger(new_phone: Callable[..., Phone]) -> Phone:
    return new_phone()


def _forgive_the_missing_page(phone: Phone) -> None:
    phone.faults[:] = [fault for fault in phone.faults if not fault.endswith("/nope")]


@pytest.mark.parametrize("path", OPEN_PAGES)
def test_a_stranger_can_read_and_hit_everything(stranger: Phone, path: str) -> None:
    page = stranger.open(path)
    assert complaints(page) == []
    page.get_by_role("button", name="大字").click()
    assert complaints(page, font_px=23, target_px=60) == []
    _forgive_the_missing_page(stranger)


def test_what_one_sees_after_login_is_measured_too(new_phone: Callable[..., Phone], newcomer: str) -> None:
    resident = new_phone()
    page = resident.open("/")
    resident.log_in(newcomer)
    for path in ["/", "/offers", "/wallet", "/travel", "/inbox", "/profile", "/s/CABACAHEJJOYZRHO", "/counter"]:
        resident.open(path)
        assert complaints(page) == [], path
    page = resident.open("/wallet")
    page.get_by_role("button", name="出示个人码").click()
    expect(page.locator(".symbol img")).to_be_visible()
    assert complaints(page) == []


@pytest.mark.parametrize("path", OPEN_PAGES)
def test_nothing_is_wider_than_a_zoomed_screen(new_phone: Callable[..., Phone], artifacts: Path, path: str) -> None:
    """200 % zoom of a 390 px phone leaves 195 px; large text alone at 200 % leaves the width as it is."""
    zoomed = new_phone(viewport={"width": 195, "height": 422}, device_scale_factor=2)
    page = zoomed.open(path)
    screenshot(page, artifacts, f"zoom-{_name(path)}")
    _assert_no_sideways_scroll(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("document.documentElement.style.fontSize = '36px'")
    _assert_no_sideways_scroll(page)
    _forgive_the_missing_page(zoomed)


def _assert_no_sideways_scroll(page: Page) -> None:
    wide, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= room


@pytest.mark.parametrize("path", OPEN_PAGES)
def test_the_keyboard_reaches_everything_and_shows_where_it_is(stranger: Phone, path: str) -> None:
    page = stranger.open(path)
    page.evaluate("document.activeElement.blur()")
    wanted = page.evaluate(f"[...document.querySelectorAll('{FOCUSABLE}')].filter({CAN_FOCUS}).length")
    reached = []
    for _ in range(wanted):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(f"({WHERE})('{FOCUSABLE}')"))
    assert [html for _, html, ringed in reached if not ringed] == []
    assert len({number for number, _, _ in reached}) == wanted
    assert "skip" in reached[0][1]
    _forgive_the_missing_page(stranger)


def test_one_logs_in_by_keyboard_alone(stranger: Phone, newcomer: str) -> None:
    page = stranger.open("/")
    page.get_by_label("手机号", exact=True).focus()
    page.keyboard.type(newcomer)
    page.keyboard.press("Enter")
    expect(page.get_by_label("短信验证码")).to_be_focused()
    expect(page.get_by_label("短信验证码")).to_have_value(_six_digits())
    page.keyboard.press("Enter")
    expect(page.locator("#balance")).to_be_visible()


def _six_digits() -> "re.Pattern[str]":
    return re.compile(r"^\d{6}$")


def test_a_switch_makes_everything_english_and_the_api_follows(stranger: Phone) -> None:
    page = stranger.open("/stations")
    with page.expect_request("**/api/v1/stations*") as asked:
        page.get_by_role("button", name="Switch to English").click()
    assert asked.value.headers["accept-language"] == "en"
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recycling points near me")
    expect(page.get_by_role("link", name="Offers")).to_be_visible()
    stranger.open("/offers")
    expect(page.get_by_role("heading", name="5 yuan off a bill of 20")).to_be_visible()


def test_a_refusal_is_told_in_the_problems_own_words(stranger: Phone, service: Service) -> None:
    page = stranger.open("/wallet")
    stranger.log_in(service.demo["operators"][0]["phone"])
    stranger.open("/s/CABACAHEJJOYZRHO")
    with page.expect_response("**/api/v1/checkins") as answered:
        page.get_by_role("button", name="签到得积分").click()
    assert answered.value.status == 422
    assert complaints(page) == []
    expect(page.locator("#result")).to_contain_text(answered.value.json()["detail"])
    expect(page.get_by_role("link", name="重新扫一扫")).to_be_visible()
    stranger.faults[:] = [fault for fault in stranger.faults if "422" not in fault]


def test_money_is_read_exactly(stranger: Phone) -> None:
    page = stranger.open("/")
    typed = ["35", "35.5", "35.50", "0.07", "1.10", "19.99", "１２．５０", "12。5", "¥ 20 元", "1234567.89"]
    nonsense = ["", "abc", "-5", "1.234", "1,5", "1e3", ".5", "12345678", "5."]
    parse = "async (texts) => texts.map((await import('/static/web/format.js')).parseYuan)"
    read = page.evaluate(parse, typed + nonsense)
    assert read[: len(typed)] == [3500, 3550, 3550, 7, 110, 1999, 1250, 1250, 2000, 123456789]
    assert read[len(typed) :] == [None] * len(nonsense)
