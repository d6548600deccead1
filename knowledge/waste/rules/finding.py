"""Looking things up in the catalogue: by name and state, several at once, and a thing with its container."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from knowledge.waste.rules.wording import readings, variants
from knowledge.waste.types import Category, Condition, Entry, Part, Source, Subclass

_SOILED = frozenset({Subclass.PAPER, Subclass.PLASTIC, Subclass.TEXTILE})
_BETWEEN = re.compile(r"\s*(?:[、，,;；/+＋]|以及|还有|\s)\s*")
_JOINED = ("和", "与", "跟", "及", "连着", "连同", "连", "带", "加", "或者", "或", "同")
_CONTAINERS = ("杯", "盒", "瓶", "罐", "袋")
_ANY = Condition.ANY
MOST_THINGS = 6


@dataclass(frozen=True, slots=True)
class Found:
    """An entry, the name under which it was found, and the state that the question mentions."""

    name: str
    entry: Entry
    condition: Condition
    parts: tuple[Part, ...] = ()


class Index:
    """Every name of every entry, by state. Read-only once built."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self._by_name: dict[str, dict[Condition, Entry]] = {}
        for entry in self.entries:
            for name in entry.names:
                self._by_name.setdefault(name.lower(), {}).setdefault(entry.condition, entry)

    @property
    def names(self) -> Mapping[str, Mapping[Condition, Entry]]:
        return self._by_name

    def find(self, name: str) -> Found | None:
        """The entry that a noun phrase means, read literally first, then ever more barely."""
        for reading in readings(name):
            for variant in variants(reading.item):
                states = self._by_name.get(variant)
                if states:
                    return self._emptied(_in_state(reading.item, states, reading.condition))
        return None

    def in_state(self, found: Found, condition: Condition) -> Found:
        """The same thing in a state that was said apart from its name, if its name did not tell one."""
        states = self._by_name.get(found.name)
        if found.condition is not _ANY or condition is _ANY or states is None:
            return found
        return self._emptied(_in_state(found.name, states, condition))

    def ends_in(self, name: str, category: Category) -> bool:
        """The head of a longer name is itself a listed thing of this category: `商用洗衣机`."""
        heads = (self._by_name.get(name[start:], {}).get(_ANY) for start in range(1, len(name) - 1))
        return any(head is not None and head.category is category for head in heads)

    def _emptied(self, found: Found) -> Found:
        """`喝完的奶茶` is a cup: what was food is gone, and what held it is thrown away."""
        if found.condition is not Condition.EMPTY or found.entry.category is not Category.KITCHEN:
            return found
        held = next((part for part in found.entry.parts if part.category is not Category.KITCHEN), None)
        if held:
            return replace(found, entry=replace(found.entry, category=held.category))
        names = (found.name + container for container in _CONTAINERS)
        return next((Found(name, self._by_name[name][_ANY], _ANY) for name in names if self._holds(name)), found)

    def _holds(self, name: str) -> bool:
        return _ANY in self._by_name.get(name, {})

    def find_all(self, phrase: str) -> list[Found]:
        """What a phrase names: one thing, a thing with its container, or a list; empty if any of it is unknown."""
        found = self.find(phrase) or self._with_container(phrase)
        if found:
            return [found]
        listed = pieces(phrase)
        if len(listed) < 2:
            return self._pair(phrase)
        each = [self.find_all(piece) for piece in listed]
        return [one for some in each for one in some] if all(each) else []

    def _pair(self, phrase: str) -> list[Found]:
        for left, right in _cuts(phrase):
            first, second = self.find(left), self.find_all(right)
            if first and second:
                return [first, *second]
        return []

    def _with_container(self, phrase: str) -> Found | None:
        """`喝完的奶茶连杯子`: the cup goes one way, what is left in it another."""
        for left, right in _cuts(phrase):
            content, container = self.find(left), self.find(_bare(left) + right)
            if content and container and content.entry.category is Category.KITCHEN:
                leftovers = Part(f"没吃完或没喝完的{content.name}", content.entry.category)
                return replace(container, parts=(leftovers, Part(container.name, container.entry.category)))
        return None


def pieces(phrase: str) -> list[str]:
    """The items of a list; a phrase without commas is its own single piece."""
    return [piece for piece in _BETWEEN.split(phrase) if piece][:MOST_THINGS]


def _bare(name: str) -> str:
    """The barest reading; a phrase of nothing but modifiers has none and stays as it is."""
    found = list(readings(name))
    return found[-1].item if found else name


def _cuts(phrase: str) -> Iterator[tuple[str, str]]:
    for joint in _JOINED:
        at = phrase.find(joint, 1)
        if 0 < at < len(phrase) - len(joint):
            yield phrase[:at].removesuffix("的"), phrase[at + len(joint) :].removeprefix("着")


def _in_state(name: str, states: Mapping[Condition, Entry], condition: Condition) -> Found:
    exact = states.get(condition)
    if exact:
        return Found(name, exact, condition)
    entry = states.get(Condition.ANY)
    if entry is None:
        return _depends(name, states)
    if condition is Condition.DIRTY and entry.category is Category.RECYCLABLE and entry.subclass in _SOILED:
        entry = replace(entry, category=Category.OTHER, subclass=Subclass.NONE, advice="soiled", source=Source.OURS)
    return Found(name, entry, condition)


def _depends(name: str, states: Mapping[Condition, Entry]) -> Found:
    """Only ruled by state, and no state said: both rulings are shown, the clean one first."""
    order = sorted(states.items(), key=lambda pair: (pair[0] is not Condition.CLEAN, pair[0]))
    words = {Condition.CLEAN: "干净的", Condition.DIRTY: "脏的", Condition.EMPTY: "空的", Condition.BROKEN: "破碎的"}
    parts = tuple(Part(words.get(state, "") + name, entry.category) for state, entry in order)
    return Found(name, replace(order[0][1], parts=parts), Condition.ANY)
