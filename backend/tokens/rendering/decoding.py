"""Reads the QR codes in a photograph that somebody sent: hostile input, so bytes and pixels are bounded."""

import io
import zlib
from typing import NoReturn

import zxingcpp
from django.conf import settings
from PIL import Image

from backend.tokens.errors import CodeNotFound, ImageTooLarge, ImageUnsupported

# JPEG is decoded at a fraction of its size (draft mode), so full-size camera pictures pass. PNG and WebP
# unfold whole, at four bytes a pixel: room for the longest screenshot, and 64 MB of memory at most.
MAX_PIXELS = {"JPEG": 50_000_000, "PNG": 16_000_000, "WEBP": 16_000_000}
MAX_SIDE_PIXELS = 3000  # what the search looks at; a code too small here was too small for the camera
MAX_CODES = 8
_QR_ONLY = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, MemoryError, zlib.error)


def decode_image(data: bytes) -> list[str]:
    """The texts of the QR codes in a JPEG, PNG or WebP picture, each once, 8 at most, never empty.

    The format is told by the content. Raises ImageTooLarge, ImageUnsupported or CodeNotFound.
    """
    if len(data) > settings.IMAGE_UPLOAD_MAX_BYTES:
        _too_large("JPEG")
    found = zxingcpp.read_barcodes(_grey(data), formats=_QR_ONLY, text_mode=zxingcpp.TextMode.Plain)
    texts = list(dict.fromkeys(code.text for code in found if code.text))[:MAX_CODES]
    if not texts:
        raise CodeNotFound
    return texts


def _grey(data: bytes) -> Image.Image:
    """The picture in grey, on white where it is transparent, no side longer than MAX_SIDE_PIXELS."""
    try:
        with Image.open(io.BytesIO(data), formats=tuple(MAX_PIXELS)) as image:
            _require_few_pixels(image)
            image.draft("L", (MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
            grey = _flatten(image)
            grey.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
            return grey
    except Image.DecompressionBombError:
        _too_large("JPEG")
    except _DAMAGED:  # what Pillow's readers raise on broken files
        raise ImageUnsupported(formats=sorted(MAX_PIXELS)) from None


def _require_few_pixels(image: Image.Image) -> None:
    kind = image.format if image.format in MAX_PIXELS else "JPEG"  # MPO: a JPEG with more behind it
    if image.width * image.height > MAX_PIXELS[kind]:
        _too_large(kind)


def _flatten(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("L")
    coloured = image.convert("LA")
    page = Image.new("L", image.size, 255)
    page.paste(coloured.getchannel("L"), mask=coloured.getchannel("A"))
    return page


def _too_large(kind: str) -> NoReturn:
    raise ImageTooLarge(max_bytes=settings.IMAGE_UPLOAD_MAX_BYTES, max_pixels=MAX_PIXELS[kind])
