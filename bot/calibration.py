"""Fits what decides whether to answer, on the questions that may be learned from.

Two kinds of them: the frozen questions of `knowledge/evaluation/` that may be read, and those that are kept beside the
documents (`knowledge/asked/`). One of the latter is judged as if it and its nearest likes were not known.

Two steps. The ears (`knowledge.retrieval.kinship`) learn from question vectors which questions are for these documents,
and which are answered there. The beliefs (`bot.rules.evidence`) then weigh them against what the search found; there an
ear is heard on questions that it was not fitted on, so that it is trusted no more than it deserves.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot import services
from bot.evaluation import FOLDER
from bot.rules import account, evidence, safety
from bot.rules.measures import Case, Expects, case_of
from knowledge import queries as knowledge
from knowledge.retrieval.embedder import Embedder
from knowledge.rules.fitting import Floats, balanced, fit_logistic, held_out
from knowledge.types import Vector

_SETS = (
    "answerable.jsonl",
    "refusals.jsonl",
    "broad/answerable.jsonl",
    "broad/refuse.jsonl",
    "broad/refuse_foreign.jsonl",
    "plain/answerable.jsonl",
    "plain/refuse.jsonl",
)
_ELSEWHERE, _ABSENT = "foreign", ("foreign", "near")
_HELD_OUT = "test"  # of the sets in folders: only measured
KINSHIP, TOLD = 5, 5  # the ears' places among the signals of the two beliefs
_TOO_ALIKE = 0.9  # a question asked before does not vouch for one that differs by a word
_EVERY = 2
_EAR_PENALTY, _BELIEF_PENALTY = 0.03, 0.003


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights with the bias last, and how the learning questions fare under weights fitted without them."""

    kinship: Floats
    told: Floats
    belief: Floats
    unasked_belief: Floats
    scores: Floats
    labels: Floats


@dataclass(frozen=True, slots=True)
class _Row:
    """One question to learn from: its vector, the signals of its best candidate, and whether it must be answered."""

    vector: Vector
    signals: tuple[float, ...]
    unasked_signals: tuple[float, ...]
    answered: bool
    foreign: bool
    group: str  # rows of one group are held out together


def learnable() -> Iterator[Case]:
    """Questions that must be answered, those about something else altogether, and those about what is only alike."""
    for name in _SETS:
        for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            case = case_of(row, (FOLDER / name).stem)
            if "/" in name and row["split"] == _HELD_OUT:
                continue
            if case.kind in _ABSENT or (case.expects is Expects.ANSWER and case.places):
                yield case


def fit(engine: Embedder) -> Fitted:
    """Ears and beliefs, over the active version."""
    cases, asked = list(_of_cases(engine)), list(_of_asked(engine))
    kinship, sound = _ear([row for row in cases if row.answered or row.foreign], cases)
    unasked = np.array([row.unasked_signals for row in cases])
    unasked[:, KINSHIP] = sound
    labels = _labels(cases)
    unasked_belief = fit_logistic(unasked, labels, penalty=_BELIEF_PENALTY, counts=balanced(labels))
    rows = cases + asked
    told, sound = _ear(rows, rows)
    heard, labels = np.array([row.signals for row in rows]), _labels(rows)
    heard[:, TOLD] = sound
    counts = balanced(labels) * _of_equal_weight(len(cases), len(asked))
    belief = fit_logistic(heard, labels, penalty=_BELIEF_PENALTY, counts=counts)
    groups = [row.group for row in rows]
    scores = held_out(heard, labels, penalty=_BELIEF_PENALTY, counts=counts, groups=groups)
    return Fitted(kinship, told, belief, unasked_belief, scores, labels)


def _ear(fitted_on: Sequence[_Row], heard_by: Sequence[_Row]) -> tuple[Floats, Floats]:
    """An ear, and how it hears each row; a row that it is fitted on by an ear fitted without that row's group."""
    vectors, labels = np.array([row.vector for row in fitted_on], dtype=float), _labels(fitted_on)
    groups, counts = [row.group for row in fitted_on], balanced(labels)
    ear = fit_logistic(vectors, labels, penalty=_EAR_PENALTY, counts=counts)
    blind = held_out(vectors, labels, penalty=_EAR_PENALTY, counts=counts, groups=groups)
    known = {id(row): sound for row, sound in zip(fitted_on, blind, strict=True)}
    return ear, np.array([known.get(id(row), float(row.vector @ ear[:-1] + ear[-1])) for row in heard_by])


def _of_equal_weight(*sizes: int) -> Floats:
    """Counts that let each kind of questions weigh as much as the others, however many it has: of those asked before
    most refusals lack a detail, in the frozen sets they name what the documents do not know."""
    return np.concatenate([np.full(size, sum(sizes) / len(sizes) / size) for size in sizes])


def _labels(rows: Sequence[_Row]) -> Floats:
    return np.array([float(row.answered) for row in rows])


def _of_cases(engine: Embedder) -> Iterator[_Row]:
    for case in learnable():
        row = _row(engine, case.question, case.history, answered=case.expects is Expects.ANSWER, group=case.question)
        if row is not None:
            yield replace(row, foreign=case.kind == _ELSEWHERE)


def _of_asked(engine: Embedder) -> Iterator[_Row]:
    """Every third of the questions asked before, judged without those that are nearly the same."""
    for asked in knowledge.library().echoes.asked[::_EVERY]:
        row = _row(engine, asked.question, (), answered=not asked.missing, group=asked.anchor, below=_TOO_ALIKE)
        if row is not None:
            yield row


def _row(
    engine: Embedder, question: str, history: Sequence[str], *, answered: bool, group: str, below: float | None = None
) -> _Row | None:
    """What there is to learn from one question; None of one that is no matter of finding sentences."""
    text = knowledge.normalise(question)
    if safety.fixed_answer(text) is not None or account.wanted(text) is not None:
        return None
    library, part = knowledge.library(), services.parts_of(text, history)[0]
    vector, hits = engine.query(knowledge.to_embed(part.search_text)), knowledge.passages_for(part.search_text).hits
    echoes = library.echoes.nearest(knowledge.normalise(part.search_text), vector, below=below)
    found = evidence.weighed(hits, replace(part, echoes=echoes), library)
    if not found:
        return None
    return _Row(vector, evidence.signals(found[0]), evidence.unasked_signals(found[0]), answered, False, group)
