"""The A4 poster of a station, at 150 dots an inch, in the same layout for every station."""

import io
import math
import unicodedata
from collections.abc import Sequence
from typing import Literal
from urllib.parse import urlsplit

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from backend.tokens.rendering.fonts import Typeface, typeface
from backend.tokens.rendering.symbols import qr_image

DPI = 150
SIZE = (1240, 1754)  # A4 at 150 dots an inch
MAX_NAME_CHARS = 60
MAX_ADDRESS_CHARS = 120

_PAPER, _INK, _SOFT = "#F4F9F4", "#12382B", "#5C7268"
_DEEP, _GREEN, _LEAF, _PALE = "#0B5D43", "#1F9465", "#8FD6A4", "#DDF2E3"
_MIDDLE = SIZE[0] // 2
_HILLS = (("#2AA574", 700, 90, 1.6, 0.4), ("#4DBB88", 790, 70, 2.3, 2.1))  # far and near, at double size
_HEADER_BOTTOM = 470
_CARD = (130, 330, 1110, 1306)
_CARD_TEXT_WIDTH = _CARD[2] - _CARD[0] - 120
_QR_PIXELS = 650
_STEPS = (
    ("扫一扫", "用手机相机或微信扫码", "Scan the code", "with your phone"),
    ("签到", "登录后在页面上确认", "Sign in and", "confirm on the page"),
    ("得积分", "积分到账，可兑换消费券", "Earn points,", "exchange for vouchers"),
)


def station_poster(*, name: str, address: str, url: str, file_format: Literal["PNG", "PDF"] = "PNG") -> bytes:
    """The poster of the station `name`, whose printed code is `url`, as a PNG or a PDF of one page.

    Long names shrink, then wrap to two lines, then end in an ellipsis. Raises FontMissing.
    """
    face = typeface()
    page = _background()
    draw = ImageDraw.Draw(page)
    _title(draw, face)
    _station(draw, face, _clean(name, MAX_NAME_CHARS), _clean(address, MAX_ADDRESS_CHARS))
    _code(page, draw, face, url)
    _steps(draw, face)
    _footer(draw, face, url)
    file = io.BytesIO()
    if file_format == "PDF":
        page.save(file, "PDF", resolution=DPI, quality=95)
    else:
        page.save(file, "PNG", dpi=(DPI, DPI), optimize=True)
    return file.getvalue()


def _background() -> Image.Image:
    """Header with the hills of the city, and the card; drawn at double size, so that curves are smooth."""
    large = Image.new("RGB", (SIZE[0] * 2, SIZE[1] * 2), _PAPER)
    header = (large.width, _HEADER_BOTTOM * 2)
    shade = Image.linear_gradient("L").resize(header)
    large.paste(Image.composite(Image.new("RGB", header, _GREEN), Image.new("RGB", header, _DEEP), shade))
    draw = ImageDraw.Draw(large)
    for colour, base, height, waves, shift in _HILLS:
        draw.polygon(_ridge(large.width, base, height, waves, shift, header[1]), fill=colour)
    draw.polygon(_ridge(large.width, 880, 40, 1.2, 4.0, header[1] + 2), fill=_PAPER)
    _sprout(draw, centre=(_MIDDLE * 2, 134), size=52)
    page = large.resize(SIZE, Image.Resampling.LANCZOS)
    return _with_card(page)


def _ridge(width: int, base: int, height: int, waves: float, shift: float, bottom: int) -> list[tuple[float, float]]:
    """A line of hills from left to right, closed along `bottom`."""
    top = []
    for x in range(0, width + 20, 20):
        angle = x / width * math.tau * waves + shift
        top.append((float(x), base - height * (math.sin(angle) + 0.45 * math.sin(2.3 * angle + 1))))
    return [*top, (float(width), float(bottom)), (0.0, float(bottom))]


