"""Votes and the way to a person on the assistant's page, with the operator's console at the other end."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Service
from tests.e2e.phone import Phone, complaints, look, screenshot
from tests.e2e.test_console_pages import WIDE, enter, fits

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
UNKNOWN = "附件1里的重点项目投资额是多少？"


def asked(page: Page, question: str) -> Locator:
    """The answer's card, once it is settled."""
    page.get_by_label("您的问题").fill(question)
    page.keyboard.press("Enter")
    answer = page.locator("article.answer").last
    expect(answer).not_to_have_attribute("aria-busy", "true", timeout=60_000)
    return answer


def test_an_answer_is_voted_on_once_and_a_conversation_is_deleted(
    new_phone: Callable[..., Phone], artifacts: Path
) -> None:
    guest = new_phone()
    page = guest.open("/assistant")
    good = asked(page, "绿化覆盖率是多少？")
    expect(good.get_by_role("button", name="转人工")).to_have_count(0)
    good.get_by_role("button", name="没帮助").click()
    look(page, artifacts, "care-why-not")
    good.get_by_role("button", name="内容过时").click()
    expect(good).to_contain_text("您的评价已记下")
    expect(good.get_by_role("button", name="有帮助")).to_have_count(0)
    expect(good.get_by_role("button", name="转人工")).to_be_visible()
    look(page, artifacts, "care-voted")
    page.get_by_role("button", name="删除这段对话").click()
    expect(page.get_by_text("这段对话已删除。")).to_be_visible()
    expect(page.locator("article.answer")).to_have_count(0)


def test_a_refused_question_goes_to_a_person_and_the_answer_comes_back(
    new_phone: Callable[..., Phone], service: Service, artifacts: Path
) -> None:
    guest = new_phone()
    page = guest.open("/assistant")
    refused = asked(page, UNKNOWN)
    look(page, artifacts, "care-refused")
    refused.get_by_role("button", name="转人工").click()
    refused.get_by_label("补充说明").fill("想了解学校附近的项目")
    look(page, artifacts, "care-form")
    refused.get_by_role("button", name="把这段对话交给人工").click()
    expect(refused.locator(".ticket")).to_contain_text("等待受理")
    look(page, artifacts, "care-waiting")

    operator = new_phone(viewport=WIDE)
    desk = enter(operator, service.demo["operators"][0]["phone"])
    desk.get_by_role("link", name="待人工答复").click()
    screenshot(desk, artifacts, "care-queue-1280")
    desk.locator("#result_list tbody a").first.click()
    desk.get_by_role("link", name="受理").click()
    expect(desk.get_by_text("想了解学校附近的项目")).to_be_visible()
    assert fits(desk)
    desk.get_by_role("button", name="确认受理").click()
    screenshot(desk, artifacts, "care-ticket-1280")
    desk.get_by_role("link", name="答复", exact=True).click()
    desk.get_by_label("答复").fill("附件1未随计划公开，可向区发展改革委申请。")
    desk.get_by_role("button", name="确认答复").click()
    expect(desk.get_by_text("答复：已完成。")).to_be_visible()
    operator.open("/console/bot/gap/")
    expect(desk.get_by_text("重点项目投资额")).to_be_visible()
    screenshot(desk, artifacts, "care-gaps-1280")

    guest.open("/assistant")
    ticket = page.locator("#tickets .ticket")
    expect(ticket).to_contain_text("附件1未随计划公开")
    expect(ticket).to_contain_text("已答复")
    look(page, artifacts, "care-answered")
    page.get_by_role("button", name="大字").click()
    assert complaints(page, font_px=23, target_px=60) == []
    page.get_by_role("button", name="知道了").click()
    expect(ticket).to_have_count(0)
    guest.open("/assistant")
    expect(page.locator("#tickets .ticket")).to_have_count(0)
