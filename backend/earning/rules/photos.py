"""Perceptual hashes: which pictures look alike, and how to find them without comparing with all.

The hash is 64 signs: whether each of the lowest frequencies of a small grey picture (its cosine transform) is above
their median. Scaling, recompression and brightness move few of them, and half of them are set whatever the picture.
"""

from collections.abc import Sequence
from functools import cache
from math import cos, pi
from statistics import median

SIDE = 32  # of the small grey picture
FREQUENCIES = 8  # each way; the plain brightness is left out
BANDS, BAND_BITS = 4, 16
ALIKE_BITS = 7  # at most this many different signs: the same picture


def look_of(grey: Sequence[int]) -> int:
    """64 bits from `SIDE` x `SIDE` grey values, row by row."""
    waves = _waves()
    rows = [grey[at : at + SIDE] for at in range(0, SIDE * SIDE, SIDE)]
    across = [[sum(map(float.__mul__, wave, map(float, row))) for row in rows] for wave in waves[1:]]
    strengths = [sum(map(float.__mul__, wave, column)) for column in across for wave in waves[:-1]]
    middle = median(strengths)
    return sum(1 << place for place, strength in enumerate(strengths) if strength > middle)


def distance(one: int, other: int) -> int:
    """How many of the 64 signs differ."""
    return (one ^ other).bit_count()


def bands(value: int) -> list[int]:
    """The four quarters of a hash, each with its place in front, as they are indexed."""
    mask = (1 << BAND_BITS) - 1
    return [place << BAND_BITS | value >> place * BAND_BITS & mask for place in range(BANDS)]


def probes(value: int) -> list[int]:
    """Every band that a picture alike to `value` must have at least one of.

    Of at most seven differences some quarter holds at most one, so each quarter is looked up as it is and with each
    of its bits turned: 68 look-ups, however many pictures there are.
    """
    return [band ^ flip for band in bands(value) for flip in (0, *(1 << bit for bit in range(BAND_BITS)))]


@cache
def _waves() -> list[list[float]]:
    return [[cos(pi * (2 * x + 1) * n / (2 * SIDE)) for x in range(SIDE)] for n in range(FREQUENCIES + 1)]
