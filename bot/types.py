"""What the assistant talks about: questions, findings, answers."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from knowledge.rules.terms import Term
from knowledge.types import Echo, Passage


class Status(StrEnum):
    """How an answer ended. Only `answered` and `partly` are not refusals."""

    ANSWERED = "answered"
    PARTLY = "partly"
    NOT_SURE = "not_sure"
    NO_EVIDENCE = "no_evidence"
    VALUE_MISSING = "value_missing"
    OUT_OF_SCOPE = "out_of_scope"
    NEEDS_CLARIFICATION = "needs_clarification"
    UNSAFE = "unsafe"
    ERROR = "error"

    @property
    def refused(self) -> bool:
        return self not in (Status.ANSWERED, Status.PARTLY)


class Asks(StrEnum):
    """What kind of thing would answer a question."""

    FIGURE = "figure"
    MONEY = "money"
    WHO = "who"
    WHEN = "when"
    WHERE = "where"
    NAME = "name"
    PERSON = "person"
    CONTACT = "contact"
    PROCEDURE = "procedure"  # how the asker gets, joins or hands in something
    STANDARD = "standard"  # by which criteria something is judged
    REASON = "reason"
    WHAT = "what"


@dataclass(frozen=True, slots=True)
class Question:
    """One part of what was asked, understood. `carried` are terms that an earlier question lends."""

    text: str
    asks: Asks
    english: bool
    terms: tuple[Term, ...]
    carried: tuple[Term, ...] = ()
    search_text: str = ""
    after: str = ""  # the earlier question that it follows up
    units: frozenset[str] = frozenset()  # units of measure that the question names
    claims: tuple[tuple[str, str], ...] = ()  # figures that the question itself asserts
    years: tuple[int, ...] = ()
    sections: frozenset[int] = frozenset()
    how_to: bool = False
    wants_current: bool = False
    members: int = 0  # how many things the question wants to have named ("哪三种")
    confirms: bool = False
    kinship: float = 0.0  # how much it sounds like a question for these documents, in log-odds
    told: float = 0.0  # how much it sounds like a question that they answer, in log-odds
    echoes: tuple[Echo, ...] = ()  # the questions asked before that it sounds like, nearest first

    @property
    def all_terms(self) -> tuple[Term, ...]:
        return tuple(dict.fromkeys(self.terms + self.carried))


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote and where it stands. `section` is an item's number, 0, 101–103, or None."""

    document: str
    section: int | None
    title: str
    quote: str
    document_title: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Quoted:
    """Verbatim words chosen for an answer, with our own words before them where they need any.

    `said`, where it is given, is what the answer says in their place; the words are still what is cited.
    Silent ones are cited only: the finding's lead has said it all.
    """

    passage: Passage
    words: str
    lead: str = ""
    said: str = ""
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for one part: the quotes that answer, or why there are none and what is near."""

    status: Status
    quoted: tuple[Quoted, ...] = ()
    support: tuple[Quoted, ...] = ()  # further places that say the same
    lead: str = ""
    near: tuple[Passage, ...] = ()
    missing: str = ""
    lead_en: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The envelope of every door."""

    text: str
    status: Status
    citations: tuple[Citation, ...] = ()
    near: tuple[Citation, ...] = ()
    generated: bool = False
    engines: tuple[str, ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict)
    live: bool = False  # read from the resident's own account just now, not from documents
    need: str = ""  # what was asked for, without what identifies a person; empty where nothing was looked up

    @property
    def refused(self) -> bool:
        return self.status.refused

    @property
    def retriever(self) -> str | None:
        """`hybrid`: by meaning and by words; `lexical`: by words only, since nothing else served; None: no search."""
        if "bm25" not in self.engines:
            return None
        return "hybrid" if {"chroma", "numpy"} & set(self.engines) else "lexical"
