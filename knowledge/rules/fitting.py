"""Logistic regression in a page of numpy: the same numbers give the same weights on every machine."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_STEPS = 40


def fit_logistic(rows: Floats, labels: Floats, *, penalty: float, counts: Floats | None = None) -> Floats:
    """Weights for the raw columns, the bias last; `counts` says how often each row is to be counted.

    Newton steps on standardised columns; `penalty` is per row and leaves the bias alone.
    """
    mean, spread = rows.mean(0), rows.std(0) + 1e-9
    design = np.c_[(rows - mean) / spread, np.ones(len(rows))]
    counts = np.ones(len(rows)) if counts is None else counts
    shrink = penalty * len(rows) * np.r_[np.ones(rows.shape[1]), 1e-6]
    weights = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        believed = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (counts * (believed - labels)) + shrink * weights
        curve = (design * (counts * believed * (1 - believed))[:, None]).T @ design + np.diag(shrink)
        weights -= np.linalg.solve(curve, slope)
    raw = weights[:-1] / spread
    return np.asarray(np.r_[raw, weights[-1] - (raw * mean).sum()])


def balanced(labels: Floats) -> Floats:
    """Counts that let the rarer label weigh as much as the other."""
    share = labels.mean()
    return np.asarray(np.where(labels == 1, 0.5 / share, 0.5 / (1 - share)))


def held_out(
    rows: Floats, labels: Floats, *, penalty: float, counts: Floats, folds: int = 5, groups: Sequence[str] = ()
) -> Floats:
    """The log-odds of every row under weights that were fitted without it, and without any other row of its group."""
    names = list(groups) or [str(number) for number in range(len(rows))]
    places = {name: number for number, name in enumerate(dict.fromkeys(names))}
    fold_of = np.random.default_rng(0).permutation(len(places))[[places[name] for name in names]] % folds
    scores = np.zeros(len(rows))
    for fold in range(folds):
        held, rest = fold_of == fold, fold_of != fold
        weights = fit_logistic(rows[rest], labels[rest], penalty=penalty, counts=counts[rest])
        scores[held] = rows[held] @ weights[:-1] + weights[-1]
    return scores
