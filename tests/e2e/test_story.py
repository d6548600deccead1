"""The whole story on four screens: the station's display, a resident, a shop's counter, and the assistant."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Service
from tests.e2e.phone import Phone, balance_of, look, read_symbol

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def test_from_the_stations_code_to_the_redeemed_voucher(
    new_phone: Callable[..., Phone], service: Service, artifacts: Path
) -> None:
    demo = service.demo
    display, resident, counter = new_phone(viewport={"width": 1024, "height": 768}), new_phone(), new_phone()

    station = demo["attendants"][0]["station"]
    (name,) = [each["name"] for each in demo["stations"] if each["id"] == station]
    display.open(f"/display/{station}")
    display.log_in(demo["attendants"][0]["phone"])
    expect(display.page.locator("#station-name")).to_have_text(name)
    look(display.page, artifacts, "display")
    link = read_symbol(display.page.locator("#symbol img"))
    assert link.startswith(f"{service.url}/s/")

    before = _balance(resident, demo["residents"][0]["phone"], artifacts)
    screen = new_tab_following(resident)
    page = resident.open(link)
    page.get_by_role("button", name="签到得积分").click()
    expect(page.get_by_role("heading", name="签到成功")).to_be_visible()
    look(page, artifacts, "checkin")
    expect(screen.locator("#available")).not_to_have_text(f"{before:,}")  # pushed to the page that was open
    after = balance_of(resident.open("/"))
    assert after > before
    expect(page.locator("#entry-list li").first).to_contain_text("+")
    look(page, artifacts, "home")

    _claim(resident, demo["offers"][0]["title"], artifacts)
    assert balance_of(screen) == after - demo["offers"][0]["points_price"]
    screen.close()

    code = _present(resident, service, artifacts)
    _redeem(counter, demo["counters"][0]["phone"], code, artifacts)
    expect(resident.page.locator('li[data-status="redeemed"]')).to_be_visible()  # pushed, nobody reloaded
    expect(resident.page.locator("#news")).to_contain_text("消费券已使用")
    look(resident.page, artifacts, "wallet-after")

    _give_back(counter, artifacts)
    expect(resident.page.locator('li[data-status="claimed"]')).to_be_visible()  # the refund brought it back
    expect(resident.page.locator("#news")).to_contain_text("已退回卡包")
    _redeem_typed(counter, resident, artifacts)
    expect(resident.page.locator('li[data-status="redeemed"]')).to_be_visible()


def test_the_assistant_streams_an_answer_with_its_source(new_phone: Callable[..., Phone], artifacts: Path) -> None:
    resident = new_phone()
    page = resident.open("/assistant")
    look(page, artifacts, "assistant")
    page.get_by_role("button", name="怎样激励绿色消费").click()
    answer = page.locator("article.answer")
    expect(answer).not_to_have_attribute("aria-busy", "true", timeout=60_000)
    expect(answer.locator(".text")).to_contain_text("绿色消费券")
    expect(answer).to_contain_text("仅供参考，以主管部门解释为准")
    expect(answer.get_by_role("link", name="12345")).to_have_attribute("href", "tel:12345")
    source = answer.locator("details").first
    expect(source.locator("summary")).to_contain_text("第13条")
    source.locator("summary").click()
    expect(source.locator("blockquote")).to_be_visible()
    look(page, artifacts, "assistant-answer")


def test_the_assistant_says_honestly_that_it_does_not_know(new_phone: Callable[..., Phone], artifacts: Path) -> None:
    resident = new_phone()
    page = resident.open("/assistant")
    page.get_by_label("您的问题").fill("附件1里的重点项目投资额是多少？")
    page.keyboard.press("Enter")
    answer = page.locator("article.answer")
    expect(answer).not_to_have_attribute("aria-busy", "true", timeout=60_000)
    expect(answer).to_have_class(re.compile("refused"))
    expect(answer.locator(".tag")).to_be_visible()
    look(page, artifacts, "assistant-refused")


def new_tab_following(resident: Phone) -> Page:
    """A second tab on home, which learns of changes by push only."""
    tab = resident.new_page()
    with tab.expect_websocket() as socket:
        tab.goto(f"{resident.url}/")
        socket.value.wait_for_event("framereceived")  # "ready": from here on events are heard
    return tab


def _balance(resident: Phone, number: str, artifacts: Path) -> int:
    page = resident.open("/")
    look(page, artifacts, "home-stranger")
    resident.log_in(number)
    return balance_of(page)


def _claim(resident: Phone, title: str, artifacts: Path) -> None:
    page = resident.open("/offers")
    offer = page.locator("li.card").filter(has=page.get_by_role("heading", name=title))
    look(page, artifacts, "offers")
    offer.get_by_role("button", name="兑换", exact=True).click()
    look(page, artifacts, "offers-confirm")
    offer.get_by_role("button", name="确认兑换").click()
    expect(page.get_by_role("heading", name="兑换成功")).to_be_visible()
    look(page, artifacts, "offers-claimed")


def _present(resident: Phone, service: Service, artifacts: Path) -> str:
    page = resident.page
    with page.expect_websocket() as socket:
        page.get_by_role("link", name="去卡包使用").click()
        socket.value.wait_for_event("framereceived")
    symbol = page.locator(".symbol img")
    expect(symbol).to_be_visible()
    code = read_symbol(symbol)
    assert code.startswith(f"{service.url}/s/")
    look(page, artifacts, "wallet")
    return code


def _redeem(counter: Phone, number: str, code: str, artifacts: Path) -> None:
    page = counter.open("/counter")
    counter.log_in(number)
    page.get_by_label("输入二维码下面的字符").fill(code)
    page.get_by_role("button", name="使用这个码").click()
    page.get_by_label("账单金额").fill("35.50")
    page.get_by_label("订单号或小票号").fill("A-1001")
    look(page, artifacts, "counter")
    page.get_by_role("button", name="查看抵扣").click()
    expect(page.locator("#preview .big")).to_have_text("¥30.50")
    look(page, artifacts, "counter-preview")
    page.get_by_role("button", name="核销", exact=True).click()
    expect(page.get_by_role("heading", name="核销成功")).to_be_visible()
    expect(page.locator("#result .big")).to_have_text("¥30.50")
    expect(_today(page)).to_have_count(1)
    look(page, artifacts, "counter-done")


def _today(page: Page) -> Locator:
    """This story's payment among the day's: other tests pay at the same store."""
    return page.locator("#today-list li").filter(has_text="账单 ¥35.50")


def _give_back(counter: Phone, artifacts: Path) -> None:
    page = counter.page
    refund = _today(page).get_by_role("button", name="退款", exact=True)
    refund.click()
    expect(page.get_by_label("退给顾客")).to_have_value("30.50")
    look(page, artifacts, "counter-refund")
    page.get_by_role("button", name="确认退款").click()
    expect(page.locator("#refund-news")).to_contain_text("已退回顾客卡包")
    expect(_today(page)).to_contain_text("已退款 ¥30.50")
    expect(refund).to_have_count(0)


def _redeem_typed(counter: Phone, resident: Phone, artifacts: Path) -> None:
    wallet, page = resident.page, counter.page
    wallet.get_by_role("button", name="出示给收银员").click()
    wallet.get_by_role("button", name="取一个输入码").click()
    short = wallet.locator(".short-code")
    expect(short).to_have_text(re.compile(r"^(\w{3}-){2}\w{3}$"))
    look(wallet, artifacts, "wallet-typed")
    page.get_by_role("button", name="下一位顾客").click()
    page.get_by_label("输入二维码下面的字符").fill((short.text_content() or "").lower())
    page.get_by_role("button", name="使用这个码").click()
    page.get_by_label("账单金额").fill("20")
    page.get_by_label("订单号或小票号").fill("A-1002")
    page.get_by_role("button", name="查看抵扣").click()
    page.get_by_role("button", name="核销", exact=True).click()
    expect(page.locator("#result .big")).to_have_text("¥15")
