"""What is drawn can be read by a real decoder, and what people upload cannot hurt."""

import io
import struct
import zlib
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from backend.core.errors import Refusal
from backend.tokens import rules
from backend.tokens.errors import CodeNotFound, FontMissing, ImageTooLarge, ImageUnsupported
from backend.tokens.rendering import decode_image, decoding, fonts, qr_png, station_poster
from backend.tokens.types import Purpose

STATION = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
PAYLOAD = rules.seal(purpose=Purpose.STATION_PRINTED, key_id=1, master=b"k" * 32, subject=STATION, window=0)
URL = f"https://green.example.cn/s/{PAYLOAD}"


def picture(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@pytest.fixture(scope="module")
def poster() -> bytes:
    return station_poster(name="大溪沟街道人和街社区回收点", address="人和街 00 号（示例）", url=URL)


def test_a_symbol_can_be_read():
    assert decode_image(qr_png(URL)) == [URL]


def test_a_symbol_has_a_quiet_zone_of_four_modules():
    image = picture(qr_png(URL)).convert("L")
    dark = image.point(lambda value: 255 - value).getbbox()
    assert dark == (40, 40, image.width - 40, image.height - 40)


def test_a_symbol_survives_a_stain():
    """Error correction M: a blot over 4 % of the symbol, away from its corners."""
    image = picture(qr_png(URL))
    side = image.width // 5
    ImageDraw.Draw(image).ellipse((image.width - 2 * side, side * 2, image.width - side, side * 3), fill="white")
    assert decode_image(encoded(image, "PNG")) == [URL]


def test_a_url_longer_than_a_phone_can_read_is_a_programming_error():
    with pytest.raises(ValueError, match="512"):
        qr_png("https://x/" + "A" * 512)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_accepted_format_is_told_by_its_content(kind):
    assert decode_image(encoded(picture(qr_png(URL)), kind)) == [URL]


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF"])
def test_other_formats_are_refused_by_name(kind):
    with pytest.raises(ImageUnsupported) as refused:
        decode_image(encoded(picture(qr_png(URL)), kind))
    assert refused.value.data["formats"] == ["JPEG", "PNG", "WEBP"]


def test_a_poster_can_be_read(poster):
    assert decode_image(poster) == [URL]


@pytest.mark.parametrize("degrees", [90, 180, 270, 7, -20])
@pytest.mark.parametrize("scale", [1.0, 0.45])
def test_a_poster_can_be_read_from_far_and_askew(poster, degrees, scale):
    image = picture(poster)
    image = image.resize((int(image.width * scale), int(image.height * scale)))
    image = image.rotate(degrees, expand=True, fillcolor="grey", resample=Image.Resampling.BICUBIC)
    assert decode_image(encoded(image, "JPEG", quality=70)) == [URL]


def test_a_poster_can_be_read_in_a_bad_photograph(poster):
    image = picture(poster).filter(ImageFilter.GaussianBlur(2)).point(lambda value: 60 + value // 3)
    assert decode_image(encoded(image, "JPEG", quality=40)) == [URL]


def test_a_poster_is_a_page_of_a4(poster):
    image = Image.open(io.BytesIO(poster))
    assert image.format == "PNG"
    assert image.size == (1240, 1754)
    assert image.info["dpi"] == pytest.approx((150, 150), abs=0.1)


def test_a_poster_for_the_printer_is_a_page_of_a4():
    page = station_poster(name="回收点", address="某路", url=URL, file_format="PDF")
    assert page.startswith(b"%PDF-")
    assert b"/MediaBox [ 0 0 595.2 841.92 ]" in page


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("", ""),
        ("名", "址"),
        ("渝中" * 200, "很长的地址" * 200),
        ("N" * 500, "W" * 500),
        ("两行\n名字\x00\x07", "零宽\u200b与右至左\u202e"),
        ("🌱 站点 😀", "\ufffe"),
    ],
)
def test_no_name_covers_the_code_or_breaks_the_page(name, address):
    assert decode_image(station_poster(name=name, address=address, url=URL)) == [URL]


def test_names_reach_the_paper(poster):
    other = station_poster(name="大溪沟街道", address="人和街 00 号（示例）", url=URL)
    head = (130, 330, 1110, 450)
    assert picture(poster).crop(head).tobytes() != picture(other).crop(head).tobytes()


def test_control_characters_do_not_reach_the_paper():
    plain, noisy = (station_poster(name=name, address="某路", url=URL) for name in ("站点", "站\x00\u202e点\n"))
    assert plain == noisy


def test_two_codes_in_one_picture_are_both_read():
    one, other = picture(qr_png(URL)), picture(qr_png("https://elsewhere.example/"))
    page = Image.new("RGB", (one.width + other.width, max(one.height, other.height)), "white")
    page.paste(one, (0, 0))
    page.paste(other, (one.width, 0))
    assert sorted(decode_image(encoded(page, "PNG"))) == sorted([URL, "https://elsewhere.example/"])


def test_a_transparent_screenshot_is_read_as_if_on_white():
    symbol = picture(qr_png(URL)).convert("L")
    image = Image.new("RGBA", symbol.size, (0, 0, 0, 0))
    image.putalpha(symbol.point(lambda value: 255 - value))
    for kind in ("PNG", "WEBP"):
        assert decode_image(encoded(image, kind, lossless=True)) == [URL]


