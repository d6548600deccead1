"""QR symbols."""

import io

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M

QUIET_ZONE_MODULES = 4  # what ISO/IEC 18004 asks for; scanners miss symbols with less
MAX_URL_CHARS = 512  # keeps modules large enough for a phone held at arm's length


def qr_image(url: str, *, pixels: int | None = None) -> Image.Image:
    """A black and white symbol with its quiet zone, error correction M (15 %).

    `pixels` is the largest width wanted; whole pixels a module keep the edges sharp, so it may come out a
    little smaller. Without it a module is 10 pixels.
    """
    if len(url) > MAX_URL_CHARS:
        raise ValueError(f"a code's URL has at most {MAX_URL_CHARS} characters, this one {len(url)}")
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE_MODULES, box_size=10)
    code.add_data(url)
    code.make(fit=True)
    if pixels is not None:
        code.box_size = max(1, pixels // (code.modules_count + 2 * QUIET_ZONE_MODULES))
    image: Image.Image = code.make_image().get_image()
    return image.convert("1")


def qr_png(url: str) -> bytes:
    """`url` as a PNG, 10 pixels a module, for a screen."""
    file = io.BytesIO()
    qr_image(url).save(file, "PNG", optimize=True)
    return file.getvalue()
