"""Short codes that people read out and type.

The alphabet has no two characters that look or sound alike on a bad print (no 0 O Q, 1 I L, 2 Z, 5 S, 8 B, U V), and
its size, 23, is a prime. The last of nine characters makes the weighted sum divisible by 23. All weights differ and
none is a multiple of 23, so one wrong character, or two that changed places, always break the sum.
"""

import unicodedata

from backend.tokens.errors import CodeMistyped

ALPHABET = "345679ACDEFGHJKMNPRTWXY"
CHARS = 9  # eight of chance (36 bits) and the check
_GROUP = 3
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = range(CHARS, 0, -1)  # the check's own weight is 1


def with_check(body: str) -> str:
    """`body`, of one character less than a code, with its check character."""
    return body + ALPHABET[-_sum(body) % len(ALPHABET)]


def derived(chance: bytes) -> str:
    """The short code that 32 bytes of chance stand for."""
    number, body = int.from_bytes(chance, "big"), ""
    for _ in range(CHARS - 1):
        number, value = divmod(number, len(ALPHABET))
        body += ALPHABET[value]
    return with_check(body)


def is_typed(text: str) -> bool:
    """Whether `text` has the length of a short code: no other code is that short."""
    return len(_plain(text)) == CHARS


def normal_typed(text: str) -> str:
    """The code in capitals without blanks and dashes; raises CodeMistyped when it cannot be one."""
    code = _plain(text)
    if len(code) != CHARS or not all(character in _VALUES for character in code) or _sum(code) % len(ALPHABET):
        raise CodeMistyped
    return code


def grouped(code: str) -> str:
    """As it is shown: three groups of three."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def _plain(text: str) -> str:
    wide = unicodedata.normalize("NFKC", text)
    return "".join(character for character in wide if not character.isspace() and character != "-").upper()


def _sum(code: str) -> int:
    return sum(weight * _VALUES[character] for weight, character in zip(_WEIGHTS, code, strict=False))
