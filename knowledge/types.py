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
    GUIDE = "guide"  # chapters under # marks: the service's own guides, and whatever else has headings


class DocumentState(StrEnum):
    """Where a document stands between whoever brought it in and the citizens."""

    DRAFT = "draft"
    CHECKED = "checked"  # read by a second person
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"  # never published


class SynonymState(StrEnum):
    """The life of an operator's word: tried on the frozen questions before another person publishes it."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Source:
    """A document as its provenance describes it, with the text itself.

    `ingested` says that an operator brought it in; the others stand in `corpus/`.
    """

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
    revision: int = 1
    ingested: bool = False

    @property
    def stem(self) -> str:
        """What the keys of its passages begin with: two revisions may stand in one version."""
        return f"{self.key}~{self.revision}" if self.ingested else self.key


@dataclass(frozen=True, slots=True)
class About:
    """What whoever brings a document in says of it. It may be quoted from one day until the day before the other.

    `key` names the document through all its revisions; "" for one that is new and needs no name. A title that is ""
    is taken from the text.
    """

    title: str
    issuer: str
    issued_on: date
    origin: str
    key: str = ""
    short_title: str = ""
    effective_from: date | None = None
    effective_until: date | None = None


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


def section_key(key: str) -> str:
    """The key of the section that holds the passage of a key."""
    return key.split(".")[0]


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

    @property
    def section_key(self) -> str:
        """The key of the section that holds it."""
        return section_key(self.key)


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
class Asked:
    """A question as people ask it, and the verbatim stretch of a document that answers it.

    Where no document answers, `missing` says what they lack, and `anchor` is only near, or "".
    """

    question: str
    anchor: str
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Echo:
    """A question asked before that sounds like the one at hand: `likeness` in 0..1, and where its anchor stands.

    `text` is the question normalised.
    """

    asked: Asked
    text: str
    likeness: float
    passages: tuple[str, ...]  # keys, an item's before a box's; empty where its anchor stands nowhere any more


@dataclass(frozen=True, slots=True)
class Parsed:
    """Everything that the parser reads out of one document."""

    source: Source
    passages: tuple[Passage, ...]
    targets: tuple[Target, ...]
    annexes: tuple[Annex, ...]


@dataclass(frozen=True, slots=True)
class Outlined:
    """One heading of a document as it was read, with its path and who answers for it."""

    path: tuple[str, ...]
    units: tuple[str, ...]
    sentences: int


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What the parser made of a document, for whoever checks it."""

    outline: tuple[Outlined, ...]
    targets: tuple[Target, ...]
    annexes: tuple[Annex, ...]  # named but absent
    passages: int
    warnings: tuple[tuple[str, str], ...]  # (code, how often or where)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with how well it fits a question; scores lie in 0..1, `cosine` is raw."""

    passage: Passage
    score: float
    cosine: float
    lexical: float


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The answer of a search: hits best first, and which engines served.

    `kinship` is how much the question sounds like one for these documents, `told` like one that they answer, both in
    log-odds; 0 without vectors.
    """

    hits: tuple[Hit, ...]
    engines: tuple[str, ...]
    kinship: float = 0.0
    told: float = 0.0
    echoes: tuple[Echo, ...] = ()  # the nearest questions asked before, nearest first
    timings_ms: dict[str, float] = field(default_factory=dict)
