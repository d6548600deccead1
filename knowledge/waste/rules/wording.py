"""A question in somebody's own words, taken apart: which thing it names, in which state.

"请问喝完的矿泉水瓶要扔到哪个垃圾桶？" → 矿泉水瓶, empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from knowledge.waste.rules.phrases import (
    BRACKET,
    CLOSING,
    COUNT,
    EDGES,
    NOISE,
    OPENING,
    STATES_AFTER,
    STATES_BEFORE,
    TAIL,
)
from knowledge.waste.types import Condition, Wording

LONGEST_ITEM_CHARS = 40
_MOST_ROUNDS = 8


def subject(question: str) -> str:
    """The words of the question that name things: openings, questions and courtesies taken off both ends."""
    return list(subjects(question))[-1]


def subjects(question: str) -> Iterator[str]:
    """The question, made shorter round by round; the first that names something known is meant (知了, not 知)."""
    text = question.strip(EDGES)
    for _ in range(_MOST_ROUNDS):
        yield text
        shorter = CLOSING.sub("", OPENING.sub("", text, count=1).strip(EDGES), count=1).strip(EDGES)
        if not shorter or shorter == text:
            break
        text = shorter
    yield text.removesuffix("的").removesuffix("要").removesuffix("应该") or text


def readings(name: str) -> Iterator[Wording]:
    """The ways to read a noun phrase, the most literal first; the last is the barest."""
    seen: set[Wording] = set()
    for reading in chain.from_iterable(_readings(form, Condition.ANY, 6) for form in _unbracketed(name)):
        if reading.item and reading not in seen:
            seen.add(reading)
            yield reading


def _unbracketed(name: str) -> list[str]:
    """`报纸（湿的）` is a wet newspaper: what stands in brackets is tried as a modifier, then left out."""
    bracket = BRACKET.match(name)
    return [bracket[2] + bracket[1], bracket[1]] if bracket else [name]


def _readings(name: str, condition: Condition, depth: int) -> Iterator[Wording]:
    yield Wording(name, condition)
    if depth == 0:
        return
    rest, state = _shed(name)
    if rest != name:
        yield from _readings(rest, state if state is not Condition.ANY else condition, depth - 1)
        return
    bare, state = _shed_behind(name)
    if bare != name and len(bare) > 1:
        yield from _readings(bare, state if state is not Condition.ANY else condition, depth - 1)
    if "的" in name.strip("的"):
        owner, _, owned = name.rpartition("的")
        yield Wording(owner + owned, condition)
        if len(owned) > 1:
            yield from _readings(owned, condition, depth - 1)


def _shed(name: str) -> tuple[str, Condition]:
    """One modifier less at the front, and the state that it told."""
    for state, words in STATES_BEFORE:
        rest = words.sub("", name, count=1)
        if rest != name and len(rest) > (0 if name[: len(name) - len(rest)].endswith("的") else 1):
            return rest, state
    for pattern in (COUNT, NOISE):
        rest = pattern.sub("", name, count=1)
        whole_word = pattern is COUNT or name[: len(name) - len(rest)].endswith("的")
        if rest != name and len(rest) > (0 if whole_word else 1):
            return rest.removeprefix("的"), Condition.ANY
    return name, Condition.ANY


def _shed_behind(name: str) -> tuple[str, Condition]:
    for state, words in STATES_AFTER:
        rest = words.sub("", name)
        if rest != name:
            return rest, state
    return TAIL.sub("", name), Condition.ANY


def variants(item: str) -> Iterator[str]:
    """Spellings under which one thing goes: with and without 子, 儿 or a leading material that says nothing new."""
    yield item
    if len(item) > 2 and item[-1] in "子儿":
        yield item[:-1]
    if item[-1] not in "子儿":
        yield item + "子"
