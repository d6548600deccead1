"""The unified social credit code of GB 32100-2015. Pure."""

import unicodedata

from backend.merchants.errors import UsccInvalid

USCC_CHARS = 18
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # 31 characters: no I, O, S, V, Z
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_WEIGHTS = [pow(3, place, 31) for place in range(USCC_CHARS - 1)]


def normal_uscc(text: str) -> str:
    """`text` in half-width capitals without spaces; raises UsccInvalid unless its check character fits."""
    code = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if len(code) != USCC_CHARS or not all(character in _VALUES for character in code):
        raise UsccInvalid
    total = sum(_VALUES[character] * weight for character, weight in zip(code, _WEIGHTS, strict=False))
    if _VALUES[code[-1]] != -total % 31:
        raise UsccInvalid
    return code
