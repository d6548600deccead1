"""English questions: the names of things that they contain, longest first."""

from __future__ import annotations

import re
from collections.abc import Mapping

_HAN = re.compile(r"[\u3400-\u9fff]")
_WORDS = re.compile(r"[a-z0-9][a-z0-9'-]*")
_RELATION = re.compile(r" (?:with|without|from|of|in|for|that|which|after) ")
_LONGEST_NAME_WORDS = 4


def is_english(question: str) -> bool:
    """Latin letters and not one Chinese character."""
    return not _HAN.search(question) and any(letter.isascii() and letter.isalpha() for letter in question)


def names_in(question: str, names: Mapping[str, str]) -> list[str]:
    """Catalogue names of the things that an English sentence mentions, in its order, each once."""
    words = _WORDS.findall(question)
    found: list[str] = []
    at = 0
    while at < len(words):
        size, item = _longest(words[at : at + _LONGEST_NAME_WORDS], names)
        if item and item not in found:
            found.append(item)
        at += size
    return found


def ends_in_a_name(phrase: str, names: Mapping[str, str]) -> bool:
    """Whether a noun phrase is of a thing: `broken fridge`, `pizza box with grease`, not `clean plate campaign`."""
    words = _WORDS.findall(_RELATION.split(phrase, maxsplit=1)[0])
    return any(_item(words[-size:], names) for size in range(1, _LONGEST_NAME_WORDS + 1))


def _longest(words: list[str], names: Mapping[str, str]) -> tuple[int, str]:
    for size in range(len(words), 0, -1):
        if item := _item(words[:size], names):
            return size, item
    return 1, ""


def _item(words: list[str], names: Mapping[str, str]) -> str | None:
    """What these words are the whole name of, in the singular or the plural."""
    name = " ".join(words)
    return names.get(name) or names.get(name.removesuffix("s")) or names.get(name.removesuffix("es"))
