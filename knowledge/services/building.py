"""Building knowledge: parse, embed what is new, index beside the old version, move the pointer.

What is built is the corpus and whatever operators have published; `queries` decides at each question which of it may
be quoted now.

The slow part (`prepare`) writes no rows and needs no transaction; `activate` is the step that does.
A crash in between leaves the old version serving.
"""

import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from django.db import transaction

from backend.audit import services as audit
from backend.core import ids
from backend.core.transactions import require_transaction
from knowledge.ingestion.asked import about, digest_of, read_asked
from knowledge.ingestion.passages import parse
from knowledge.ingestion.sources import read_corpus
from knowledge.models import ActiveVersion, Document, Version
from knowledge.queries import active_version, published, source_of, synonyms
from knowledge.retrieval import index
from knowledge.services.rows import Prepared, Words, write
from knowledge.services.vectors import (
    Progress,
    content_hash,
    embed,
    embedded_text,
    embedder_name,
    known_vectors,
    searched,
    vectors_of_asked,
)
from knowledge.types import Passage as ParsedPassage
from knowledge.types import Source, Vector

PARSER = "5"  # raise it when the parser reads the same text differently
VERSIONS_KEPT = 2  # that serve or served; trials that are newer stay too
log = logging.getLogger(__name__)


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
    """Make the corpus and what is published findable. Does nothing when what serves was built from the same texts."""
    sources = sources_of(now=now) if sources is None else sources
    words = synonyms()
    fingerprint = fingerprint_of(sources, words)
    known = Version.objects.filter(fingerprint=fingerprint).first()
    if known is not None:
        return _serve_again(known, by=by, now=now)
    prepared, embedded = prepare(sources=sources, words=words, fingerprint=fingerprint, progress=progress)
    with transaction.atomic():
        activate(prepared=prepared, by=by, now=now)
    return Built(prepared.id, prepared.passages, embedded, changed=True)


def build_aside(
    *, sources: Sequence[Source], now: datetime, words: Words | None = None, progress: Progress = _silent
) -> Built:
    """A version that is complete but does not serve: the pointer stays where it is. `words` as in `fingerprint_of`."""
    words = synonyms() if words is None else words
    fingerprint = fingerprint_of(sources, words)
    known = Version.objects.filter(fingerprint=fingerprint).first()
    if known is not None:
        return Built(known.id, known.passages.count(), 0, changed=False)
    prepared, embedded = prepare(sources=sources, words=words, fingerprint=fingerprint, progress=progress)
    with transaction.atomic():
        write(prepared, now)
    return Built(prepared.id, prepared.passages, embedded, changed=True)


def sources_of(*, now: datetime, also: Document | None = None) -> list[Source]:
    """What a version is built from: the corpus, what is published and not over, and `also` one that is not yet."""
    rows = {row.pk: row for row in published(now)} | ({also.pk: also} if also else {})
    return [*read_corpus(), *map(source_of, sorted(rows.values(), key=lambda row: (row.key, row.revision)))]


def fingerprint_of(sources: Sequence[Source], words: Words | None = None) -> str:
    """What a version is made of: texts, parser, embedding engine, and operators' words: those published unless told."""
    parts = [
        PARSER,
        embedder_name(),
        digest_of(about(read_asked(), sources)),
        *(f"{s.stem} {s.sha256} {s.title} {s.short_title}" for s in sources),
    ]
    parts += [f"{word}={'|'.join(others)}" for word, others in (synonyms() if words is None else words).items()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def prepare(
    *, sources: Sequence[Source], fingerprint: str, progress: Progress, words: Words | None = None
) -> tuple[Prepared, int]:
    """Parse, embed what no earlier version has embedded, and write the index. No rows are written."""
    parsed = tuple(parse(source) for source in sources)
    wanted = {content_hash(p): embedded_text(p) for p in searched(parsed)}
    vectors = known_vectors(wanted)
    missing = {digest: text for digest, text in wanted.items() if digest not in vectors}
    vectors |= embed(missing, progress)
    asked = tuple(about(read_asked(), sources))
    asked_vectors, asked_anew = vectors_of_asked([one.question for one in asked], progress)
    version = ids.new_id()
    if vectors:
        _write_index(version, list(searched(parsed)), vectors)
    prepared = Prepared(version, fingerprint, embedder_name(), parsed, vectors, asked, asked_vectors, words or {})
    return prepared, len(missing) + asked_anew if vectors else 0


def _write_index(version: UUID, passages: Sequence[ParsedPassage], vectors: dict[str, Vector]) -> None:
    """Chroma may be away: the vectors stand in the database too, so the build goes on and says so."""
    try:
        index.write(version, [p.key for p in passages], [vectors[content_hash(p)] for p in passages])
    except Exception:
        log.warning("The vector index cannot be written; the database's vectors will serve.", exc_info=True)


def activate(*, prepared: Prepared, by: object, now: datetime) -> None:
    """Write a prepared version's rows, move the pointer to it, and forget old versions once that is committed."""
    require_transaction()
    point_to(version=write(prepared, now), by=by, now=now)
    transaction.on_commit(prune)


def point_to(*, version: Version, by: object, now: datetime) -> None:
    """Move the pointer; from the next question on this version answers, in every process.

    It leaves the index alone: only the process that builds may write there.
    """
    require_transaction()
    ActiveVersion.objects.update_or_create(id=1, defaults={"version": version})
    audit.record(by=by, action="knowledge.activate", subject=version.id, now=now, fingerprint=version.fingerprint)


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
            transaction.on_commit(prune)
    return Built(version.id, version.passages.count(), 0, changed)


def prune() -> None:
    """Forget all but the last versions: one that still serves elsewhere keeps its rows and its index."""
    kept = list(Version.objects.order_by("-built_at").values_list("id", flat=True)[:VERSIONS_KEPT])
    active = active_version()
    keep = [*kept, active] if active else kept
    Version.objects.exclude(id__in=keep).delete()
    try:
        index.prune(keep)
    except Exception:
        log.warning("Old collections of the vector index could not be removed.", exc_info=True)
