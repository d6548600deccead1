"""How two engines' scores become one ranking."""

import numpy as np

from knowledge.types import Vector

DENSE_WEIGHT = 0.6  # measured on policy texts: better than rank fusion, and than either engine alone
BOX_WORTH = 0.85  # boxes repeat the items' words; an item of the same fit goes first
GUIDE_WORTH = 0.8  # our own guides yield where the question is about the plan
NAMED_WORTH = 3.0  # "第13条": the section that the question names goes before all others


def spread(scores: Vector) -> Vector:
    """Min-max to 0..1; a flat list says nothing and becomes zeros."""
    if not scores.size:
        return scores
    low, high = float(scores.min()), float(scores.max())
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)


def fuse(dense: Vector | None, lexical: Vector, weight: float = DENSE_WEIGHT) -> Vector:
    """Weighted sum of the spread scores; lexical alone where the dense engine is silent."""
    if dense is None:
        return spread(lexical)
    return weight * spread(dense) + (1 - weight) * spread(lexical)