def _sprout(draw: ImageDraw.ImageDraw, *, centre: tuple[int, int], size: int) -> None:
    """Two leaves on a stem, the mark of the programme."""
    x, y = centre
    draw.line((x, y + size, x, y - size // 6), fill="white", width=size // 7)
    draw.polygon(_leaf((x, y + size // 3), size * 1.5, -35), fill="white")
    draw.polygon(_leaf((x, y + size // 5), size * 1.15, -145), fill=_LEAF)


def _leaf(foot: tuple[int, int], length: float, degrees: float) -> list[tuple[float, float]]:
    """A leaf that grows from `foot` in a direction (0 is right, -90 is up)."""
    turn, steps = math.radians(degrees), 24
    side = [(length * i / steps, 0.3 * length * math.sin(math.pi * i / steps)) for i in range(steps + 1)]
    outline = side + [(along, -across) for along, across in reversed(side)]
    return [
        (
            foot[0] + along * math.cos(turn) - across * math.sin(turn),
            foot[1] + along * math.sin(turn) + across * math.cos(turn),
        )
        for along, across in outline
    ]


def _with_card(page: Image.Image) -> Image.Image:
    shadow = Image.new("L", SIZE)
    ImageDraw.Draw(shadow).rounded_rectangle([_CARD[0], _CARD[1] + 12, _CARD[2], _CARD[3] + 12], 40, fill=70)
    page.paste(_DEEP, mask=shadow.filter(ImageFilter.GaussianBlur(22)))
    card = Image.new("L", (SIZE[0] * 2, SIZE[1] * 2))
    ImageDraw.Draw(card).rounded_rectangle([edge * 2 for edge in _CARD], 80, fill=255)
    page.paste("white", mask=card.resize(SIZE, Image.Resampling.LANCZOS))
    return page


def _title(draw: ImageDraw.ImageDraw, face: Typeface) -> None:
    _centred(draw, "渝中绿色积分", 170, face.font(112, bold=True), "white")
    _centred(draw, "Y U Z H O N G   G R E E N   P O I N T S", 264, face.font(30), _PALE)


def _station(draw: ImageDraw.ImageDraw, face: Typeface, name: str, address: str) -> None:
    lines, font = _fit(name, face, sizes=(60, 52, 44), bold=True)
    y = 406.0 if len(lines) == 1 else 378.0
    for line in lines:
        _centred(draw, line, y, font, _INK)
        y += font.size * 1.15
    lines, font = _fit(address, face, sizes=(30, 26), bold=False)
    for row, line in enumerate(lines):
        _centred(draw, line, 484 + row * 32, font, _SOFT)


def _code(page: Image.Image, draw: ImageDraw.ImageDraw, face: Typeface, url: str) -> None:
    """The symbol, what it is for, and its characters for those who must type them."""
    symbol = qr_image(url, pixels=_QR_PIXELS)
    page.paste(symbol, (_MIDDLE - symbol.width // 2, 532 + (_QR_PIXELS - symbol.height) // 2))
    _centred(draw, "扫码签到 · 领取绿色积分", 1192, face.font(42, bold=True), _DEEP)
    _centred(draw, "Scan to check in and earn green points", 1238, face.font(24), _SOFT)
    payload = url.rpartition("/")[2]
    groups = [payload[i : i + 4] for i in range(0, len(payload), 4)]
    _centred(draw, " ".join(groups), 1274, _shrunk(" ".join(groups), face), _SOFT)


def _steps(draw: ImageDraw.ImageDraw, face: Typeface) -> None:
    for number, (what, how, *english) in enumerate(_STEPS):
        x = 240 + number * 380
        draw.ellipse((x - 36, 1338, x + 36, 1410), fill=_GREEN)
        draw.text((x, 1373), str(number + 1), font=face.font(42, bold=True), fill="white", anchor="mm")
        draw.text((x, 1448), what, font=face.font(42, bold=True), fill=_INK, anchor="mm")
        draw.text((x, 1498), how, font=face.font(27), fill=_INK, anchor="mm")
        for row, line in enumerate(english):
            draw.text((x, 1540 + row * 30), line, font=face.font(23), fill=_SOFT, anchor="mm")
    for x in (430, 810):
        draw.line([(x - 8, 1358), (x + 8, 1374), (x - 8, 1390)], fill=_LEAF, width=6, joint="curve")


def _footer(draw: ImageDraw.ImageDraw, face: Typeface, url: str) -> None:
    """Which address the page must have: a sticker over the code is the known fraud with posters."""
    host = urlsplit(url).netloc
    draw.line((130, 1610, 1110, 1610), fill=_PALE, width=3)
    _centred(draw, f"扫码后请核对网址：{host}", 1640, face.font(27, bold=True), _DEEP)
    _centred(draw, "如二维码被覆盖或损坏，请勿扫描，并告知站点工作人员。", 1678, face.font(24), _SOFT)
    english = f"The page must open at {host}. Do not scan a covered or damaged code; tell the staff."
    _centred(draw, english, 1712, face.font(20), _SOFT)


def _centred(draw: ImageDraw.ImageDraw, text: str, y: float, font: ImageFont.FreeTypeFont, colour: str) -> None:
    """`text` with its middle at the height `y` and in the middle of the page."""
    draw.text((_MIDDLE, y), text, font=font, fill=colour, anchor="mm")


def _shrunk(text: str, face: Typeface) -> ImageFont.FreeTypeFont:
    """The largest small font in which `text` stands on one line of the card."""
    fonts = (face.font(size) for size in range(22, 11, -1))
    return next((font for font in fonts if font.getlength(text) <= _CARD_TEXT_WIDTH), face.font(11))


def _fit(text: str, face: Typeface, *, sizes: Sequence[int], bold: bool) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """`text` on one line in the largest of `sizes` that holds it, else on two lines in the smallest."""
    for size in sizes:
        font = face.font(size, bold=bold)
        if font.getlength(text) <= _CARD_TEXT_WIDTH:
            return [text], font
    first, rest = _take_line(text, font)
    second, rest = _take_line(rest, font)
    if rest:
        second = second[:-1] + "…"
    return [first, second], font


def _take_line(text: str, font: ImageFont.FreeTypeFont) -> tuple[str, str]:
    """As many characters as the card is wide, and the others. Chinese may break anywhere."""
    ends = range(len(text), 0, -1)
    end = next((end for end in ends if font.getlength(text[:end]) <= _CARD_TEXT_WIDTH), 0)
    return text[:end].rstrip(), text[end:].lstrip()


def _clean(text: str, max_chars: int) -> str:
    """One line without control and formatting characters, `max_chars` at most."""
    line = " ".join(text.split())
    return "".join(each for each in line if unicodedata.category(each)[0] != "C")[:max_chars]
