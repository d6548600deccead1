"""What likeness means in one knowledge version: how near its sentences stand to each other.

Unrelated texts reach cosines of 0.8 and more with some models, and every corpus has a level of its own. A sentence
taken out of the corpus is a question that nothing in it answers: the nearest sentence of any other section shows the
likeness that means nothing there. Thresholds are therefore in units of this background, and move with the version.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.types import Vector

_BLOCK = 512  # rows at a time: memory grows with the corpus, not with its square
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True)
class Background:
    """Mean and spread of the best cosine of a question that nothing answers, and its curve for whoever looks at it."""

    mean: float
    spread: float
    curve: tuple[float, ...] = ()

    def standing(self, cosine: float) -> float:
        """How far a cosine stands out from what means nothing, in spreads."""
        return (cosine - self.mean) / self.spread


UNKNOWN = Background(mean=0.88, spread=0.02)  # a version without vectors: nothing stands out


def leave_one_out(vectors: Vector, owners: Sequence[int]) -> Background:
    """The background of a version from its own sentences, each asked of all other sections."""
    if len(set(owners)) < 2:
        return UNKNOWN
    sections = np.asarray(owners)
    best = np.concatenate([_nearest(vectors, sections, slice(at, at + _BLOCK)) for at in range(0, len(owners), _BLOCK)])
    curve = tuple(round(float(q), 4) for q in np.quantile(best, _QUANTILES))
    return Background(round(float(best.mean()), 5), round(max(float(best.std()), 1e-3), 5), curve)


def _nearest(vectors: Vector, sections: NDArray[np.int_], rows: slice) -> Vector:
    """For some sentences the best cosine with any of another section."""
    likeness = vectors[rows] @ vectors.T
    likeness[sections[rows, None] == sections[None, :]] = -1.0
    return np.asarray(likeness.max(axis=1), dtype=np.float32)
