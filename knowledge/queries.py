"""Reads of the knowledge base: the active library, and the passages for a question."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from backend.core import clock
from backend.core.errors import NotFound
from knowledge import lexicon
from knowledge.errors import KnowledgeNotReady
from knowledge.ingestion.readback import read_back
from knowledge.loading import load_library
from knowledge.models import ActiveVersion, Document, Passage, Synonym, Trial
from knowledge.retrieval import index
from knowledge.retrieval.retriever import HybridRetriever, dense_query
from knowledge.retrieval.words import cut
from knowledge.rules.library import Library, rows_of
from knowledge.rules.terms import Term, terms_of
from knowledge.types import (
    DocumentState,
    Hit,
    Kind,
    ReadBack,
    Retrieved,
    Source,
    SynonymState,
    Vector,
)

_QUOTABLE = """
    SELECT pointer.version_id, document.id FROM knowledge_activeversion pointer
    JOIN knowledge_version_documents held ON held.version_id = pointer.version_id
    JOIN knowledge_document document ON document.id = held.document_id
    WHERE document.state = %s AND (document.effective_from IS NULL OR document.effective_from <= %s)
    AND (document.effective_until IS NULL OR document.effective_until > %s)
"""
_library: tuple[frozenset[tuple[Any, Any]], Library] | None = None  # with the look at the database that it is of
_tried: ContextVar[Library | None] = ContextVar("tried", default=None)
_lock = threading.Lock()


def active_version() -> UUID | None:
    """The version that the pointer names, None before the first build."""
    return ActiveVersion.objects.values_list("version_id", flat=True).first()


def published(now: datetime) -> QuerySet[Document]:
    """What operators have brought in and published, and what is not over; some of it may only take effect later."""
    today = clock.local(now).date()
    live = Document.objects.filter(ingested=True, state=DocumentState.PUBLISHED.value)
    return live.filter(Q(effective_until=None) | Q(effective_until__gt=today))


def synonyms() -> dict[str, list[str]]:
    """The operators' words that are published, with what documents say for them."""
    rows = Synonym.objects.filter(state=SynonymState.PUBLISHED.value).order_by("word")
    return dict(rows.values_list("word", "others"))


def told() -> QuerySet[Document]:
    """What the public may know of: whatever is or was published."""
    return Document.objects.filter(state__in=[DocumentState.PUBLISHED.value, DocumentState.WITHDRAWN.value])


def waiting() -> QuerySet[Document]:
    """What has been brought in and waits to be checked, tried or published."""
    return Document.objects.filter(state__in=[DocumentState.DRAFT.value, DocumentState.CHECKED.value])


def reading_of(document_id: UUID) -> tuple[Document, ReadBack, Trial | None]:
    """A document, what the parser makes of it, and its latest trial. Raises NotFound."""
    found = Document.objects.filter(pk=document_id).first()
    if found is None:
        raise NotFound
    return found, read_back(source_of(found), found.warnings), found.trials.order_by("-ended_at").first()


def _look() -> frozenset[tuple[Any, Any]]:
    """One look at the database for each question: the version that serves, with each document that may be quoted today.

    In plain SQL, the same as `Document.may_be_quoted_on`: several looks go into an answer, and the ORM would take four
    times as long to write the statement as the database to answer it.
    """
    today = connection.ops.adapt_datefield_value(clock.local(clock.now()).date())
    with connection.cursor() as cursor:
        cursor.execute(_QUOTABLE, [DocumentState.PUBLISHED.value, today, today])
        return frozenset(cursor.fetchall())


def _shelf(look: frozenset[tuple[Any, Any]]) -> tuple[UUID, frozenset[UUID]] | None:
    """The version and its quotable documents; None before the first build."""
    if not look:
        version = active_version()
        return None if version is None else (version, frozenset())
    return UUID(str(next(iter(look))[0])), frozenset(UUID(str(document)) for _, document in look)


def library() -> Library:
    """What may be quoted of the active version, in memory; loaded anew when the pointer has moved, or when a document
    was withdrawn or has begun or ended, in whatever process. Raises KnowledgeNotReady.
    """
    global _library
    tried = _tried.get()
    if tried is not None:
        return tried
    look = _look()
    current = _library
    if current is None or current[0] != look:
        with _lock:
            if _library is None or _library[0] != look:
                _library = (look, _load(look))
            current = _library
    return current[1]


def _load(look: frozenset[tuple[Any, Any]]) -> Library:
    wanted = _shelf(look)
    if wanted is None:
        raise KnowledgeNotReady
    if _library is not None and _library[1].version != wanted[0]:
        index.forget()  # a client does not see what another process wrote after it was opened
    return load_library(*wanted)


@contextmanager
def trying(version: UUID, document: Document | None = None) -> Iterator[None]:
    """Questions of this thread meet `version`, as it would be with `document` published; all others what serves."""
    today = clock.local(clock.now()).date()
    held = Document.objects.filter(versions=version).defer("text")
    others = held if document is None else held.exclude(key=document.key)
    quotable = {row.pk for row in others if row.may_be_quoted_on(today)}
    shelf = load_library(version, frozenset(quotable if document is None else {*quotable, document.pk}))
    token = _tried.set(shelf)
    try:
        yield
    finally:
        _tried.reset(token)


def forget() -> None:
    """Drop the library in memory; the next question reads it anew."""
    global _library
    with _lock:
        _library = None


def passages_for(question: str, *, limit: int = 24) -> Retrieved:
    """The sentences that fit a question best, found by the retriever in the active version."""
    return HybridRetriever(library=library(), limit=limit).search(question)


def sections_for(question: str, *, limit: int = 10) -> list[Hit]:
    """The best sentence of each section, best first: what a search shows."""
    found: dict[str, Hit] = {}
    for hit in passages_for(question, limit=200).hits:
        found.setdefault(hit.passage.section_key, hit)
    return list(found.values())[:limit]


def normalise(question: str) -> str:
    """A question as it is compared: NFKC, simplified, lower case."""
    return lexicon.load().normalise(question)


def understood(question: str) -> str:
    """A question as it is answered: normalised, and with homophones of the documents' own wording put right."""
    return library().mended(normalise(question))


def terms(question: str) -> list[Term]:
    """The content words of a question, mistyped ones with what they stand for."""
    shelf = library()
    return [shelf.respelled(term) for term in terms_of(normalise(question), shelf.joined(lexicon.load()), cut)]


def to_embed(question: str) -> str:
    """What the search will embed for a question, so that a caller can have it computed beforehand."""
    return dense_query(normalise(question), terms(question))


def asked_vectors() -> dict[str, Vector]:
    """The vector of every question asked before that the active version knows."""
    echoes = library().echoes
    return {} if echoes.vectors is None else {a.question: v for a, v in zip(echoes.asked, echoes.vectors, strict=True)}


def corpus_vectors() -> dict[str, Vector]:
    """The vector of every passage of our own corpus that the active version holds, by content hash."""
    rows = Passage.objects.filter(version=active_version(), document__ingested=False, vector__isnull=False)
    return {digest: rows_of(bytes(vector or b""))[0] for digest, vector in rows.values_list("content_hash", "vector")}


def source_of(row: Document) -> Source:
    """A document that was brought in, as the parser takes it."""
    return Source(
        key=row.key,
        title=row.title,
        short_title=row.short_title,
        issuer=row.issuer,
        issued_on=row.issued_on,
        kind=Kind(row.kind),
        status=row.status,
        origin=row.origin,
        sha256=row.sha256,
        text=row.text,
        revision=row.revision,
        ingested=row.ingested,
    )
