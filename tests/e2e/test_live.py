"""Sockets that break, answers that are stopped, codes that change: what the pages do without being reloaded."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.e2e.conftest import Service
from tests.e2e.phone import Phone, balance_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

QUESTION = "怎样激励绿色消费"
LONGEST_WINDOW_MS = 61_000


def _ask(page: Page) -> None:
    page.get_by_role("button", name=QUESTION).click()


def _expect_the_answer(page: Page) -> None:
    answer = page.locator("article.answer")
    expect(answer).not_to_have_attribute("aria-busy", "true", timeout=60_000)
    expect(answer.locator(".text")).to_contain_text("绿色消费券")
    expect(answer.locator("details")).not_to_have_count(0)


def test_where_no_socket_opens_the_answer_comes_by_post(new_phone: Callable[..., Phone]) -> None:
    resident = new_phone()
    resident.page.route_web_socket("**/ws/assistant", lambda socket: socket.close())
    page = resident.open("/assistant")
    with page.expect_response("**/api/v1/assistant/questions", timeout=60_000) as answered:
        _ask(page)
    assert answered.value.status == 200
    _expect_the_answer(page)


def test_an_answer_whose_socket_breaks_is_taken_up_on_the_next(new_phone: Callable[..., Phone]) -> None:
    resident = new_phone()
    opened: list[WebSocketRoute] = []
    heard: list[str] = []

    def break_the_first_after_a_word(socket: WebSocketRoute) -> None:
        opened.append(socket)
        server = socket.connect_to_server()
        socket.on_message(lambda text: (heard.append(str(text)), server.send(text)))
        if len(opened) == 1:
            # The first words reach the page; then the line is dead, though the service has said everything.
            server.on_message(lambda text: (socket.send(text), socket.close() if '"sources"' in str(text) else None))

    resident.page.route_web_socket("**/ws/assistant", break_the_first_after_a_word)
    page = resident.open("/assistant")
    _ask(page)
    _expect_the_answer(page)
    assert len(opened) == 2
    assert '"resume"' in heard[1]
    text = page.locator("article.answer .text").text_content() or ""
    assert text.count("绿色消费券") == 1  # no word twice


def test_an_answer_is_stopped_and_the_next_can_be_asked(new_phone: Callable[..., Phone]) -> None:
    resident = new_phone()
    said: list[str] = []
    resident.page.route_web_socket("**/ws/assistant", lambda socket: socket.on_message(lambda t: said.append(str(t))))
    page = resident.open("/assistant")
    _ask(page)
    page.get_by_role("button", name="停止").click()
    expect(page.locator("article.answer")).to_contain_text("已停止")
    expect(page.get_by_role("button", name="发送")).to_be_visible()
    expect(page.get_by_label("您的问题")).to_be_focused()
    assert [kind for kind in ("ask", "stop") if f'"type":"{kind}"' in "".join(said)] == ["ask", "stop"]


def test_a_code_on_the_screen_is_replaced_before_it_ends(new_phone: Callable[..., Phone]) -> None:
    resident = new_phone()
    page = resident.open("/wallet")
    resident.log_in("13900300001")
    page.clock.install()
    with page.expect_response("**/api/v1/me/code"):
        page.get_by_role("button", name="出示个人码").click()
    expect(page.locator(".symbol img")).to_be_visible()
    with page.expect_response("**/api/v1/me/code") as again:
        page.clock.fast_forward(LONGEST_WINDOW_MS)
    assert again.value.ok
    page.get_by_role("button", name="收起").click()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.fast_forward(2 * LONGEST_WINDOW_MS)
    assert not [url for url in asked if url.endswith("/me/code")]  # put away, it asks no more


def test_a_page_that_lost_its_socket_reads_again_what_it_missed(
    new_phone: Callable[..., Phone], service: Service
) -> None:
    resident = new_phone()
    opened: list[WebSocketRoute] = []

    def lose_the_first(socket: WebSocketRoute) -> None:
        opened.append(socket)
        server = socket.connect_to_server()
        if len(opened) == 1:
            server.on_message(lambda text: socket.close() if "balance" in str(text) else socket.send(text))

    resident.page.route_web_socket("**/ws/me", lose_the_first)
    page = resident.open("/")
    resident.log_in("13900300002")
    before = balance_of(page)
    other = resident.new_page()
    other.goto(f"{service.url}/s/{service.fresh_code()}")
    other.get_by_role("button", name="签到得积分").click()
    expect(other.get_by_role("heading", name="签到成功")).to_be_visible()
    expect(page.locator("#available")).not_to_have_text(str(before))
    assert len(opened) == 2
