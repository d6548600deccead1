"""A voucher on paper: a slip of A6 at 150 dots an inch, large enough to read without glasses."""

import io
from collections.abc import Iterator, Sequence
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from backend.tokens.rendering.fonts import Typeface, typeface
from backend.tokens.rendering.symbols import qr_image
from backend.tokens.rules import grouped

DPI = 150
SIZE = (620, 874)  # A6
_MARGIN = 36
_WIDTH = SIZE[0] - 2 * _MARGIN
_QR_PIXELS, _QR_TOP = 330, 204
_TERMS_BOTTOM, _TERM_SIZES = 806, (28, 25, 22)
_INK, _SOFT = "#12382B", "#5C7268"
_NOTE = ("凭此纸质券到可用门店的收银台出示。", "仅最新打印的一张有效，请勿复印、转让。")


def voucher_slip(
    *,
    title: str,
    lines: Sequence[str],
    url: str,
    typed: str = "",
    terms: Sequence[str] = (),
    file_format: Literal["PNG", "PDF"] = "PNG",
) -> bytes:
    """The slip of a voucher called `title` with `lines` about it. Its code is `url`, or `typed` where no camera works.

    `terms` stand in the largest letters in which they have room. Raises FontMissing.
    """
    face = typeface()
    page = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(page)
    _centred(draw, "渝中绿色消费券", 44, face.font(38, bold=True), _INK)
    _centred(draw, title, 98, _fitting(title, face, (40, 34, 28, 22), bold=True), _INK)
    for row, line in enumerate(lines[:2]):
        _centred(draw, line, 146 + row * 38, _fitting(line, face, (27, 24, 20, 16)), _INK)
    symbol = qr_image(url, pixels=_QR_PIXELS)
    page.paste(symbol, ((SIZE[0] - symbol.width) // 2, _QR_TOP))
    _terms(draw, terms, _typed(draw, typed, _QR_TOP + symbol.height, face), face)
    for row, line in enumerate(_NOTE):
        _centred(draw, line, SIZE[1] - 50 + row * 28, face.font(21), _SOFT)
    file = io.BytesIO()
    if file_format == "PDF":
        page.save(file, "PDF", resolution=DPI, quality=95)
    else:
        page.save(file, "PNG", dpi=(DPI, DPI), optimize=True)
    return file.getvalue()


def _typed(draw: ImageDraw.ImageDraw, code: str, y: int, face: Typeface) -> int:
    """The nine characters for a counter whose camera fails; where what follows may begin."""
    if not code:
        return y
    _centred(draw, grouped(code), y + 28, face.font(48, bold=True), _INK)
    _centred(draw, "扫不了时，请收银员输入这 9 位", y + 72, face.font(21), _SOFT)
    return y + 96


def _terms(draw: ImageDraw.ImageDraw, terms: Sequence[str], top: int, face: Typeface) -> None:
    for size in _TERM_SIZES:
        font, step = face.font(size), size + 8
        rows = [row for term in terms for row in _wrapped(f"· {term}", font)]
        if top + len(rows) * step <= _TERMS_BOTTOM or size == _TERM_SIZES[-1]:
            for number, row in enumerate(rows[: (_TERMS_BOTTOM - top) // step]):
                draw.text((_MARGIN, top + number * step), row, font=font, fill=_INK)
            return


def _wrapped(text: str, font: ImageFont.FreeTypeFont) -> Iterator[str]:
    row = ""
    for character in text:
        if font.getlength(row + character) > _WIDTH:
            yield row
            row = "  "
        row += character
    yield row


def _centred(draw: ImageDraw.ImageDraw, text: str, y: float, font: ImageFont.FreeTypeFont, colour: str) -> None:
    draw.text((SIZE[0] // 2, y), text, font=font, fill=colour, anchor="mm")


def _fitting(text: str, face: Typeface, sizes: Sequence[int], *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The largest of `sizes` in which `text` stands on one line, else the smallest."""
    fonts = [face.font(size, bold=bold) for size in sizes]
    return next((font for font in fonts if font.getlength(text) <= _WIDTH), fonts[-1])
