"""Words that are typed by sound: 代款 for 贷款, 拉圾 for 垃圾.

The first level of GB 2312 lists its 3,755 characters in the order of their sound, so two characters that stand
next to each other there sound alike. That spares a dictionary of pronunciations.
"""

from collections.abc import Collection, Iterable, Mapping

_ROW = 94
_FIRST, _LAST = 0xB0A1, 0xD7F9  # the first level of GB 2312
_NEAR = 9  # a syllable has nine characters there on average
_LOOK_ALIKE = ("券卷", "己已", "末未", "拆折", "侯候")


def _place(character: str) -> int | None:
    try:
        raw = character.encode("gb2312")
    except UnicodeEncodeError:
        return None
    code = int.from_bytes(raw, "big")
    if len(raw) != 2 or not _FIRST <= code <= _LAST:
        return None
    return (raw[0] - 0xB0) * _ROW + raw[1] - 0xA1


def sound_alike(one: str, other: str, near: int = _NEAR) -> bool:
    """Whether two characters are the same or neighbours in the order of sounds."""
    if one == other or any(one in pair and other in pair for pair in _LOOK_ALIKE):
        return True
    here, there = _place(one), _place(other)
    return here is not None and there is not None and abs(here - there) <= near


def respelled(word: str, vocabulary: Collection[str]) -> tuple[str, ...]:
    """Known words that an unknown one may have been typed for: one character differs, by sound alone."""
    return tuple(
        known
        for known in vocabulary
        if len(known) == len(word) > 1
        and sum(a != b for a, b in zip(known, word, strict=True)) == 1
        and all(sound_alike(a, b) for a, b in zip(known, word, strict=True))
    )


_LONG, _SHORT = 4, 3  # four characters are sure inside any wording of the documents, three only as a whole word
_NEAR_AMONG_OTHERS = 25  # with all the other characters right the sound may be heard more loosely
_OPEN = "\0"


def stretches(wording: Iterable[str]) -> dict[str, set[str]]:
    """What documents write, in stretches of a few characters, under each reading with one character left open.

    Only a character between others is left open. At an edge it may belong to the next word: 商场是 is no 商场示范.
    """
    found: dict[str, set[str]] = {}
    for words in wording:
        inside = {words[at : at + _LONG] for at in range(len(words) - _LONG + 1)}
        for stretch in inside | ({words} if len(words) == _SHORT else set()):
            for reading in _readings(stretch):
                found.setdefault(reading, set()).add(stretch)
    return found


def mended(text: str, known: Mapping[str, Collection[str]]) -> str:
    """A text in which stretches that differ from the documents' by the sound of one character are put right."""
    for size in (_LONG, _SHORT):
        for at in range(len(text) - size + 1):
            meant = _meant(text[at : at + size], known)
            text = text[:at] + meant + text[at + size :]
    return text


def _meant(typed: str, known: Mapping[str, Collection[str]]) -> str:
    """The one stretch that was meant; what was typed where it is known, or where nothing or more than one fits."""
    fitting = {stretch for reading in _readings(typed) for stretch in known.get(reading, ())}
    alike = [stretch for stretch in fitting if _heard(typed, stretch)]
    return alike[0] if len(alike) == 1 and typed not in fitting else typed


def _heard(typed: str, meant: str) -> bool:
    near = _NEAR_AMONG_OTHERS if len(typed) == _LONG else _NEAR
    return all(sound_alike(a, b, near) for a, b in zip(typed, meant, strict=True))


def _readings(stretch: str) -> list[str]:
    return [stretch[:at] + _OPEN + stretch[at + 1 :] for at in range(1, len(stretch) - 1)]
