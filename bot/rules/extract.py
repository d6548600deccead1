"""Answering from sentences: which of those found is believed, which stretch of it is quoted, else which kind of no."""

import re
from collections.abc import Sequence

from bot.rules import evidence as judging
from bot.rules import figures, patterns
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
    Asks.PROCEDURE: "办理的方法和手续",
    Asks.STANDARD: "具体标准或条件",
    Asks.REASON: "原因的说明",
    Asks.WHAT: "具体名单",
}
_NOT_THERE = re.compile(r"^(?:没有|未|没)(?:写明?|列出?|给出?|说明?|解释|公布|提到?|规定)(.+)$")
_ANOTHER_TOPIC = 2.5  # this much less fitting is another topic, however fitting its kind
_ONE_MATTER_CHARS = 50  # in a sentence this short every figure belongs to the matter
_OF_THE_MATTER = 0.51  # of the question that a single clause must cover for its figure to be the one
_CHAPTER_SENTENCES = 3  # as many as an answer may cite
_TOO_CLOSE = 0.8  # log-odds; of two candidates this near to each other the second is right one time in three
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
    found = judging.weighed(_where_asked(question, hits), question, library)
    if found and found[0].voices.denial:
        return _denied(found[0].voices.denial, question, hits, library)
    good = [c for c in found if judging.enough(c, question) and not _in_passing(c.passage, question, library)]
    if not good:
        return _nothing(question, found, hits, library)
    best = _with_the_kind(good, question, library)
    wants_why = question.asks in (Asks.PROCEDURE, Asks.REASON)
    lone = None if best or wants_why else figures.best_in(good[0].passage, question, library)
    if lone is not None:
        return Finding(Status.ANSWERED, (figures.quoted(lone, library),))
    if best is None and question.asks is Asks.FIGURE and not patterns.STRONG_FIGURE.search(question.text):
        best = good[0]  # a goal need not be a number
    if best is None:
        nearest = Quoted(good[0].passage, best_window(good[0].passage, terms, library))
        return Finding(Status.VALUE_MISSING, (nearest,), near=near_of(hits, library), missing=MISSING[question.asks])
    if library.documents[best.passage.document].kind is Kind.GUIDE:
        return Finding(Status.ANSWERED, _chapter(best.passage, library))
    rival = _rival(best, good)
    if rival is not None:
        half = LONGEST_CHARS // 2
        pair = tuple(Quoted(each.passage, _words(each, question, library, half)) for each in (best, rival))
        return Finding(Status.ANSWERED, pair)
    first = Quoted(best.passage, _words(best, question, library))
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


def _rival(best: Evidence, good: Sequence[Evidence]) -> Evidence | None:
    """The next candidate, where it fits so nearly as well that to leave it out would be a guess."""
    others = [candidate for candidate in good if candidate is not best]
    return others[0] if others and best.worth - others[0].worth < _TOO_CLOSE else None


def _words(found: Evidence, question: Question, library: Library, most: int = LONGEST_CHARS) -> str:
    """The stretch that answers, of all that cover the question one that holds the kind of thing asked for."""
    return best_window(
        found.passage,
        question.all_terms,
        library,
        most=most,
        prefers=lambda words: judging.holds_the_kind(words, question),
        anchor=judging.anchor_of(found),
    )


def _chapter(passage: Passage, library: Library) -> tuple[Quoted, ...]:
    """From a guide: a short chapter whole, for its heading is one question; of a list the one entry."""
    section = library.section_of(passage)
    inside = [p for p in library.passages if p.level is Level.SENTENCE and library.section_of(p) is section]
    whole = len(inside) <= _CHAPTER_SENTENCES and sum(len(p.text) for p in inside) <= LONGEST_CHARS
    return tuple(Quoted(p, tidy(p.text)) for p in (inside if whole else [passage]))


def _with_the_kind(good: Sequence[Evidence], question: Question, library: Library) -> Evidence | None:
    """The best candidate whose own words hold what was asked for, not merely its topic."""
    for candidate in good:
        if candidate.worth < good[0].worth - _ANOTHER_TOPIC:
            break
        if judging.answers_its_like(candidate):
            return candidate
        figure = question.asks in (Asks.FIGURE, Asks.MONEY) and len(candidate.passage.text) > _ONE_MATTER_CHARS
        look = _clause_of if figure else _words
        words = look(candidate, question, library)
        if figure and library.coverage(question.all_terms, fold(words)) < _OF_THE_MATTER:
            continue
        if judging.holds_the_kind(words, question) and _tells_how(candidate.passage, question, library):
            return candidate
    return None


def _tells_how(passage: Passage, question: Question, library: Library) -> bool:
    """Whether a passage may answer what the asker must do, must fulfil or wants to have explained.

    The plan says what the district does: it names procedures and standards, and holds none. What undoes a thing
    (提现, 转让, 退) must itself be spoken of: a guide's word on how to use a voucher does not tell how to sell it.
    """
    if question.asks not in (Asks.PROCEDURE, Asks.STANDARD, Asks.REASON):
        return True
    guide = library.documents[passage.document].kind is Kind.GUIDE
    if question.asks is Asks.REASON:
        return guide or bool(patterns.BECAUSE.search(passage.text))
    literal = patterns.UNDOES.search(question.text) or patterns.STANDARD.search(question.text)
    chapter = fold(f"{passage.title} {library.section_of(passage).text}")
    strange = any(library.names_a_thing(t) and t.found_in(chapter) == 0 for t in question.all_terms)
    return guide and not strange and (literal is None or literal.group()[-2:] in chapter)


def _clause_of(found: Evidence, question: Question, library: Library) -> str:
    """The single clause that speaks of the matter: a figure beside it is another matter's."""
    pieces = re.split(r"[,，;；。:：]", found.passage.text)
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


def _denied(missing: str, question: Question, hits: Sequence[Hit], library: Library) -> Finding:
    """Nearly this question is known to have no answer: what is missing is said in its words (没有写电话)."""
    named = _NOT_THERE.match(missing)
    return Finding(
        Status.VALUE_MISSING, near=near_of(hits, library), missing=named[1] if named else MISSING[question.asks]
    )


def _nothing(question: Question, found: Sequence[Evidence], hits: Sequence[Hit], library: Library) -> Finding:
    if not question.all_terms:
        return Finding(Status.NEEDS_CLARIFICATION)
    close = found and found[0].sentence_covers >= judging.SOMETHING and found[0].cosine >= judging.NEARBY
    return Finding(Status.NO_EVIDENCE, near=near_of(hits, library) if close else ())
