"""A photograph comes in, the texts of its codes go out; anything else is a problem with a code."""

import io
import json

import pytest
from django.test import Client
from PIL import Image

from backend.tokens.rendering import qr_png

DECODE = "/api/v1/codes/decode"
URL = "https://green.example.cn/s/CAAQ"


def posted(client: Client, body: bytes, content_type: str = "image/png", **headers: str):
    return client.post(DECODE, body, content_type=content_type, headers=headers)


def white(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "white").save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("declared", ["image/png", "image/jpeg", "image/heic"])
def test_a_photograph_is_read_by_anyone_whatever_it_says_it_is(client, declared):
    answer = posted(client, qr_png(URL), declared)
    assert answer.status_code == 200
    assert answer.json() == {"codes": [URL]}


@pytest.mark.parametrize(
    ("body", "declared", "status", "code"),
    [
        (b"", "image/png", 415, "image_unsupported"),
        (b"nonsense", "image/png", 415, "image_unsupported"),
        (white("GIF"), "image/gif", 415, "image_unsupported"),
        (white("JPEG"), "image/jpeg", 422, "code_not_found"),
        (qr_png(URL), "application/json", 415, "unsupported_media_type"),
        (qr_png(URL), "multipart/form-data; boundary=x", 415, "unsupported_media_type"),
    ],
)
def test_what_cannot_be_read_is_a_problem_with_a_code(client, body, declared, status, code):
    answer = posted(client, body, declared)
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("application/problem+json")
    problem = json.loads(answer.content)
    assert (problem["status"], problem["code"]) == (status, code)


def test_a_body_over_the_limit_is_413(client, settings):
    settings.IMAGE_UPLOAD_MAX_BYTES = 1000
    answer = posted(client, b"\xff" * 1001)
    assert answer.status_code == 413
    assert json.loads(answer.content)["status"] == 413


def test_the_reader_s_language_is_used(client):
    chinese, english = (posted(client, white("PNG"), **{"Accept-Language": each}) for each in ("zh-CN", "en"))
    assert "没有找到二维码" in json.loads(chinese.content)["detail"]
    assert "No code was found" in json.loads(english.content)["detail"]
