"""The rows of a version: its documents, passages, targets and the questions that were asked before."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np

from knowledge.models import AskedSet, Document, Passage, Target, Version
from knowledge.rules.background import leave_one_out
from knowledge.rules.library import SEARCHED
from knowledge.services.vectors import content_hash, searched
from knowledge.types import Asked, Level, Parsed, Source, Vector
from knowledge.types import Passage as ParsedPassage

Words = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Prepared:
    """A version that is complete and indexed but not yet known to the database."""

    id: UUID
    fingerprint: str
    embedder: str
    parsed: tuple[Parsed, ...]
    vectors: dict[str, Vector]  # by content hash
    asked: tuple[Asked, ...] = ()
    asked_vectors: dict[str, Vector] = field(default_factory=dict)  # by question
    synonyms: Words = field(default_factory=dict)

    @property
    def passages(self) -> int:
        return sum(len(parsed.passages) for parsed in self.parsed)


def write(prepared: Prepared, now: datetime) -> Version:
    version = Version.objects.create(
        id=prepared.id,
        fingerprint=prepared.fingerprint,
        embedder=prepared.embedder,
        built_at=now,
        background=_background(prepared),
        synonyms=dict(prepared.synonyms),
    )
    for parsed in prepared.parsed:
        document = _document(parsed.source)
        version.documents.add(document)
        _write_passages(version, document, parsed, prepared.vectors)
        _write_targets(version, document, parsed)
    _write_asked(version, prepared)
    return version


def _write_asked(version: Version, prepared: Prepared) -> None:
    vectors = [prepared.asked_vectors[one.question] for one in prepared.asked] if prepared.asked_vectors else []
    AskedSet.objects.create(
        version=version,
        questions=[astuple(one) for one in prepared.asked],
        vectors=np.stack(vectors).astype(np.float32).tobytes() if vectors else None,
    )


def _background(prepared: Prepared) -> dict[str, Any]:
    """What likeness means in this version, from its own sentences."""
    if not prepared.vectors:
        return {}
    sentences = [(p, p.section_key) for p in searched(prepared.parsed) if p.level is Level.SENTENCE]
    names = {key: number for number, key in enumerate(dict.fromkeys(key for _, key in sentences))}
    vectors = np.stack([prepared.vectors[content_hash(passage)] for passage, _ in sentences])
    return asdict(leave_one_out(vectors, [names[key] for _, key in sentences]))


def _document(source: Source) -> Document:
    """The row of a text. One of the corpus that an operator has withdrawn stays so, whatever is built."""
    if source.ingested:
        return Document.objects.get(key=source.key, revision=source.revision, ingested=True)
    row, _ = Document.objects.get_or_create(
        ingested=False,
        key=source.key,
        sha256=source.sha256,
        defaults={
            "title": source.title,
            "short_title": source.short_title,
            "issuer": source.issuer,
            "issued_on": source.issued_on,
            "kind": source.kind.value,
            "status": source.status,
            "origin": source.origin,
            "text": source.text,
        },
    )
    return row


def _write_passages(version: Version, document: Document, parsed: Parsed, vectors: dict[str, Vector]) -> None:
    first = version.passages.count()
    Passage.objects.bulk_create(
        Passage(
            version=version,
            document=document,
            ordinal=first + offset,
            key=passage.key,
            level=passage.level.value,
            section=passage.section,
            title=passage.title,
            path=list(passage.path),
            start=passage.start,
            end=passage.end,
            text=passage.text,
            box=passage.box,
            lead_units=list(passage.responsibility.lead) if passage.responsibility else [],
            other_units=list(passage.responsibility.others) if passage.responsibility else [],
            content_hash=content_hash(passage),
            vector=_bytes(vectors, passage),
        )
        for offset, passage in enumerate(parsed.passages)
    )


def _bytes(vectors: dict[str, Vector], passage: ParsedPassage) -> bytes | None:
    vector = vectors.get(content_hash(passage)) if passage.level in SEARCHED else None
    return None if vector is None else vector.astype(np.float32).tobytes()


def _write_targets(version: Version, document: Document, parsed: Parsed) -> None:
    first = version.targets.count()
    Target.objects.bulk_create(
        Target(
            version=version,
            document=document,
            ordinal=first + offset,
            section=target.section,
            subject=target.subject,
            metric=target.metric,
            qualifier=target.qualifier,
            value=target.value,
            unit=target.unit,
            bound=target.bound,
            year=target.year,
            start=target.start,
            end=target.end,
            sentence_start=target.sentence_start,
            sentence_end=target.sentence_end,
        )
        for offset, target in enumerate(parsed.targets)
    )
