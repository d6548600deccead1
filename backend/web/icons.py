"""The service's icon as PNG, for telephones that take no SVG: drawn from the same lines as static/web/icon.svg."""

import io
from functools import cache
from itertools import pairwise

from PIL import Image, ImageDraw

SIZES = (180, 192, 512)  # iOS; the two that a manifest should name
_GROUND, _LEAF = "#0b6b45", "#c9efd5"
_GRID, _SMOOTH, _STEPS = 64, 4, 32  # units of the drawing; oversampling; points of a curve

Point = tuple[float, float]
_OUTLINE: tuple[tuple[Point, ...], ...] = (
    ((14, 46), (12, 26), (24, 14), (51, 13)),
    ((51, 13), (52, 38), (41, 50), (22, 48)),
)
_VEIN: tuple[Point, ...] = ((12, 54), (18, 40), (26, 32), (37, 26))
_STALK: tuple[Point, ...] = ((12, 54), (15, 48), (18, 43), (22, 39))


@cache
def icon_png(pixels: int) -> bytes:
    """The icon with a whole ground: iOS rounds the corners itself, and shows what is see-through as black."""
    scale = pixels * _SMOOTH / _GRID
    image = Image.new("RGB", (pixels * _SMOOTH, pixels * _SMOOTH), _GROUND)
    draw = ImageDraw.Draw(image)
    draw.polygon([point for curve in _OUTLINE for point in _along(curve, scale)], fill=_LEAF)
    _stroke(draw, _along(_VEIN, scale), _GROUND, 4 * scale)
    _stroke(draw, _along(_STALK, scale), _LEAF, 4 * scale)
    file = io.BytesIO()
    image.resize((pixels, pixels), Image.Resampling.LANCZOS).save(file, "PNG", optimize=True)
    return file.getvalue()


def _along(curve: tuple[Point, ...], scale: float) -> list[Point]:
    """Points of a cubic Bézier curve."""
    return [_at(curve, step / _STEPS, scale) for step in range(_STEPS + 1)]


def _at(curve: tuple[Point, ...], part: float, scale: float) -> Point:
    points = [(x * scale, y * scale) for x, y in curve]
    while len(points) > 1:
        points = [(a + (c - a) * part, b + (d - b) * part) for (a, b), (c, d) in pairwise(points)]
    return points[0]


def _stroke(draw: ImageDraw.ImageDraw, points: list[Point], colour: str, width: float) -> None:
    """A line with round ends: a disc at every point."""
    for x, y in points:
        draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=colour)
    draw.line(points, fill=colour, width=round(width), joint="curve")
