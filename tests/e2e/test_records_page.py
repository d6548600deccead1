"""A resident records an act by photo, sees why it was refused, appeals in time and sees the outcome; adds a photo."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import FilePayload, expect

from backend.ops import demo
from tests.e2e.conftest import Service
from tests.e2e.live import Api
from tests.e2e.phone import Phone, look
from tests.factories_evidence import encoded, scene

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


RESIDENT, HELD, STRANGER = "13800000061", "13800000062", "13800000063"


def picture(seed: int) -> FilePayload:
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": encoded(scene(seed))}


@pytest.fixture(scope="module")  # a telephone gets a code once a minute
def operators(service: Service) -> tuple[Api, Api]:
    one, other = (service.server.api.logged_in(phone) for phone in demo.OPERATORS)
    return one, other


def test_an_act_by_photo_is_refused_appealed_against_and_made_good(
    new_phone: Callable[..., Phone], service: Service, operators: tuple[Api, Api], artifacts: Path
) -> None:
    reviewer, another = operators
    resident = new_phone()
    page = resident.open("/records")
    resident.log_in(RESIDENT)
    page.get_by_text("拍照登记一次绿色行为").click()
    page.get_by_label("做了什么").select_option("own_cup")
    page.locator("#act-photo").set_input_files(picture(11))
    expect(page.locator("#act-news")).to_have_text("✓ 已登记，等待审核。")
    look(page, artifacts, "records-act")
    card = page.locator("#list li").first
    expect(card).to_contain_text("待审核")
    card.get_by_role("link", name="看详情").click()
    expect(page.get_by_role("heading", name="为什么待审核")).to_be_visible()
    expect(page.get_by_text("✓ 已附照片")).to_be_visible()
    award = page.url.rpartition("/")[2]

    refusal = {"approve": False, "reason_code": "photo_unclear", "reason": "看不清杯子"}
    assert reviewer.post(f"reviews/{award}/decisions", refusal).status_code == 201
    expect(page.get_by_role("heading", name="为什么未通过")).to_be_visible()  # told live
    expect(page.get_by_text("看不清杯子")).to_be_visible()
    expect(page.get_by_text("截止：")).to_be_visible()
    look(page, artifacts, "record-refused")
    page.get_by_role("button", name="提交申诉").click()
    expect(page.get_by_text("请写明理由。")).to_be_visible()
    page.get_by_label("请说明情况").fill("左手拿的就是自己的杯子。")
    page.get_by_role("button", name="提交申诉").click()
    expect(page.get_by_text("申诉处理中")).to_be_visible()
    look(page, artifacts, "record-appealed")

    [filed] = reviewer.get("appeals", state="filed").json()["results"]
    upheld = {"uphold": True, "reason_code": "explained", "reason": "放大后可以看到"}
    assert reviewer.post(f"appeals/{filed['id']}/decisions", upheld).status_code == 409  # not by the reviewer
    assert another.post(f"appeals/{filed['id']}/decisions", upheld).status_code == 201
    expect(page.get_by_text("✓ 申诉成立")).to_be_visible()
    expect(page.get_by_text("放大后可以看到")).to_be_visible()
    look(page, artifacts, "record-upheld")
    page.get_by_role("link", name="全部绿色记录").click()
    expect(page.locator("#appeal-list li").first).to_contain_text("申诉成立")
    look(page, artifacts, "records")
    resident.open("/inbox")
    page.get_by_role("link", name="看这条记录").first.click()
    expect(page.locator("#record")).to_be_visible()


def test_a_held_check_in_takes_a_photo(
    new_phone: Callable[..., Phone], service: Service, operators: tuple[Api, Api], artifacts: Path
) -> None:
    station = next(each for each in service.demo["stations"] if each["status"] == "open")
    with Image.open(io.BytesIO(operators[0].get(f"stations/{station['id']}/poster").content)) as poster:
        code = zxingcpp.read_barcodes(poster.convert("L"))[0].text
    resident = new_phone(geolocation={"latitude": 29.60, "longitude": 106.50}, permissions=["geolocation"])
    page = resident.open(f"/s/{code.rpartition('/')[2]}")
    resident.log_in(HELD)
    page.locator("#with-position").check()
    expect(page.locator("#position-state")).to_contain_text("已取得位置")
    page.get_by_role("button", name="签到得积分").click()
    page.get_by_role("link", name="看为什么、补充照片").click()
    expect(page.get_by_role("heading", name="为什么待审核")).to_be_visible()
    look(page, artifacts, "record-held")
    page.locator("#record input[type=file]").set_input_files(picture(12))
    expect(page.get_by_text("✓ 已附照片")).to_be_visible()
    expect(page.get_by_role("heading", name="补充照片")).to_have_count(0)

    stranger = new_phone()
    other = stranger.open(page.url)
    stranger.log_in(STRANGER, other)
    expect(other.locator("#problem")).to_be_visible()
    expect(other.locator("#record")).to_be_hidden()
    stranger.faults[:] = [fault for fault in stranger.faults if "404" not in fault]
