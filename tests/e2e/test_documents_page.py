"""A document at the console in a browser: brought in at a desk, read back on a phone by the other operator."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Service
from tests.e2e.phone import Phone, screenshot
from tests.e2e.test_console_pages import WIDE, enter, fits
from tests.factories_documents import RULES
from tests.files import docx_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def test_a_document_is_read_back_to_the_other_operator(
    new_phone: Callable[..., Phone], service: Service, artifacts: Path, tmp_path: Path
) -> None:
    one, other = (each["phone"] for each in service.demo["operators"])
    paper = tmp_path / "rules.docx"
    paper.write_bytes(docx_of(*RULES.split("\n"), table=[["等次", "奖励"], ["一等", "5万元"], ["二等", "2万元"]]))
    page = enter(new_phone(viewport=WIDE), one, "/console/knowledge/document/")
    page.get_by_role("link", name="提交文档").click()
    screenshot(page, artifacts, "console-ingest-1280")
    page.locator("input[type=file]").set_input_files(paper)
    page.get_by_label("标题").fill("渝中区绿色商场认定办法（试行）")
    page.get_by_label("发布机关").fill("渝中区商务委")
    page.get_by_label("发布日期").fill("2026-09-01")
    page.get_by_label("出处").fill("区商务委网站")
    page.get_by_role("button", name="确认提交文档").click()
    expect(page.get_by_text("提交文档：已完成。")).to_be_visible()
    document = page.url.removeprefix(service.url)

    page = enter(new_phone(), other, document)
    page.get_by_role("link", name="核对").click()
    expect(page.get_by_text("等次：一等；奖励：5万元。")).to_be_visible()
    expect(page.get_by_text("绿色商场快闪集市 66个")).to_be_visible()
    assert fits(page)
    screenshot(page, artifacts, "console-check-390")
    page.get_by_role("link", name="取消").click()
    page.get_by_role("link", name="放弃").click()
    page.get_by_label("理由").fill("只是演练")
    page.get_by_role("button", name="确认放弃").click()
    expect(page.get_by_text("放弃：已完成。")).to_be_visible()
