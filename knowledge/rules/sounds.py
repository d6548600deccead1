"""Words that are typed by sound: 代款 for 贷款, 拉圾 for 垃圾.

The first level of GB 2312 lists its 3,755 characters in the order of their sound, so two characters that stand
next to each other there sound alike. That spares a dictionary of pronunciations.
"""

from collections.abc import Collection

_ROW = 94
_FIRST, _LAST = 0xB0A1, 0xD7F9  # the first level of GB 2312
_NEAR = 9  # a syllable has nine characters there on average


def _place(character: str) -> int | None:
    try:
        raw = character.encode("gb2312")
    except UnicodeEncodeError:
        return None
    code = int.from_bytes(raw, "big")
    if len(raw) != 2 or not _FIRST <= code <= _LAST:
        return None
    return (raw[0] - 0xB0) * _ROW + raw[1] - 0xA1


def sound_alike(one: str, other: str) -> bool:
    """Whether two characters are the same or neighbours in the order of sounds."""
    if one == other:
        return True
    here, there = _place(one), _place(other)
    return here is not None and there is not None and abs(here - there) <= _NEAR


def respelled(word: str, vocabulary: Collection[str]) -> tuple[str, ...]:
    """Known words that an unknown one may have been typed for: one character differs, by sound alone."""
    return tuple(
        known
        for known in vocabulary
        if len(known) == len(word) > 1
        and sum(a != b for a, b in zip(known, word, strict=True)) == 1
        and all(sound_alike(a, b) for a, b in zip(known, word, strict=True))
    )
