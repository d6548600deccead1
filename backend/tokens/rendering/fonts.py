"""Finds a font with Chinese characters: the one the operator named, a pip package's, or the system's."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from backend.tokens.errors import FontMissing

_PACKAGES = (("manimgx_fonts_cjk", "NotoSansCJK-VF.otf.ttc"),)
_NOTO = "/usr/share/fonts/opentype/noto"
# Regular and bold. Debian's fonts-noto-cjk, Fedora's, fonts-wqy-zenhei and -microhei; then macOS and Windows.
_FILES = (
    (f"{_NOTO}/NotoSansCJK-Regular.ttc", f"{_NOTO}/NotoSansCJK-Bold.ttc"),
    ("/usr/share/fonts/google-noto-sans-cjk-vf-fonts/NotoSansCJK-VF.ttc", None),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", None),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", None),
    ("/System/Library/Fonts/PingFang.ttc", None),
    ("/System/Library/Fonts/STHeiti Light.ttc", "/System/Library/Fonts/STHeiti Medium.ttc"),
    ("C:/Windows/Fonts/msyh.ttc", "C:/Windows/Fonts/msyhbd.ttc"),
)
_PROBE, _UNASSIGNED = "渝", "\U0010fffd"
_BOLD_WEIGHT, _REGULAR_WEIGHT = 700, 400


@dataclass(frozen=True)
class Typeface:
    """Where the regular and the bold cut are: a file and the index of the Simplified Chinese face in it."""

    regular: tuple[str, int]
    bold: tuple[str, int]

    def font(self, size_pixels: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
        """The font at a size. Bold is regular where there is no bold cut."""
        path, index = self.bold if bold else self.regular
        font = ImageFont.truetype(path, size_pixels, index=index)
        _set_weight(font, _BOLD_WEIGHT if bold else _REGULAR_WEIGHT)
        return font


def typeface() -> Typeface:
    """The typeface of posters. Raises FontMissing when no candidate exists, opens and has Chinese characters.

    When POSTER_FONT is set, nothing else is tried: a wrong path is told, not papered over.
    """
    named = settings.POSTER_FONT
    for regular, bold in [(named, None)] if named else _candidates():
        index = _chinese_face(regular)
        if index is not None:
            bold_index = _chinese_face(bold) if bold else None
            cut = (regular, index)
            return Typeface(cut, (bold, bold_index) if bold and bold_index is not None else cut)
    raise FontMissing


def _candidates() -> Iterator[tuple[str, str | None]]:
    for package, file in _PACKAGES:
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            yield str(Path(spec.origin).with_name(file)), None
    yield from _FILES


@lru_cache(maxsize=32)
def _chinese_face(path: str) -> int | None:
    """The index of the face to use in the file, Simplified Chinese before others; None if there is none."""
    faces = [(index, font) for index, font in enumerate(_faces(path)) if _has_chinese(font)]
    faces.sort(key=lambda face: "SC" not in (face[1].getname()[0] or "").split())
    return faces[0][0] if faces else None


def _faces(path: str) -> Iterator[ImageFont.FreeTypeFont]:
    for index in range(64):  # a collection tells its end by an error
        try:
            yield ImageFont.truetype(path, 24, index=index)
        except OSError:
            return


def _has_chinese(font: ImageFont.FreeTypeFont) -> bool:
    """Whether the font draws a Chinese character otherwise than a missing one."""
    return _drawn(font, _PROBE) != _drawn(font, _UNASSIGNED)


def _drawn(font: ImageFont.FreeTypeFont, character: str) -> bytes:
    page = Image.new("L", (48, 48))
    ImageDraw.Draw(page).text((4, 4), character, font=font, fill=255)
    return page.tobytes()


def _set_weight(font: ImageFont.FreeTypeFont, weight: int) -> None:
    try:
        font.set_variation_by_axes([weight])
    except OSError:
        return  # not a variable font: its file is its weight
