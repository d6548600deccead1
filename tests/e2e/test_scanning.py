"""Three ways to a code: the camera, a photograph, the keyboard. Debian's Chromium has no BarcodeDetector, so the
pictures go to the service, as they do from an iPhone."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from backend.tokens.rendering.symbols import qr_png
from tests.e2e.conftest import Service
from tests.e2e.phone import Phone, complaints, launch, phone

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

SAFE_LOOKING = "https://example.com/elsewhere"


@pytest.fixture(scope="module")
def code(service: Service) -> str:
    """The payload of a station's screen. What the pages do with a code does not depend on its age."""
    return str(service.demo["stations"][0]["code"])


@pytest.fixture(scope="module")
def picture(service: Service, code: str) -> bytes:
    """The symbol as a screen shows it, a PNG."""
    return qr_png(f"{service.url}/s/{code}")


def test_a_photograph_leads_to_the_codes_page(
    new_phone: Callable[..., Phone], service: Service, code: str, picture: bytes, tmp_path: Path
) -> None:
    resident = new_phone()
    page = resident.open("/scan")
    photograph = tmp_path / "code.png"
    photograph.write_bytes(picture)
    page.locator("#photo").set_input_files(photograph)
    page.wait_for_url(f"{service.url}/s/{code}")

    resident.open("/scan")
    blank = tmp_path / "blank.png"
    Image.new("L", (400, 400), 255).save(blank)
    page.locator("#photo").set_input_files(blank)
    expect(page.get_by_role("alert")).to_contain_text("没有本服务的二维码")
    resident.faults[:] = [fault for fault in resident.faults if "422" not in fault]


def test_typed_characters_lead_to_the_codes_page(new_phone: Callable[..., Phone], service: Service, code: str) -> None:
    page = new_phone().open("/scan")
    typed, use = page.get_by_label("输入二维码下面的字符"), page.get_by_role("button", name="使用这个码")
    for wrong in (SAFE_LOOKING, "", "12345", f"{SAFE_LOOKING}/s/short"):
        typed.fill(wrong)
        use.click()
        expect(page.get_by_role("alert")).to_contain_text("这不是本服务的码")
        assert page.url == f"{service.url}/scan"
    # As a person types it: in small letters, in groups.
    typed.fill(" ".join(code[at : at + 4] for at in range(0, len(code), 4)).lower())
    use.click()
    page.wait_for_url(f"{service.url}/s/{code}")


def test_the_camera_reads_frame_after_frame(
    browser: Browser, service: Service, code: str, picture: bytes, tmp_path: Path
) -> None:
    film = tmp_path / "camera.y4m"
    film.write_bytes(_film(picture))
    flags = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    with_camera = launch(browser.browser_type, *flags, f"--use-file-for-fake-video-capture={film}")
    try:
        with phone(with_camera, service.url) as resident:
            page = resident.open("/scan")
            page.get_by_role("button", name="打开相机扫码").click()
            page.wait_for_url(f"{service.url}/s/{code}", timeout=30_000)
            assert resident.faults == []
    finally:
        with_camera.close()


def test_without_a_camera_the_page_says_what_else_there_is(new_phone: Callable[..., Phone]) -> None:
    page = new_phone().open("/scan")
    page.get_by_role("button", name="打开相机扫码").click()
    expect(page.get_by_role("alert")).to_contain_text("改用拍照、输入字符")
    expect(page.get_by_role("button", name="打开相机扫码")).to_be_enabled()


def test_a_code_of_another_kind_says_what_it_is_for(new_phone: Callable[..., Phone], service: Service) -> None:
    resident = new_phone()
    page = resident.open("/wallet")
    resident.log_in("13900100001")
    own = page.evaluate("async () => (await import('/static/web/api.js')).get('me/code')")
    resident.open(f"/s/{own['payload']}")
    page.get_by_role("button", name="签到得积分").click()
    expect(page.get_by_role("heading", name="这个码不是用来签到的")).to_be_visible()
    expect(page.get_by_role("link", name="看我的个人码")).to_be_visible()
    assert complaints(page) == []
    resident.faults[:] = [fault for fault in resident.faults if "422" not in fault]


def _film(png: bytes, frames: int = 10) -> bytes:
    """A film of the symbol for Chromium's fake camera: raw YUV 4:2:0, 640x480, grey."""
    with Image.open(io.BytesIO(png)) as symbol:
        frame = Image.new("L", (640, 480), 200)
        frame.paste(symbol.convert("L").resize((360, 360), Image.Resampling.NEAREST), (140, 60))
    grey = bytes([128]) * (320 * 240)
    return b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + (b"FRAME\n" + frame.tobytes() + grey + grey) * frames
