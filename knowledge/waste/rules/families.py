"""Families of things: each head of a line with each of its tails is a thing of one ruling (苹果 × 皮 核 籽).

A line is a convention, so it says in one place what hundreds of names would repeat. What the item files list stands
before it: there an exception is written (牛皮 is leather), here the rule (皮 of what is eaten).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from knowledge.waste.types import Category, Condition, Entry, Source, Subclass

COLUMNS = ("category", "subclass", "advice", "cities_differ", "heads", "tails")
BARE = "~"  # the tail of a head that stands for itself
LONGEST_NAME_CHARS = 14
_WORN = re.compile("^[旧废坏空破]+")


def parse_families(text: str, listed: Iterable[Entry]) -> list[Entry]:
    """The things of every line, without those that `listed` or an earlier line names already.

    Raises ValueError for a line that does not fit the header `COLUMNS` or the names of classes.
    """
    lines = text.splitlines()
    if tuple(lines[0].split("\t")) != COLUMNS:
        raise ValueError(f"not a header of families: {lines[0]!r}")
    taken = {head(name) for entry in listed for name in entry.names}
    found = []
    for entry in (entry for line in lines[1:] for entry in _things(line.split("\t"))):
        if len(entry.item) <= LONGEST_NAME_CHARS and head(entry.item) not in taken:
            taken.add(head(entry.item))
            found.append(entry)
    return found


def head(name: str) -> str:
    """The name by which two things are the same: without 旧, 废, 坏, 空, 破 before it."""
    return _WORN.sub("", name.lower()) or name.lower()


def _things(cells: list[str]) -> Iterator[Entry]:
    if len(cells) != len(COLUMNS):
        raise ValueError(f"{len(cells)} cells: {cells!r}")
    category, subclass, advice, differ, heads, tails = cells
    ruling = (Category(category), Subclass(subclass), advice, (), Source.OURS, differ == "yes")
    for first in heads.split():
        for last in tails.split():
            yield Entry(first if last == BARE else first + last, (), Condition.ANY, *ruling)
