"""Answering from sentences: which of those found is believed, which stretch of it is quoted, else which kind of no."""

import re
from collections.abc import Sequence

from bot.rules import evidence as judging
from bot.rules import patterns
from bot.rules.evidence import Evidence
from bot.rules.windows import LONGEST_CHARS, best_window, tidy
from bot.types import Asks, Finding, Question, Quoted, Status
from knowledge.rules.lexicon import fold
from knowledge.rules.library import Library
from knowledge.types import Hit, Kind, Level, Passage

MISSING = {
    Asks.CONTACT: "联系方式或办公时间",
    Asks.PERSON: "具体人员",
    Asks.MONEY: "金额",
    Asks.FIGURE: "具体数字",
    Asks.WHEN: "时间",
    Asks.WHERE: "具体地点",
    Asks.NAME: "具体名称",
}
_ANOTHER_TOPIC = 0.35  # this much less fitting is another topic, however fitting its kind
_ONE_MATTER_CHARS = 50  # in a sentence this short every figure belongs to the matter
_WORTH_ADDING = 0.5  # of the open words, that a second sentence must cover


def near_of(hits: Sequence[Hit], library: Library, most: int = 2) -> tuple[Passage, ...]:
    """The sections nearest to a question, for a refusal that still helps."""
    found: dict[str, Passage] = {}
    for hit in hits:
        section = library.section_of(hit.passage)
        found.setdefault(section.key, section)
    return tuple(found.values())[:most]


def from_sentences(question: Question, hits: Sequence[Hit], library: Library) -> Finding:
    """The sentences that answer, or which kind of no this is."""
    terms = question.all_terms
    found = judging.weighed(_where_asked(question, hits), terms, library)
    good = [c for c in found if judging.enough(c, question) and not _in_passing(c.passage, question, library)]
    if not good:
        return _nothing(question, found, hits, library)
    best = _with_the_kind(good, question, library)
    if best is None and question.asks is Asks.FIGURE and not patterns.STRONG_FIGURE.search(question.text):
        best = good[0]  # a goal need not be a number
    if best is None:
        nearest = Quoted(good[0].passage, best_window(good[0].passage, terms, library))
        return Finding(Status.VALUE_MISSING, (nearest,), near=near_of(hits, library), missing=MISSING[question.asks])
    if library.documents[best.passage.document].kind is Kind.GUIDE and question.asks is Asks.WHAT:
        return Finding(Status.ANSWERED, _guided(best.passage, question, library))
    first = Quoted(best.passage, _words(best.passage, question, library))
    second = _second(first, best, good, question, library)
    return Finding(Status.ANSWERED, (first, second) if second else (first,))


def _in_passing(passage: Passage, question: Question, library: Library) -> bool:
    """Whether a guide only happens to use the one word of a trouble that it knows: 手机 in a note on privacy."""
    if library.documents[passage.document].kind is not Kind.GUIDE or not patterns.TROUBLE.search(question.text):
        return False
    chapter, heading = fold(f"{passage.title} {passage.text}"), fold(" ".join(passage.path))
    known = [term for term in question.all_terms if term.found_in(chapter) >= 1]
    if known and patterns.REMEDY.search(passage.text):
        return False  # it speaks of a trouble itself
    return len(known) < 2 and library.coverage(question.all_terms, heading) < _WORTH_ADDING


def _where_asked(question: Question, hits: Sequence[Hit]) -> Sequence[Hit]:
    """Only the sections that the question names, where it names any that was found."""
    named = [hit for hit in hits if hit.passage.section in question.sections]
    return named or hits


def _words(passage: Passage, question: Question, library: Library) -> str:
    """The stretch that answers, of all that cover the question one that holds the kind of thing asked for."""
    return best_window(
        passage, question.all_terms, library, prefers=lambda words: judging.holds_the_kind(words, question)
    )


def _guided(passage: Passage, question: Question, library: Library) -> tuple[Quoted, ...]:
    """From a guide: the start of a chapter whose title is what was asked, else the one sentence."""
    if library.coverage(question.all_terms, fold(passage.title)) >= _WORTH_ADDING:
        return _steps(passage, library, how_to=question.how_to)
    return (Quoted(passage, tidy(passage.text)),)


def _steps(passage: Passage, library: Library, *, how_to: bool) -> tuple[Quoted, ...]:
    """A short chapter whole, of a longer one the first sentences where it is asked how: two at most."""
    section = library.section_of(passage)
    inside = [p for p in library.passages if p.level is Level.SENTENCE and library.section_of(p) is section]
    if not how_to and len(inside) > 2:
        return (Quoted(passage, tidy(passage.text)),)
    taken = inside[:2] if passage in inside[:2] else [inside[0], passage]
    if sum(len(p.text) for p in taken) > LONGEST_CHARS:
        taken = [passage]
    return tuple(Quoted(p, tidy(p.text)) for p in taken)


def _with_the_kind(good: Sequence[Evidence], question: Question, library: Library) -> Evidence | None:
    """The best candidate whose own words hold what was asked for, not merely its topic."""
    for candidate in good:
        if candidate.worth < good[0].worth - _ANOTHER_TOPIC:
            break
        figure = question.asks in (Asks.FIGURE, Asks.MONEY) and len(candidate.passage.text) > _ONE_MATTER_CHARS
        look = _clause_of if figure else _words
        if judging.holds_the_kind(look(candidate.passage, question, library), question):
            return candidate
    return None


def _clause_of(passage: Passage, question: Question, library: Library) -> str:
    """The single clause that speaks of the matter: a figure beside it is another matter's."""
    pieces = re.split(r"[,，;；。:：]", passage.text)
    return max(pieces, key=lambda piece: library.coverage(question.all_terms, fold(piece)))


def _second(
    first: Quoted, best: Evidence, good: Sequence[Evidence], question: Question, library: Library
) -> Quoted | None:
    """One more sentence where it covers words that the first leaves open and both stay short."""
    uncovered = [term for term in question.all_terms if term.found_in(fold(best.passage.text)) < 1]
    for candidate in good[:4]:
        if candidate is best or not uncovered:
            continue
        gain = library.coverage(uncovered, fold(candidate.passage.text))
        words = best_window(candidate.passage, uncovered, library)
        same = candidate.passage.document == best.passage.document
        if gain >= _WORTH_ADDING and same and len(first.words) + len(words) <= LONGEST_CHARS:
            return Quoted(candidate.passage, words)
    return None


def _nothing(question: Question, found: Sequence[Evidence], hits: Sequence[Hit], library: Library) -> Finding:
    if not question.all_terms:
        return Finding(Status.NEEDS_CLARIFICATION)
    close = found and found[0].sentence_covers >= judging.SOMETHING and found[0].cosine >= judging.NEARBY
    return Finding(Status.NO_EVIDENCE, near=near_of(hits, library) if close else ())
