"""The unified social credit code of GB 32100-2015, opening hours, and codes that are typed. Pure."""

import unicodedata
from collections.abc import Sequence
from datetime import timedelta

from backend.merchants.errors import HoursInvalid, UsccInvalid
from backend.merchants.types import Hours

USCC_CHARS = 18
ENROLMENT_CHARS = 10
ENROLMENT_LIFETIME = timedelta(minutes=30)
ENROLMENT_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # 31 characters without look-alikes: 49 bits in ten
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # 31 characters: no I, O, S, V, Z
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_WEIGHTS = [pow(3, place, 31) for place in range(USCC_CHARS - 1)]


def normal_uscc(text: str) -> str:
    """`text` in half-width capitals without spaces; raises UsccInvalid unless its check character fits."""
    code = _typed(text)
    if len(code) != USCC_CHARS or not all(character in _VALUES for character in code):
        raise UsccInvalid
    total = sum(_VALUES[character] * weight for character, weight in zip(code, _WEIGHTS, strict=False))
    if _VALUES[code[-1]] != -total % 31:
        raise UsccInvalid
    return code


def normal_enrolment(text: str) -> str:
    """A typed enrolment code as it was issued: half-width capitals without spaces and hyphens."""
    return _typed(text).replace("-", "")


def require_hours(hours: Sequence[Hours]) -> None:
    """Each part opens before it closes and no two meet on one day; raises HoursInvalid with the day."""
    for weekday in range(1, 8):
        parts = sorted((part.opens, part.closes) for part in hours if weekday in part.weekdays)
        ends = ["00:00", *(closes for _, closes in parts)]
        if any(opens >= closes for opens, closes in parts) or any(
            opens < end for (opens, _), end in zip(parts, ends, strict=False)
        ):
            raise HoursInvalid(weekday=weekday)


def _typed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()
