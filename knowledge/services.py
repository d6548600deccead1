"""Building knowledge: parse, embed what is new, index beside the old version, move the pointer.

The slow part (`prepare`) writes no rows and needs no transaction; `activate` is the step that does.
A crash in between leaves the old version serving.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from django.db import transaction

from backend.audit import services as audit
from backend.core import ids
from backend.core.transactions import require_transaction
from knowledge.ingestion.passages import parse
from knowledge.ingestion.sources import read_corpus
from knowledge.models import ActiveVersion, Document, Passage, Target, Version
from knowledge.queries import active_version
from knowledge.retrieval import embedder as embedding
from knowledge.retrieval import index
from knowledge.rules.library import SEARCHED
from knowledge.types import Parsed, Source, Vector
from knowledge.types import Passage as ParsedPassage

PARSER = "4"  # raise it when the parser reads the same text differently
VERSIONS_KEPT = 2
Progress = Callable[[Iterable[Vector], int], Iterable[Vector]]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Prepared:
    """A version that is complete and indexed but not yet known to the database."""

    id: UUID
    fingerprint: str
    embedder: str
    parsed: tuple[Parsed, ...]
    vectors: dict[str, Vector]  # by content hash


@dataclass(frozen=True)
class Built:
    """What a build did."""

    version: UUID
    passages: int
    embedded: int
    changed: bool


def _silent(vectors: Iterable[Vector], total: int) -> Iterable[Vector]:
    return vectors


def build(*, by: object, now: datetime, sources: Sequence[Source] | None = None, progress: Progress = _silent) -> Built:
    """Make the corpus findable. Does nothing when what serves was built from the same texts."""
    sources = read_corpus() if sources is None else sources
    fingerprint = fingerprint_of(sources)
    known = Version.objects.filter(fingerprint=fingerprint).first()
    if known is not None:
        return _serve_again(known, by=by, now=now)
    prepared, embedded = prepare(sources=sources, fingerprint=fingerprint, progress=progress)
    with transaction.atomic():
        activate(prepared=prepared, by=by, now=now)
    count = sum(len(parsed.passages) for parsed in prepared.parsed)
    return Built(prepared.id, count, embedded, changed=True)


def fingerprint_of(sources: Sequence[Source]) -> str:
    """What a version is made of: texts, parser and embedding engine."""
    parts = [PARSER, _embedder_name(), *(f"{s.key} {s.sha256} {s.title} {s.short_title}" for s in sources)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _embedder_name() -> str:
    return embedding.NAME if embedding.embedder() is not None else ""


def prepare(*, sources: Sequence[Source], fingerprint: str, progress: Progress) -> tuple[Prepared, int]:
    """Parse, embed what no earlier version has embedded, and write the index. No rows are written."""
    parsed = tuple(parse(source) for source in sources)
    wanted = {content_hash(p): embedded_text(p) for p in _searched(parsed)}
    vectors = _known_vectors(wanted)
    missing = {digest: text for digest, text in wanted.items() if digest not in vectors}
    vectors |= _embed(missing, progress)
    version = ids.new_id()
    if vectors:
        _write_index(version, list(_searched(parsed)), vectors)
    return Prepared(version, fingerprint, _embedder_name(), parsed, vectors), len(missing) if vectors else 0


def _searched(parsed: Iterable[Parsed]) -> Iterator[ParsedPassage]:
    return (passage for one in parsed for passage in one.passages if passage.level in SEARCHED)


def embedded_text(passage: ParsedPassage) -> str:
    """A passage as it is embedded: a sentence needs its heading to be understood."""
    return f"{passage.title}。{passage.text}"


def content_hash(passage: ParsedPassage) -> str:
    return hashlib.sha256(f"{_embedder_name()}\n{embedded_text(passage)}".encode()).hexdigest()


def _known_vectors(wanted: Iterable[str]) -> dict[str, Vector]:
    rows = Passage.objects.filter(content_hash__in=list(wanted), vector__isnull=False)
    return {
        digest: np.frombuffer(bytes(vector), dtype=np.float32)
        for digest, vector in rows.values_list("content_hash", "vector")
        if vector is not None
    }


def _embed(missing: dict[str, str], progress: Progress) -> dict[str, Vector]:
    engine = embedding.embedder()
    if engine is None or not missing:
        return {}
    return dict(zip(missing, progress(engine.passages(list(missing.values())), len(missing)), strict=True))


def _write_index(version: UUID, passages: Sequence[ParsedPassage], vectors: dict[str, Vector]) -> None:
    """Chroma may be away: the vectors stand in the database too, so the build goes on and says so."""
    try:
        index.write(version, [p.key for p in passages], [vectors[content_hash(p)] for p in passages])
    except Exception:
        log.warning("The vector index cannot be written; the database's vectors will serve.", exc_info=True)


def activate(*, prepared: Prepared, by: object, now: datetime) -> None:
    """Write a prepared version's rows and move the pointer to it."""
    require_transaction()
    version = Version.objects.create(
        id=prepared.id, fingerprint=prepared.fingerprint, embedder=prepared.embedder, built_at=now
    )
    for parsed in prepared.parsed:
        document = _document(parsed.source)
        _write_passages(version, document, parsed, prepared.vectors)
        _write_targets(version, document, parsed)
    point_to(version=version, by=by, now=now)


def point_to(*, version: Version, by: object, now: datetime) -> None:
    """Move the pointer; from the next question on this version answers, in every process."""
    require_transaction()
    ActiveVersion.objects.update_or_create(id=1, defaults={"version": version})
    audit.record(by=by, action="knowledge.activate", subject=version.id, now=now, fingerprint=version.fingerprint)
    transaction.on_commit(_prune)


def _document(source: Source) -> Document:
    row, _ = Document.objects.get_or_create(
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


def _serve_again(version: Version, *, by: object, now: datetime) -> Built:
    """Point to a version that was built before, mending its index where it has been lost."""
    rows = list(version.passages.filter(vector__isnull=False).values_list("key", "vector"))
    if rows and not index.holds(version.id, len(rows)):
        vectors = [np.frombuffer(bytes(vector or b""), dtype=np.float32) for _, vector in rows]
        index.write(version.id, [key for key, _ in rows], vectors)
        index.forget()
    changed = active_version() != version.id
    if changed:
        with transaction.atomic():
            point_to(version=version, by=by, now=now)
    return Built(version.id, version.passages.count(), 0, changed)


def _prune() -> None:
    """Forget all but the last versions: one that still serves elsewhere keeps its rows and its index."""
    kept = list(Version.objects.order_by("-built_at").values_list("id", flat=True)[:VERSIONS_KEPT])
    active = active_version()
    keep = [*kept, active] if active else kept
    Version.objects.exclude(id__in=keep).delete()
    try:
        index.prune(keep)
    except Exception:
        log.warning("Old collections of the vector index could not be removed.", exc_info=True)
