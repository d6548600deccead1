"""What the knowledge app talks about: documents, passages, targets, hits."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]  # one embedding, or a row for each of several


class Level(StrEnum):
    """How much text a passage spans."""

    SECTION = "section"  # a whole item, box entry list or guide chapter
    SENTENCE = "sentence"
    UNITS = "units"  # the bracket that names who is responsible
    ANNEX = "annex"  # the bare name of an annex that the text does not contain


class Kind(StrEnum):
    """How a document is written, and therefore parsed."""

    OFFICIAL = "official"  # parts 一、, sections (一), items 1., boxes 专栏
    GUIDE = "guide"  # the service's own Markdown with ## chapters


@dataclass(frozen=True, slots=True)
class Source:
    """A document as its provenance file describes it, with the text itself."""

    key: str
    title: str
    short_title: str
    issuer: str
    issued_on: date
    kind: Kind
    status: str
    origin: str
    sha256: str
    text: str


@dataclass(frozen=True, slots=True)
class DocumentCard:
    """What an answer shows of a document."""

    key: str
    title: str
    short_title: str
    issuer: str
    issued_on: date
    kind: Kind


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of characters in a document's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Responsibility:
    """Who answers for an item: `lead` first, then the others in the order of the text."""

    lead: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def everyone(self) -> tuple[str, ...]:
        return self.lead + self.others


@dataclass(frozen=True, slots=True)
class Passage:
    """A verbatim stretch of one document: `text == document.text[start:end]`."""

    key: str
    document: str
    level: Level
    section: int | None
    title: str
    path: tuple[str, ...]
    start: int
    end: int
    text: str
    box: bool = False
    responsibility: Responsibility | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A figure that the plan promises, read from one sentence.

    `value` is the number as printed, `unit` what stands behind it, `bound` the words
    that make it a floor or a ceiling (以上, 不低于 …), `start`/`end` the clause's span.
    """

    document: str
    section: int | None
    subject: str
    metric: str
    qualifier: str
    value: str
    unit: str
    bound: str
    year: int | None
    start: int
    end: int
    sentence_start: int
    sentence_end: int


@dataclass(frozen=True, slots=True)
class Annex:
    """An annex that a document names but does not contain."""

    document: str
    number: int
    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Parsed:
    """Everything that the parser reads out of one document."""

    source: Source
    passages: tuple[Passage, ...]
    targets: tuple[Target, ...]
    annexes: tuple[Annex, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with how well it fits a question; scores lie in 0..1, `cosine` is raw."""

    passage: Passage
    score: float
    cosine: float
    lexical: float


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The answer of a search: hits best first, and which engines served."""

    hits: tuple[Hit, ...]
    engines: tuple[str, ...]
    timings_ms: dict[str, float] = field(default_factory=dict)
