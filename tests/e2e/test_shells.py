"""What the pages' files promise, read without a browser: two languages, no markup from text, nothing from elsewhere."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import Client
from PIL import Image

WEB = Path(__file__).parents[2] / "backend" / "web"
SCRIPTS = sorted((WEB / "static" / "web").rglob("*.js"))
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
STYLES = sorted((WEB / "static" / "web").rglob("*.css"))
DICTIONARY = (WEB / "static" / "web" / "en.js").read_text()
PAGES = [
    "/",
    "/weigh",
    "/pickups",
    "/round",
    "/scan",
    "/offers",
    "/wallet",
    "/assistant",
    "/stations",
    "/green",
    "/till",
    "/desk",
    "/display/occasion/01900000-0000-7000-8000-000000000000",
    "/inbox",
    "/records",
    "/records/01900000-0000-7000-8000-000000000000",
    "/profile",
    "/travel",
    "/counter",
    "/s/CABACAHEJJOYZRHO",
]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _english() -> dict[str, str]:
    return dict(re.findall(r'^  "([^"]+)": "([^"]+)",$', DICTIONARY, re.MULTILINE))


def _texts_of_scripts() -> set[str]:
    others = [path for path in SCRIPTS if path.name != "en.js"]
    quoted = [text for path in others for text in re.findall(r'"([^"\n]*)"', _without_comments(path))]
    # A label that names the other language is written in it.
    return {text for text in quoted if CHINESE.search(text)} - {"中文", "切换到中文"}


def _without_comments(path: Path) -> str:
    without_blocks = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    return re.sub(r"(^|\s)//.*$", "", without_blocks, flags=re.MULTILINE)


def _texts_of_templates() -> set[str]:
    found: set[str] = set()
    for path in TEMPLATES:
        html = path.read_text()
        found |= set(re.findall(r"<[^<>]*\sdata-t(?:\s[^<>]*)?>([^<{]+)<", html))
        found |= set(re.findall(r'{% include "[^"]+" with why="([^"]+)" %}', html))
        for tag in re.findall(r"<[^<>]*\sdata-t-attr=[^<>]*>", html):
            names = re.search(r'data-t-attr="([^"]+)"', tag)
            assert names is not None
            found |= {re.search(rf'\s{name}="([^"]+)"', tag).group(1) for name in names.group(1).split()}  # type: ignore[union-attr]
        for title in re.findall(r"{% block title %}([^{]+){%", html):
            found |= set(title.split(" · "))
    return found


def test_every_text_has_its_english_and_every_english_its_text() -> None:
    assert _texts_of_scripts() | _texts_of_templates() == set(_english())


def test_the_english_keeps_the_names_that_are_filled_in() -> None:
    differing = {
        zh: en for zh, en in _english().items() if set(re.findall(r"{\w+}", zh)) != set(re.findall(r"{\w+}", en))
    }
    assert differing == {}


def test_every_chinese_text_of_a_shell_is_marked_for_translation() -> None:
    for path in TEMPLATES:
        html = re.sub(r"{%.*?%}|<noscript>.*?</noscript>|<title>.*?</title>", "", path.read_text(), flags=re.DOTALL)
        html = re.sub(r"{% block title %}.*?{% endblock %}", "", html)
        marked = re.sub(r"<[^<>]*\sdata-t(?:\s[^<>]*)?>[^<]+<", "<", html)
        between_tags = re.sub(r"<[^<>]*>", "", marked)
        titles = {line for line in between_tags.splitlines() if "· 渝中绿色积分" in line}
        left = [line.strip() for line in between_tags.splitlines() if CHINESE.search(line) and line not in titles]
        assert left == [], path.name


def test_text_never_becomes_markup() -> None:
    sinks = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc|\beval\(|new Function")
    assert [path.name for path in SCRIPTS if sinks.search(path.read_text())] == []


def test_nothing_is_inline_and_nothing_comes_from_another_host() -> None:
    for path in TEMPLATES:
        html = path.read_text()
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html), path.name
    for path in [*TEMPLATES, *SCRIPTS, *STYLES]:
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|[\"'(]//", path.read_text()), path.name


def test_modules_import_files_that_exist() -> None:
    for path in SCRIPTS:
        for target in re.findall(r'from "(\.[^"]+)"|import "(\.[^"]+)"', path.read_text()):
            assert (path.parent / next(filter(None, target))).resolve().is_file(), f"{path.name} imports {target}"


@pytest.mark.parametrize("path", PAGES)
def test_a_shell_needs_neither_session_nor_database(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert '<html lang="zh-CN">' in response.content.decode()
    assert "csrftoken" in response.cookies
    assert "private" in response["Cache-Control"]
    assert "no-cache" in response["Cache-Control"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert client.post(path).status_code in (403, 405)


@pytest.mark.parametrize("path", ["/nowhere", "/s/not-a-code!", f"/s/{'A' * 513}", "/display/7", '/s/"><script>'])
def test_what_is_not_there_is_a_page_of_ours(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "没有这个页面" in response.content.decode()
    assert "<script>" not in response.content.decode()


@pytest.mark.parametrize(("path", "pixels"), [("apple-touch-icon", 180), ("icon-192", 192), ("icon-512", 512)])
def test_an_icon_is_a_whole_picture_of_its_size(client: Client, path: str, pixels: int) -> None:
    response = client.get(f"/{path}.png")
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    with Image.open(io.BytesIO(response.content)) as picture:
        assert (picture.format, picture.size, picture.mode) == ("PNG", (pixels, pixels), "RGB")
        colours = {picture.getpixel((0, 0)), picture.getpixel((pixels * 5 // 8, pixels * 5 // 16))}
    assert colours == {(11, 107, 69), (201, 239, 213)}


def test_an_icon_of_another_size_is_not_drawn(client: Client) -> None:
    assert client.get("/icon-100000.png").status_code == 404


def test_a_fault_is_a_page_of_ours_without_its_text(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(request: HttpRequest, template: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if template == "web/home.html":
            raise RuntimeError("secret detail")
        return render(request, template, *args, **kwargs)

    client.raise_request_exception = False
    monkeypatch.setattr("backend.web.views.render", fail)
    answer = client.get("/")
    assert answer.status_code == 500
    assert answer["Content-Type"].startswith("text/html")  # a person reads this, not a program
    assert "服务出了问题" in answer.content.decode()
    assert "secret detail" not in answer.content.decode()
