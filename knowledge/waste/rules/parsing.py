"""The catalogue's lines, read strictly: a wrong line stops the load and names itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from knowledge.waste.types import Advice, Category, Condition, Entry, Part, Source, Subclass

COLUMNS = ("item", "synonyms", "condition", "category", "subclass", "advice", "parts", "source", "cities_differ")


def parse_entries(text: str) -> list[Entry]:
    """Tab-separated lines under the header `COLUMNS`; lists are split by `|`, parts are `name:category`."""
    lines = text.splitlines()
    if tuple(lines[0].split("\t")) != COLUMNS:
        raise ValueError(f"not a catalogue header: {lines[0]!r}")
    return [_entry(line.split("\t")) for line in lines[1:]]


def _entry(cells: list[str]) -> Entry:
    if len(cells) != len(COLUMNS):
        raise ValueError(f"{len(cells)} cells: {cells!r}")
    item, synonyms, condition, category, subclass, advice, parts, source, differ = cells
    return Entry(
        item=item,
        synonyms=tuple(_split(synonyms)),
        condition=Condition(condition),
        category=Category(category),
        subclass=Subclass(subclass),
        advice=advice,
        parts=tuple(_part(part) for part in _split(parts)),
        source=Source(source),
        cities_differ=differ == "yes",
    )


def _split(cell: str) -> list[str]:
    return cell.split("|") if cell else []


def _part(text: str) -> Part:
    item, _, category = text.rpartition(":")
    return Part(item, Category(category))


def parse_advice(text: str) -> dict[str, Advice]:
    """Lines `key<TAB>Chinese<TAB>English`, # comments skipped."""
    return {key: Advice(zh, en) for key, zh, en in _rows(text)}


def parse_english(text: str) -> dict[str, str]:
    """Lines `Chinese name<TAB>english|english`: English name → catalogue name."""
    return {english: item for item, names in _rows(text) for english in names.split("|")}


def parse_pairs(text: str) -> dict[int, str]:
    """Two-character words: a traditional character and its simplified form, ready for `str.translate`."""
    words: Iterable[str] = (word for line in text.splitlines() if not line.startswith("#") for word in line.split())
    return {ord(word[0]): word[1] for word in words}


def _rows(text: str) -> Iterator[list[str]]:
    return (line.split("\t") for line in text.splitlines() if line.strip() and not line.startswith("#"))
