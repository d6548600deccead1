"""Fits the weights of `bot.rules.evidence.belief` on the frozen questions: `python -m tests.evaluation.calibration`.

Leaves out what other rules decide (chat, safety, other places and years, missing kinds of answer). Prints the weights
and, by five-fold cross-validation, how many are answered and refused at each threshold.
"""

import os

import numpy as np
from numpy.typing import NDArray

ELSEWHERE_DECIDED = frozenset(
    ("chat", "unsafe", "unclear", "annex", "contact", "amount", "place", "year", "item", "value", "account", "person")
)
Floats = NDArray[np.float64]


def signals() -> tuple[Floats, NDArray[np.int_]]:
    """One row of signals for each question, and whether it must be answered."""
    from bot import services
    from bot.rules import evidence
    from knowledge import queries
    from tests.evaluation.frozen import cases

    rows, answers = [], []
    for case in cases():
        if case["history"] or case["kind"] in ELSEWHERE_DECIDED:
            continue
        part = services.parts_of(queries.normalise(case["question"]))[0]
        found = evidence.weighed(queries.passages_for(part.search_text).hits, part.all_terms, queries.library())
        if found and part.all_terms:
            rows.append(evidence.signals(found[0]))
            answers.append(int(bool(case["must_answer"])))
    return np.array(rows), np.array(answers)


def fit(rows: Floats, answers: NDArray[np.int_], steps: int = 4000) -> Floats:
    """Logistic regression by gradient descent on standardised signals; raw weights, the bias last."""
    mean, spread = rows.mean(0), rows.std(0) + 1e-9
    design = np.c_[(rows - mean) / spread, np.ones(len(rows))]
    weights = np.zeros(design.shape[1])
    for _ in range(steps):
        error = 1 / (1 + np.exp(-design @ weights)) - answers
        weights -= 0.3 * (design.T @ error / len(rows) + 0.01 * np.r_[weights[:-1], 0])
    raw = weights[:-1] / spread
    return np.r_[raw, weights[-1] - (raw * mean).sum()]


def cross_validated(rows: Floats, answers: NDArray[np.int_], folds: int = 5) -> Floats:
    """Log-odds of each question under weights that were fitted without it."""
    order = np.random.default_rng(0).permutation(len(rows))
    scores = np.zeros(len(rows))
    for fold in range(folds):
        held, rest = order[fold::folds], np.setdiff1d(order, order[fold::folds])
        scores[held] = np.c_[rows[held], np.ones(len(held))] @ fit(rows[rest], answers[rest])
    return scores


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
    django.setup()
    rows, answers = signals()
    print("weights (covered, cosine, lead, unknown, mass, bias):", fit(rows, answers).round(2))
    scores = cross_validated(rows, answers)
    for threshold in (-1.0, -0.5, 0.0, 0.5, 1.0, 1.5):
        answered = (scores[answers == 1] > threshold).mean()
        refused = (scores[answers == 0] <= threshold).mean()
        print(f"threshold {threshold:+.1f}: answered {answered:.3f}, refused {refused:.3f}")


if __name__ == "__main__":
    main()
