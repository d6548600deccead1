"""What questions asked before say to a new one: for which places they speak, and whether their like found an answer."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from bot.rules.understand import kind_of
from bot.types import Asks
from knowledge.types import Echo, section_key

_SAME, _CLEARLY = 0.75, 0.08  # likeness of a question that is nearly this one, and its lead over any with an answer
_SHARPNESS = 12.0  # of the votes: a likeness higher by 0.06 counts twice


@dataclass(frozen=True, slots=True)
class Voices:
    """Likenesses in 0..1: `by_passage` and `by_section` (keys) of the nearest question that is answered there.

    `of_kind` is by passage that of the nearest which also wants the same kind of answer: a date, a figure, an office.
    `answered` and `unanswered` are those of the nearest question with, and without, an answer; `doubt` is the share of
    all votes that fell to questions without one. `anchors` holds by passage what answered the nearest question,
    `denial` what the documents lack for one that is nearly this one.
    """

    by_passage: Mapping[str, float] = field(default_factory=dict)
    by_section: Mapping[str, float] = field(default_factory=dict)
    of_kind: Mapping[str, float] = field(default_factory=dict)
    anchors: Mapping[str, str] = field(default_factory=dict)
    answered: float = 0.0
    unanswered: float = 0.0
    doubt: float = 0.0
    denial: str = ""


_kind = lru_cache(maxsize=8192)(kind_of)


def heard(echoes: Sequence[Echo], asks: Asks) -> Voices:
    """The voices of the nearest questions, nearest first, to one that wants a kind of answer."""
    by_passage: dict[str, float] = {}
    by_section: dict[str, float] = {}
    of_kind: dict[str, float] = {}
    anchors: dict[str, str] = {}
    answered = [echo for echo in echoes if not echo.asked.missing]
    unanswered = [echo for echo in echoes if echo.asked.missing]
    for echo in answered:
        for key in echo.passages:
            by_passage.setdefault(key, echo.likeness)
            anchors.setdefault(key, echo.asked.anchor)
            by_section.setdefault(section_key(key), echo.likeness)
            if _kind(echo.text) is asks:
                of_kind.setdefault(key, echo.likeness)
    return Voices(
        by_passage=by_passage,
        by_section=by_section,
        of_kind=of_kind,
        anchors=anchors,
        answered=answered[0].likeness if answered else 0.0,
        unanswered=unanswered[0].likeness if unanswered else 0.0,
        doubt=_votes(unanswered) / (_votes(echoes) or 1.0),
        denial=_denial(answered, unanswered, asks),
    )


def _denial(answered: Sequence[Echo], unanswered: Sequence[Echo], asks: Asks) -> str:
    """What is missing for nearly the same question, where no answered one comes near it."""
    if not unanswered or unanswered[0].likeness < _SAME or _kind(unanswered[0].text) is not asks:
        return ""
    rival = answered[0].likeness if answered else 0.0
    return unanswered[0].asked.missing if unanswered[0].likeness - rival >= _CLEARLY else ""


def _votes(echoes: Sequence[Echo]) -> float:
    return sum(math.exp(_SHARPNESS * echo.likeness) for echo in echoes)
