"""When two questions ask for the same thing, and which endings leave somebody without an answer."""

import re
from collections.abc import Collection

from bot.types import Asks, Question, Status
from knowledge.rules.sounds import sound_alike

# Out of scope is no gap: another district's figures will never stand here. An unhelpful vote on it opens one.
UNANSWERED = frozenset((Status.NOT_SURE, Status.NO_EVIDENCE, Status.VALUE_MISSING))
# On pairs of our own the same need in other words lies at 0.964-0.995, another need of one topic at 0.91-0.977:
# likeness alone does not part them, so most words must be the same too.
NEAR_COSINE = 0.96
SHARED_WORDS = 0.6
LONGEST_NEED_CHARS = 240
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def need_of(questions: Collection[Question], text: str) -> str:
    """What a question asks for, whatever the order of its words: the kind of answer and the content words.

    A question without content words is its own text.
    """
    words = sorted({term.word for question in questions for term in question.all_terms})
    kinds = sorted({question.asks for question in questions})
    return "|".join((" ".join(kinds), " ".join(words) or text))[:LONGEST_NEED_CHARS]


def same_need(one: str, other: str, cosine: float) -> bool:
    """Whether two needs are one: the same kind and numbers, and words that sound alike or mean and share enough."""
    (kinds, words), (other_kinds, other_words) = (_parts(need) for need in (one, other))
    if not _compatible(kinds, other_kinds) or _numbers(words) != _numbers(other_words):
        return False
    return _sound_alike(words, other_words) or (cosine >= NEAR_COSINE and _share(words, other_words) >= SHARED_WORDS)


def _parts(need: str) -> tuple[frozenset[str], frozenset[str]]:
    kinds, words = need.split("|", 1)
    return frozenset(kinds.split()), frozenset(words.split())


def _compatible(one: frozenset[str], other: frozenset[str]) -> bool:
    """A question that does not say what kind of answer it wants goes with any."""
    return one == other or frozenset((Asks.WHAT.value,)) in (one, other)


def _numbers(words: frozenset[str]) -> list[str]:
    return sorted(number for word in words for number in _NUMBER.findall(word))


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(len(one | other), 1)


def _sound_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether one word at most differs, and that by sounds alone."""
    mine, theirs = one - other, other - one
    if len(mine) != 1 or len(theirs) != 1:
        return not mine and not theirs
    a, b = next(iter(mine)), next(iter(theirs))
    return len(a) == len(b) and all(sound_alike(x, y) for x, y in zip(a, b, strict=True))
