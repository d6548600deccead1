"""Photos from outside, made harmless: judged by their content, bounded, and drawn anew without their metadata.

Slow and hostile, so it happens outside every transaction.
"""

import hashlib
import io
import zlib
from dataclasses import dataclass
from typing import NoReturn

from django.conf import settings
from PIL import Image, ImageOps, ImageStat

from backend.earning.errors import PhotoShowsNothing
from backend.earning.rules.photos import SIDE, look_of
from backend.tokens.errors import ImageTooLarge, ImageUnsupported

# JPEG is decoded at a fraction of its size, so full-size camera pictures pass; PNG and WebP unfold whole.
MAX_PIXELS = {"JPEG": 50_000_000, "PNG": 16_000_000, "WEBP": 16_000_000}
KEPT_SIDE_PIXELS = 1600
QUALITIES = (80, 60, 40)  # the first whose file is small enough
KEPT_BYTES = 400_000
LEAST_SIDE_PIXELS = 64
LEAST_CONTRAST = 4.0  # standard deviation of grey: below it a wall, a pocket, a covered lens
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, MemoryError, zlib.error)


@dataclass(frozen=True)
class Picture:
    """A photo as it is kept. `digest` (SHA-256) is of the bytes that came, `look` is its perceptual hash."""

    jpeg: bytes
    digest: str
    look: int
    width: int
    height: int


def read_picture(data: bytes) -> Picture:
    """Raises ImageTooLarge, ImageUnsupported, PhotoShowsNothing."""
    if len(data) > settings.IMAGE_UPLOAD_MAX_BYTES:
        _too_large("JPEG")
    drawn = _drawn_anew(data)
    if min(drawn.size) < LEAST_SIDE_PIXELS or ImageStat.Stat(drawn.convert("L")).stddev[0] < LEAST_CONTRAST:
        raise PhotoShowsNothing(least_pixels=LEAST_SIDE_PIXELS)
    look = look_of(drawn.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX).tobytes())
    jpeg = _jpeg(drawn)
    return Picture(jpeg, hashlib.sha256(data).hexdigest(), look, drawn.width, drawn.height)


def _drawn_anew(data: bytes) -> Image.Image:
    """The pixels alone, upright, on white where they were transparent, no side longer than KEPT_SIDE_PIXELS."""
    try:
        with Image.open(io.BytesIO(data), formats=tuple(MAX_PIXELS)) as image:
            kind = image.format if image.format in MAX_PIXELS else "JPEG"  # MPO: a JPEG with more behind it
            if image.width * image.height > MAX_PIXELS[kind]:
                _too_large(kind)
            image.draft("RGB", (KEPT_SIDE_PIXELS, KEPT_SIDE_PIXELS))
            turned = ImageOps.exif_transpose(image)
            turned.thumbnail((KEPT_SIDE_PIXELS, KEPT_SIDE_PIXELS))
            return _on_white(turned)
    except Image.DecompressionBombError:
        _too_large("JPEG")
    except _DAMAGED:
        raise ImageUnsupported(formats=sorted(MAX_PIXELS)) from None


def _on_white(image: Image.Image) -> Image.Image:
    page = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        page.paste(clear, mask=clear.getchannel("A"))
    else:
        page.paste(image.convert("RGB"))
    return page


def _jpeg(image: Image.Image) -> bytes:
    """As good as fits; what never fits (noise) becomes smaller. A new page has no metadata, and none is written."""
    for quality in QUALITIES:
        file = io.BytesIO()
        image.save(file, "JPEG", quality=quality)
        if file.tell() <= KEPT_BYTES:
            return file.getvalue()
    image.thumbnail((image.width // 2, image.height // 2))
    return _jpeg(image)


def _too_large(kind: str) -> NoReturn:
    raise ImageTooLarge(max_bytes=settings.IMAGE_UPLOAD_MAX_BYTES, max_pixels=MAX_PIXELS[kind])
