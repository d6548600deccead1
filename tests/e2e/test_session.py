"""The session in a browser: where the tokens live, and what happens when refreshes, tabs and networks collide."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Service
from tests.e2e.phone import Phone, balance_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

REFRESH = "**/api/v1/auth/token/refresh"
A_MOMENT_MS = 700  # long enough for a page to do what it must not do


@pytest.fixture(scope="module")
def numbers() -> Iterator[str]:
    """Telephone numbers that nobody else in the tests uses: a code may be sent once a minute to one number."""
    return (f"139000{n:05d}" for n in range(100))


@pytest.fixture
def resident(new_phone: Callable[..., Phone], numbers: Iterator[str]) -> Phone:
    phone = new_phone()
    phone.open("/")
    phone.log_in(next(numbers))
    return phone


def test_no_script_can_read_the_refresh_token_and_no_storage_holds_a_token(resident: Phone) -> None:
    kept = {cookie["name"]: cookie for cookie in resident.context.cookies()}
    refresh = next(c for c in resident.context.cookies(f"{resident.url}/api/v1/auth/") if c["name"] == "refresh")
    assert refresh["httpOnly"]
    assert refresh["sameSite"] == "Strict"
    assert refresh["path"] == "/api/v1/auth"
    readable = resident.page.evaluate(
        """[document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage),
            document.documentElement.outerHTML].join()"""
    )
    assert refresh["value"] not in readable
    assert "eyJ" not in readable
    assert set(kept) <= {"refresh", "csrftoken"}


def _ask_for_me(resident: Phone, page: Page, times: int) -> None:
    """Starts that many calls at once, without waiting: /scan itself asks for nothing, so they are the first."""
    page.goto(f"{resident.url}/scan")
    page.evaluate(
        """async (times) => {
          const { get } = await import("/static/web/api.js");
          window.calls = Promise.all(Array.from({ length: times }, () => get("me")));
        }""",
        times,
    )


def _hold_the_first_refresh(resident: Phone) -> list[Route]:
    """The refreshes that were asked for. The first waits until the test lets it go, later ones pass."""
    refreshes: list[Route] = []

    def hold(route: Route) -> None:
        refreshes.append(route)
        if len(refreshes) > 1:
            route.continue_()

    resident.context.route(REFRESH, hold)
    return refreshes


def _answers(page: Page) -> int:
    return int(page.evaluate("async () => (await window.calls).filter((me) => me.phone).length"))


def test_many_calls_at_once_make_one_refresh(resident: Phone) -> None:
    page = resident.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/refresh") else None)
    _ask_for_me(resident, page, 8)
    assert _answers(page) == 8
    assert len(asked) == 1


def test_two_tabs_refresh_one_after_the_other(resident: Phone) -> None:
    """Side by side, the second would show the service a token that was used, and lose the session for both."""
    first, second = resident.page, resident.new_page()
    refreshes = _hold_the_first_refresh(resident)
    _ask_for_me(resident, first, 1)
    _ask_for_me(resident, second, 1)
    second.wait_for_timeout(A_MOMENT_MS)
    assert len(refreshes) == 1
    refreshes[0].continue_()
    assert _answers(first) == 1
    assert _answers(second) == 1


def test_leaving_a_page_in_the_middle_of_a_refresh_keeps_the_session(resident: Phone) -> None:
    """The page that comes next waits for the cookie that the page before has asked for."""
    page = resident.page
    refreshes = _hold_the_first_refresh(resident)
    _ask_for_me(resident, page, 1)
    page.wait_for_timeout(A_MOMENT_MS)
    page.goto(f"{resident.url}/wallet", wait_until="commit")
    page.wait_for_timeout(A_MOMENT_MS)
    assert len(refreshes) == 1
    refreshes[0].fetch()  # the service answers the page that is gone: the browser has the next cookie
    expect(page.locator("#wallet")).to_be_visible()


def test_a_refresh_without_the_csrf_token_is_refused(resident: Phone) -> None:
    status, code = resident.page.evaluate(
        """async () => {
          const response = await fetch("/api/v1/auth/token/refresh",
            { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" });
          return [response.status, (await response.json()).code];
        }"""
    )
    assert (status, code) == (403, "csrf_failed")
    resident.open("/")
    expect(resident.page.locator("#balance")).to_be_visible()
    resident.faults[:] = [fault for fault in resident.faults if "403" not in fault]


def test_logging_out_ends_it_in_every_tab(resident: Phone) -> None:
    other = resident.new_page()
    other.goto(f"{resident.url}/")
    expect(other.locator("#balance")).to_be_visible()
    resident.page.get_by_role("button", name="退出登录").click()
    for page in (resident.page, other):
        expect(page.get_by_role("heading", name="用手机号登录")).to_be_visible()
        expect(page.locator("#balance")).to_be_hidden()
    resident.open("/wallet")
    expect(resident.page.locator("#wallet")).to_be_hidden()


def test_a_claim_whose_answer_was_lost_is_not_paid_twice(resident: Phone, service: Service) -> None:
    _check_in(resident, service)
    before = balance_of(resident.open("/"))
    page = resident.open("/offers")
    lost: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        lost.append(route.request.headers["idempotency-key"])
        if len(lost) == 1:
            route.fetch()  # the service did it, the phone never hears of it
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/claims", lose_the_first_answer)
    offer = page.locator("li.card").filter(has=page.get_by_role("heading", name=service.demo["offers"][0]["title"]))
    offer.get_by_role("button", name="兑换", exact=True).click()
    offer.get_by_role("button", name="确认兑换").click()
    expect(page.get_by_role("heading", name="兑换成功")).to_be_visible()
    assert len(lost) == 2
    assert len(set(lost)) == 1
    assert balance_of(resident.open("/")) == before - service.demo["offers"][0]["points_price"]
    resident.faults[:] = [fault for fault in resident.faults if "ERR_CONNECTION_RESET" not in fault]


def test_without_a_network_the_page_says_so(resident: Phone) -> None:
    page = resident.open("/offers")
    page.route("**/api/v1/offers*", lambda route: route.abort("internetdisconnected"))
    page.reload()
    expect(page.locator("#problem")).to_contain_text("网络不通")
    resident.faults[:] = [fault for fault in resident.faults if "ERR_INTERNET_DISCONNECTED" not in fault]


def _check_in(resident: Phone, service: Service) -> Page:
    page = resident.open(f"/s/{service.fresh_code()}")
    page.get_by_role("button", name="签到得积分").click()
    expect(page.get_by_role("heading", name="签到成功")).to_be_visible()
    return page