def test_a_picture_without_a_code_says_how_to_take_a_better_one():
    with pytest.raises(CodeNotFound) as refused:
        decode_image(encoded(Image.new("RGB", (300, 300), "white"), "JPEG"))
    assert "靠近" in refused.value.detail()


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"hello" * 100, b"<svg xmlns='x'/>", b"%PDF-1.7\n"])
def test_what_is_not_a_picture_is_refused(data):
    with pytest.raises(ImageUnsupported):
        decode_image(data)


def test_more_bytes_than_allowed_are_not_opened(settings):
    data = qr_png(URL)
    settings.IMAGE_UPLOAD_MAX_BYTES = len(data)
    assert decode_image(data) == [URL]
    with pytest.raises(ImageTooLarge) as refused:
        decode_image(data + b"\0")
    assert refused.value.data["max_bytes"] == len(data)


def png_of(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims a size and holds one row: what a decompression bomb looks like."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(4001, 4000), (20_000, 20_000), (60_000, 60_000), (1, 16_000_001)])
def test_a_bomb_is_refused_before_it_unfolds(size, monkeypatch):
    monkeypatch.setattr(decoding, "_flatten", lambda image: pytest.fail("was decoded"))
    with pytest.raises(ImageTooLarge) as refused:
        decode_image(png_of(*size))
    assert refused.value.status == 413
    assert refused.value.data["max_pixels"] >= 16_000_000


def test_a_picture_at_the_limit_is_opened():
    assert decoding.MAX_PIXELS["PNG"] == 4000 * 4000
    with pytest.raises(ImageUnsupported):  # it holds no pixels, which is seen only once it is opened
        decode_image(png_of(4000, 4000))


def test_a_full_size_photograph_is_read_without_unfolding_whole(monkeypatch):
    """48 megapixels, as phones take them: three times what a PNG may have."""
    photograph = Image.new("L", (8000, 6000), "white")
    photograph.paste(picture(qr_png(URL)).convert("L").resize((2400, 2400)), (3000, 1500))
    unfolded = []
    flatten = decoding._flatten
    monkeypatch.setattr(decoding, "_flatten", lambda image: unfolded.append(image.size) or flatten(image))
    assert decode_image(encoded(photograph, "JPEG", quality=60)) == [URL]
    assert unfolded == [(4000, 3000)]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_cut_off_picture_is_refused(kind):
    data = encoded(picture(qr_png(URL)), kind)
    with pytest.raises(ImageUnsupported):
        decode_image(data[: len(data) // 2])


@trials(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.data())
def test_a_damaged_picture_is_read_or_refused_and_nothing_else(kind, data):
    damaged = bytearray(SMALL[kind])
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    assert answer_to(bytes(damaged)) in (200, 413, 415, 422)


def answer_to(data: bytes) -> int:
    try:
        return 200 if decode_image(data) else 500
    except Refusal as refused:
        return refused.status


SMALL = {kind: encoded(picture(qr_png("https://x/s/A")), kind) for kind in ("JPEG", "PNG", "WEBP")}


@pytest.fixture
def _forgetful():
    """Faces are remembered by path; these tests put other files at known paths."""
    fonts._chinese_face.cache_clear()
    yield
    fonts._chinese_face.cache_clear()


@pytest.mark.usefixtures("_forgetful")
def test_without_a_chinese_font_the_refusal_says_how_to_mend_it(settings, monkeypatch, tmp_path):
    settings.POSTER_FONT = ""
    monkeypatch.setattr(fonts, "_FILES", ((str(tmp_path / "absent.ttc"), None),))
    monkeypatch.setattr(fonts, "_PACKAGES", (("no_such_package", "absent.ttc"),))
    with pytest.raises(FontMissing) as refused:
        station_poster(name="站点", address="某路", url=URL)
    assert (refused.value.status, refused.value.code) == (503, "font_missing")
    for language in ("zh-Hans", "en"):
        assert "fonts-noto-cjk" in refused.value.detail(language)
        assert "POSTER_FONT" in refused.value.detail(language)


@pytest.mark.usefixtures("_forgetful")
@pytest.mark.parametrize("content", [None, b"", b"not a font", b"\0\1\0\0" * 64])
def test_a_named_font_that_does_not_open_is_told_and_not_replaced(settings, tmp_path, content):
    path = tmp_path / "font.otf"
    if content is not None:
        path.write_bytes(content)
    settings.POSTER_FONT = str(path)
    with pytest.raises(FontMissing):
        fonts.typeface()


@pytest.mark.usefixtures("_forgetful")
def test_a_font_without_chinese_characters_is_not_taken(settings, tmp_path):
    """It would print a poster of empty boxes."""
    latin = ImageFont.load_default(24)
    assert isinstance(latin, ImageFont.FreeTypeFont)
    path = tmp_path / "latin.ttf"
    path.write_bytes(latin.font_bytes)
    settings.POSTER_FONT = str(path)
    with pytest.raises(FontMissing):
        fonts.typeface()


def test_the_simplified_chinese_face_of_a_collection_is_taken(settings):
    settings.POSTER_FONT = ""
    found = fonts.typeface()
    family, _ = found.font(24).getname()
    faces = {font.getname()[0] for font in fonts._faces(found.regular[0])}
    assert "SC" in family.split() or not any("SC" in (name or "").split() for name in faces)
    settings.POSTER_FONT = found.regular[0]
    assert fonts.typeface().regular == found.regular


def test_bold_is_bolder(settings):
    settings.POSTER_FONT = ""
    face = fonts.typeface()
    regular, bold = (sum(fonts._drawn(face.font(24, bold=bold), "渝")) for bold in (False, True))
    assert bold > regular * 1.1
