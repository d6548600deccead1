"""Trying a checked document out: a version with it is built beside what serves, and asked the frozen questions.

The questions are asked by whoever knows the assistant (`ops`); here is what comes before and after.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.audit import services as audit
from backend.core import ids
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.outbox import services as outbox
from knowledge import errors
from knowledge.models import Document, Trial
from knowledge.services.building import Built, build_aside, fingerprint_of, sources_of
from knowledge.types import DocumentState

TRIAL = "knowledge.trial"
MOST_NAMED = 50  # questions that a trial names


@dataclass(frozen=True)
class Compared:
    """The frozen questions with the document beside those without: shares by measure, and what changed."""

    questions: int
    measures: dict[str, dict[str, Any]] = field(default_factory=dict)
    worse: tuple[str, ...] = ()
    better: tuple[str, ...] = ()


def ask_trial(*, by: object, document_id: UUID, now: datetime) -> None:
    """The worker tries it out, as soon as it can. Raises NotFound, DocumentNotThere."""
    require_transaction()
    found = Document.objects.filter(pk=document_id, ingested=True).first()
    if found is None:
        raise NotFound
    if found.state != DocumentState.CHECKED.value:
        raise errors.DocumentNotThere
    outbox.enqueue(topic=TRIAL, payload={"document": str(found.pk)}, key=ids.new_id(), now=now)
    audit.record(by=by, action="knowledge.ask_trial", subject=found.pk, now=now)


def try_out(*, document: Document, now: datetime) -> tuple[Built, str]:
    """The version that publishing it would serve, and its fingerprint. Slow: needs no transaction and moves nothing."""
    sources = sources_of(now=now, also=document)
    return build_aside(sources=sources, now=now), fingerprint_of(sources)


def keep_trial(*, document: Document, built: Built, fingerprint: str, compared: Compared, now: datetime) -> Trial:
    """What a trial showed, for whoever publishes."""
    require_transaction()
    return Trial.objects.create(
        document=document, fingerprint=fingerprint, version=built.version, passages=built.passages,
        embedded=built.embedded, questions=compared.questions, result=compared.measures,
        worse=list(compared.worse[:MOST_NAMED]), better=list(compared.better[:MOST_NAMED]), ended_at=now,
    )  # fmt: skip
