"""A version's rows as a library in memory."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from uuid import UUID

from knowledge import lexicon
from knowledge.models import AskedSet, Document, Passage, Target, Version
from knowledge.retrieval.words import cut, teach
from knowledge.rules.background import UNKNOWN, Background
from knowledge.rules.echoes import Echoes, standing_in
from knowledge.rules.library import VECTOR_WIDTH, Library, rows_of, stacked
from knowledge.rules.terms import compounds
from knowledge.types import Annex, Asked, DocumentCard, Kind, Level, Responsibility
from knowledge.types import Passage as PassageRead
from knowledge.types import Target as TargetRead

_LONG = ("document__text", "document__warnings")  # of each passage's document: a book for every sentence
_QUOTED = re.compile(r"“([\u4e00-\u9fff]{2,8})”")
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")
_Run = list[tuple[str, bool]]  # its words, each with whether it names a thing


def load_library(version: UUID, documents: frozenset[UUID]) -> Library:
    """Read what a version holds of these documents; some hundred rows, a few milliseconds."""
    row = Version.objects.get(pk=version)
    wanted = {"version": row, "document__in": documents}
    passages = list(Passage.objects.filter(**wanted).select_related("document").defer(*_LONG).order_by("ordinal"))
    targets = Target.objects.filter(**wanted).select_related("document").defer(*_LONG).order_by("ordinal")
    reads = tuple(_passage(passage) for passage in passages)
    teach(_names(reads) | set(row.synonyms))
    runs = _runs(reads)
    return Library(
        version=row.id,
        embedder=row.embedder,
        documents={p.document.key: _card(p.document) for p in passages},
        passages=reads,
        targets=tuple(_target(target) for target in targets),
        annexes=tuple(_annex(read) for read in reads if read.level is Level.ANNEX),
        vocabulary=_vocabulary(runs),
        wording=_wording(runs),
        background=_background(row),
        echoes=_echoes(row, reads),
        synonyms={word: tuple(others) for word, others in row.synonyms.items()},
        vectors=stacked([_bytes(passage) for passage in passages], VECTOR_WIDTH),
    )


def _echoes(version: Version, passages: Sequence[PassageRead]) -> Echoes:
    """The questions asked before that a version knows, of passages that may be quoted; an old version knows none."""
    kept = AskedSet.objects.filter(version=version).first()
    asked = [Asked(*row) for row in kept.questions] if kept else []
    places = {anchor: standing_in(anchor, passages) for anchor in {one.anchor for one in asked}}
    here = [i for i, one in enumerate(asked) if places[one.anchor] or not one.anchor]
    return Echoes(
        asked=[asked[i] for i in here],
        texts=[lexicon.load().normalise(asked[i].question) for i in here],
        holders=[places[asked[i].anchor] for i in here],
        vectors=rows_of(bytes(kept.vectors))[here] if kept and kept.vectors else None,
    )


def _bytes(row: Passage) -> bytes | None:
    """The stored vector; PostgreSQL gives a memoryview."""
    return None if row.vector is None else bytes(row.vector)


def _names(passages: Iterable[PassageRead]) -> set[str]:
    """Names that documents put in quotes, and the units that they make responsible."""
    quoted = {name for p in passages if p.level is Level.SECTION for name in _QUOTED.findall(p.text)}
    return quoted | {name for p in passages if p.responsibility for name in p.responsibility.everyone}


def _runs(passages: Iterable[PassageRead]) -> list[_Run]:
    """Every stretch of Chinese of all sections, as the segmentation of questions would cut it."""
    return [cut(run) for p in passages if p.level is Level.SECTION for run in _HAN_RUN.findall(p.text)]


def _vocabulary(runs: Iterable[_Run]) -> frozenset[str]:
    """The words of all sections, and the words inside long ones."""
    words = {word for run in runs for word, _ in compounds(run)}
    return frozenset(
        word[start:end] for word in words for start in range(len(word)) for end in range(start + 2, len(word) + 1)
    )


def _wording(runs: Iterable[_Run]) -> frozenset[str]:
    """The words of all sections, and each two of them that stand together: what a mistyped stretch may have meant."""
    found: set[str] = set()
    for run in runs:
        words = [word for word, _ in run]
        pairs = pairwise(words)
        found |= {*words, *(one + other for one, other in pairs if min(len(one), len(other)) > 1)}
    return frozenset(found)


def _background(row: Version) -> Background:
    kept = row.background
    return Background(kept["mean"], kept["spread"], tuple(kept["curve"])) if kept else UNKNOWN


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
