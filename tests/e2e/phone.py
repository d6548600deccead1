"""A phone with a person: a browser context of phone size, what went wrong in it, and how one logs in."""

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, BrowserType, ConsoleMessage, Locator, Page, expect

from tests.e2e.live import await_turn

SIZE = {"width": 390, "height": 844}
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_MEASURE = (Path(__file__).parent / "measure.js").read_text()
CHROMIUM = shutil.which("chromium")
# Reports what the policy blocked before any script of the page runs.
_WATCH_POLICY = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} blocked ${event.blockedURI}`));"""


def launch(chromium: BrowserType, *flags: str) -> Browser:
    """Debian's Chromium; Playwright's own download is not used."""
    return chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])


class Phone:
    """One person's browser. `faults` collects console errors, blocked resources and uncaught exceptions."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context, self.url = context, url
        self.faults: list[str] = []
        context.add_init_script(_WATCH_POLICY)
        context.set_default_timeout(10_000)
        self.page = self.new_page()

    def new_page(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.faults.append(f"uncaught: {error}"))
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.type}: {message.text} at {message.location.get('url')}")

    def open(self, path: str) -> Page:
        """Opens a page of the service and waits for its first words from the API."""
        self.page.goto(path if path.startswith("http") else self.url + path)
        self.settle()
        return self.page

    def settle(self) -> None:
        self.page.wait_for_load_state("networkidle")

    def log_in(self, phone: str, page: Page | None = None) -> None:
        """Fills the login card of the open page; the demo shows the code."""
        page = page or self.page
        await_turn(self.url, phone)
        page.get_by_label("手机号", exact=True).fill(phone)
        page.get_by_role("button", name="获取验证码").click()
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.locator("#login")).to_be_hidden()
        self.settle()


@contextmanager
def phone(browser: Browser, url: str, **options: Any) -> Iterator[Phone]:
    """A new phone, with nothing remembered."""
    still = {"reduced_motion": "reduce"}  # a colour half-way through its change has no contrast to measure
    settings: dict[str, Any] = {"viewport": SIZE, "locale": "zh-CN", "has_touch": True, **still} | options
    context = browser.new_context(**settings)
    try:
        yield Phone(context, url)
    finally:
        context.close()


def read_symbol(what: Locator) -> str:
    """The text of the one QR code in a screenshot of `what`, read by a real decoder."""
    with Image.open(io.BytesIO(what.screenshot())) as image:
        (found,) = zxingcpp.read_barcodes(image.convert("L"))
    return str(found.text)


def balance_of(page: Page) -> int:
    """The points that home shows."""
    shown = page.locator("#available")
    expect(shown).not_to_have_text("–")
    return int((shown.text_content() or "").replace(",", ""))


def complaints(page: Page, *, font_px: int = 18, target_px: int = 44) -> list[str]:
    """What an elderly reader would complain of: small or faint text, small targets, things without a name."""
    found: list[str] = page.evaluate(_MEASURE, {"fontPx": font_px, "targetPx": target_px, "contrast": 4.5})
    return found


def look(page: Page, folder: Path, name: str) -> None:
    """Takes a screenshot for people to look at, and lets the machine look too."""
    screenshot(page, folder, name)
    found = complaints(page)
    assert not found, (name, found)


def screenshot(page: Page, folder: Path, name: str) -> None:
    """The whole page as on a phone tall enough for it, so that the bar at the bottom covers nothing."""
    size = page.viewport_size or SIZE
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], height)})
    page.screenshot(path=folder / f"{name}.png")
    page.set_viewport_size(size)
