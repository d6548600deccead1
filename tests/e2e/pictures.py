"""Makes the README's pictures from the running service: `make pictures` writes docs/img/*.png.

The demo service is started on an empty directory, walked through at phone size, and photographed on the way.
"""

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.live import LiveServer, embedded
from tests.e2e.phone import launch, phone

FOLDER = Path(__file__).parents[2] / "docs" / "img"
COLOURS = 64  # flat surfaces: a palette halves the file and nobody sees it


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded(Path(folder), log="pictures") as server,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright.chromium)
        _resident(browser, server)
        _counter(browser, server)
        browser.close()
    return 0


def _resident(browser: Browser, server: LiveServer) -> None:
    demo = server.demo()
    with phone(browser, server.url) as resident:
        page = resident.open("/")
        resident.log_in(demo["residents"][0]["phone"])
        code = next(each["code"] for each in demo["stations"] if each["status"] == "open")
        resident.open(f"/s/{code}")
        page.get_by_role("button", name="签到得积分").click()
        expect(page.get_by_role("heading", name="签到成功")).to_be_visible()
        _take(page, "checkin")
        resident.open("/")
        _take(page, "home")
        resident.open("/offers")
        offer = page.locator("li.card").filter(has=page.get_by_role("heading", name=demo["offers"][0]["title"]))
        offer.get_by_role("button", name="兑换", exact=True).click()
        offer.get_by_role("button", name="确认兑换").click()
        page.get_by_role("link", name="去卡包使用").click()
        expect(page.locator(".symbol img")).to_be_visible()
        _take(page, "wallet")
        resident.open("/assistant")
        page.get_by_role("button", name="怎样激励绿色消费").click()
        expect(page.locator("article.answer")).not_to_have_attribute("aria-busy", "true", timeout=60_000)
        page.locator("article.answer summary").first.click()
        _take(page, "assistant")


def _counter(browser: Browser, server: LiveServer) -> None:
    with phone(browser, server.url) as counter:
        page = counter.open("/counter")
        counter.log_in(server.demo()["counters"][0]["phone"])
        _take(page, "counter")


def _take(page: Page, name: str) -> None:
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        path = FOLDER / f"{name}.png"
        picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)
    print(f"{path.relative_to(FOLDER.parents[1])}  {path.stat().st_size // 1024} kB", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
