"""Codes as pictures: drawing them, and reading them from photographs.

All of it is slow (tens of milliseconds): call it outside a door's transaction.
"""

from backend.tokens.rendering.decoding import decode_image
from backend.tokens.rendering.poster import station_poster
from backend.tokens.rendering.symbols import qr_png

__all__ = ["decode_image", "qr_png", "station_poster"]
