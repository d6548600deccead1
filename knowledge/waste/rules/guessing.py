"""A guess for things that the catalogue does not hold: a logistic model over character n-grams of their names.

The head of a Chinese noun phrase stands last, so endings are pieces of their own. The weights are learnt from the
catalogue by `rules.learning` and lie beside it. Vectors of the embedding model would cost 13 ms a guess, these 0.1 ms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from knowledge.waste.types import Category

CATEGORIES = tuple(category for category in Category if category is not Category.UNKNOWN)
LONGEST_GUESSED_CHARS = 14
_SHORT_CHARS = 6
_HAN = re.compile("[一-鿿]")
_NOT_A_NAME = re.compile(
    r"[吗么呢吧啊你我他她它谁]|今天|昨天|明天|怎么|怎样|如何|什么|为何|多少|几[个点时]|是不是|有没有|哪[里些个]|天气|请|谢"
)


@dataclass(frozen=True, slots=True)
class Guess:
    """The likeliest category; `score` is the model's own probability, not yet a promise."""

    category: Category
    score: float


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learnt: pieces of names, and a row of `CATEGORIES` votes for each."""

    pieces: tuple[str, ...]
    votes: npt.NDArray[np.float16]


def features(name: str) -> Iterator[str]:
    """Endings `…$`, beginnings `^…`, and n-grams anywhere."""
    for size in (1, 2, 3, 4):
        if size <= len(name):
            yield f"{name[-size:]}$"
            if size < 4:
                yield f"^{name[:size]}"
    for size in (1, 2, 3):
        for start in range(len(name) - size + 1):
            yield name[start : start + size]


class Guesser:
    """Read-only; about 0.1 ms a guess."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._votes = weights.votes.astype(np.float32)
        self._places = {piece: at for at, piece in enumerate(weights.pieces)}

    def guess(self, name: str) -> Guess | None:
        """None where nothing about the name's ending has ever been seen, or where it is no name at all."""
        places = [self._places[piece] for piece in set(features(name)) if piece in self._places]
        if not places or not self._sounds_like_a_thing(name):
            return None
        logs = self._votes[places].sum(axis=0)
        odds = np.exp(logs - logs.max())
        best = int(odds.argmax())
        return Guess(CATEGORIES[best], float(odds[best] / odds.sum()))

    def _sounds_like_a_thing(self, name: str) -> bool:
        """A noun phrase; of a long one, things in the catalogue share some pairs of characters."""
        if (
            len(name) > LONGEST_GUESSED_CHARS
            or _NOT_A_NAME.search(name)
            or not _HAN.search(name)
            or name[-1] not in self._places
        ):
            return False
        pairs = [name[start : start + 2] in self._places for start in range(len(name) - 1)]
        return len(name) <= _SHORT_CHARS or sum(pairs) * 4 >= len(pairs)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What scores are worth: ascending score edges and the share of right guesses at and above each.

    `threshold` is the score under which the answer is "not sure".
    """

    edges: tuple[float, ...]
    right: tuple[float, ...]
    threshold: float

    def confidence(self, score: float) -> float:
        """The share of right guesses among cross-validated ones with a score like this."""
        return float(np.interp(score, self.edges, self.right))


def calibrate(results: Sequence[tuple[float, bool]], *, wanted: float, bins: int = 12) -> Calibration:
    """The curve of equal-sized bins, made monotone, and the lowest score that is right `wanted` of the time."""
    chunks = np.array_split(np.array(sorted(results)), bins)
    edges = [float(chunk[:, 0].mean()) for chunk in chunks]
    right = np.maximum.accumulate([float(chunk[:, 1].mean()) for chunk in chunks])
    threshold = float(np.interp(wanted, right, edges))
    rounded = _distinct(zip(edges, right.tolist(), strict=True))
    return Calibration(tuple(e for e, _ in rounded), tuple(r for _, r in rounded), round(threshold, 4))


def _distinct(points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    rounded = sorted({round(edge, 4): round(share, 3) for edge, share in points}.items())
    return rounded[:1] + [later for earlier, later in pairwise(rounded) if later[0] > earlier[0]]
