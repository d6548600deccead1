"""Trying a document out: the frozen questions, asked with it and without, by the code that answers citizens."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from backend.outbox.errors import GiveUp
from backend.outbox.types import Work
from bot import calibration, evaluation
from bot.care import exams
from bot.rules.measures import Case, Pair, measured, went_right
from knowledge import queries
from knowledge import services as knowledge
from knowledge.models import Document, Synonym, Version
from knowledge.retrieval.embedder import embedder
from knowledge.rules.fitting import Floats
from knowledge.types import DocumentState, SynonymState

CURVE = "care.curve"
Pairs = Sequence[Pair]


def run(work: Work, now: datetime) -> None:
    """The task `knowledge.trial`: builds beside what serves, asks, keeps what it showed."""
    document = Document.objects.filter(pk=work.payload["document"]).first()
    if document is None or document.state != DocumentState.CHECKED.value:
        raise GiveUp("the document is not waiting to be published")
    built, fingerprint = knowledge.try_out(document=document, now=now)
    compared = _tried(built.version, document)
    with transaction.atomic(durable=True):
        knowledge.keep_trial(document=document, built=built, fingerprint=fingerprint, compared=compared, now=now)


def run_synonym(work: Work, now: datetime) -> None:
    """The task `knowledge.synonym_trial`: the same for an operator's word."""
    synonym = Synonym.objects.filter(pk=work.payload["synonym"]).first()
    if synonym is None or synonym.state != SynonymState.DRAFT.value:
        raise GiveUp("the synonym is not waiting to be published")
    built = knowledge.synonyms.try_out(synonym=synonym, now=now)
    compared = _tried(built.version)
    with transaction.atomic(durable=True):
        knowledge.synonyms.keep_trial(synonym=synonym, built=built, compared=compared, now=now)


def run_curve(work: Work, now: datetime) -> None:
    """The task `care.curve`: what each threshold of the belief would answer and refuse in the version that serves."""
    engine, version = embedder(), queries.active_version()
    if engine is None or version is None:
        raise GiveUp("there is no embedding model, or no version, to measure with")
    fitted = calibration.fit(engine)
    points = [_point(threshold / 10, fitted.scores, fitted.labels == 1) for threshold in range(-20, 21, 2)]
    Version.objects.filter(pk=version).update(curve=points)


def _point(threshold: float, scores: Floats, answerable: NDArray[np.bool_]) -> dict[str, float]:
    believed = scores >= threshold
    return {
        "threshold": threshold,
        "answered": round(float(believed[answerable].mean()), 3),
        "refused": round(float(1 - believed[~answerable].mean()), 3),
    }


def all_cases() -> list[Case]:
    """The frozen questions of the files, and those that operators have published."""
    return [*evaluation.cases(evaluation.FOLDER), *exams.cases()]


def _tried(version: UUID, document: Document | None = None) -> knowledge.Compared:
    """All questions put to what serves, and to a version beside it, as it would be with `document` published."""
    cases = all_cases()
    before = _asked(cases)
    with queries.trying(version, document):
        after = _asked(cases)
    return compare(before, after)


def _asked(cases: Sequence[Case]) -> Pairs:
    return [(case, evaluation.asked(case)) for case in cases]


def compare(before: Pairs, after: Pairs) -> knowledge.Compared:
    """Shares by measure, and the questions of which one pass was right and the other was not."""
    shares = measured(before), measured(after)
    turned = [
        (case.question, went_right(case, old), went_right(case, new))
        for (case, old), (_, new) in zip(before, after, strict=True)
    ]
    return knowledge.Compared(
        questions=len(after),
        measures={name: _pair(*(each[name] for each in shares)) for name in shares[1] if shares[1][name]},
        worse=tuple(question for question, was, would in turned if was and not would),
        better=tuple(question for question, was, would in turned if would and not was),
    )


def _pair(before: Any, after: Any) -> dict[str, Any]:
    return {"before": before and round(before.share, 4), "after": round(after.share, 4), "count": after.count}
