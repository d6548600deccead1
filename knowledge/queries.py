"""Reads of the knowledge base: the active library, and the passages for a question."""

import re
import threading
from collections.abc import Iterable
from uuid import UUID

from knowledge import lexicon
from knowledge.errors import KnowledgeNotReady
from knowledge.models import ActiveVersion, Document, Passage, Target, Version
from knowledge.retrieval import index
from knowledge.retrieval.retriever import HybridRetriever, dense_query
from knowledge.retrieval.words import cut, teach
from knowledge.rules.library import Library, stacked
from knowledge.rules.terms import Term, compounds, terms_of
from knowledge.types import Annex, DocumentCard, Hit, Kind, Level, Responsibility, Retrieved
from knowledge.types import Passage as PassageRead
from knowledge.types import Target as TargetRead

VECTOR_WIDTH = 384
_QUOTED = re.compile(r"“([\u4e00-\u9fff]{2,8})”")
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")
_library: Library | None = None
_lock = threading.Lock()


def active_version() -> UUID | None:
    """The version that the pointer names, None before the first build."""
    return ActiveVersion.objects.values_list("version_id", flat=True).first()


def library() -> Library:
    """The active version in memory; loaded anew when the pointer has moved. Raises KnowledgeNotReady."""
    global _library
    wanted = active_version()
    if wanted is None:
        raise KnowledgeNotReady
    current = _library
    if current is None or current.version != wanted:
        with _lock:
            if _library is None or _library.version != wanted:
                if _library is not None:
                    index.forget()  # a client does not see what another process wrote after it was opened
                _library = load_library(wanted)
            current = _library
    return current


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
        found.setdefault(hit.passage.key.split(".")[0], hit)
    return list(found.values())[:limit]


def normalise(question: str) -> str:
    """A question as it is compared: NFKC, simplified, lower case."""
    return lexicon.load().normalise(question)


def terms(question: str) -> list[Term]:
    """The content words of a question, mistyped ones with what they stand for."""
    shelf = library()
    return [shelf.respelled(term) for term in terms_of(normalise(question), lexicon.load(), cut)]


def to_embed(question: str) -> str:
    """What the search will embed for a question, so that a caller can have it computed beforehand."""
    return dense_query(normalise(question), terms(question))


def load_library(version: UUID) -> Library:
    """Read a version's rows; some hundred rows, a few milliseconds."""
    row = Version.objects.get(pk=version)
    passages = list(Passage.objects.filter(version=row).select_related("document").order_by("ordinal"))
    targets = Target.objects.filter(version=row).select_related("document").order_by("ordinal")
    reads = tuple(_passage(passage) for passage in passages)
    teach(_names(reads))
    return Library(
        version=row.id,
        embedder=row.embedder,
        documents={p.document.key: _card(p.document) for p in passages},
        passages=reads,
        targets=tuple(_target(target) for target in targets),
        annexes=tuple(_annex(read) for read in reads if read.level is Level.ANNEX),
        vocabulary=_vocabulary(reads),
        vectors=stacked([_bytes(passage) for passage in passages], VECTOR_WIDTH),
    )


def _bytes(row: Passage) -> bytes | None:
    """The stored vector; PostgreSQL gives a memoryview."""
    return None if row.vector is None else bytes(row.vector)


def _names(passages: Iterable[PassageRead]) -> set[str]:
    """Names that documents put in quotes, and the units that they make responsible."""
    quoted = {name for p in passages if p.level is Level.SECTION for name in _QUOTED.findall(p.text)}
    return quoted | {name for p in passages if p.responsibility for name in p.responsibility.everyone}


def _vocabulary(passages: Iterable[PassageRead]) -> frozenset[str]:
    """The words of all sections, as the segmentation of questions would cut them, and the words inside long ones."""
    runs = (run for p in passages if p.level is Level.SECTION for run in _HAN_RUN.findall(p.text))
    words = {word for run in runs for word, _ in compounds(cut(run))}
    return frozenset(
        word[start:end] for word in words for start in range(len(word)) for end in range(start + 2, len(word) + 1)
    )


def _card(row: Document) -> DocumentCard:
    return DocumentCard(row.key, row.title, row.short_title, row.issuer, row.issued_on, Kind(row.kind))


def _passage(row: Passage) -> PassageRead:
    units = Responsibility(tuple(row.lead_units), tuple(row.other_units))
    return PassageRead(
        key=row.key,
        document=row.document.key,
        level=Level(row.level),
        section=row.section,
        title=row.title,
        path=tuple(row.path),
        start=row.start,
        end=row.end,
        text=row.text,
        box=row.box,
        responsibility=units if units.everyone else None,
    )


def _target(row: Target) -> TargetRead:
    return TargetRead(
        document=row.document.key,
        section=row.section,
        subject=row.subject,
        metric=row.metric,
        qualifier=row.qualifier,
        value=row.value,
        unit=row.unit,
        bound=row.bound,
        year=row.year,
        start=row.start,
        end=row.end,
        sentence_start=row.sentence_start,
        sentence_end=row.sentence_end,
    )


def _annex(passage: PassageRead) -> Annex:
    number = int(passage.title.removeprefix("附件"))
    return Annex(passage.document, number, passage.text, passage.start, passage.end)
