"""Figure questions: which of the plan's targets is meant."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.rules.windows import tidy
from bot.types import Asks, Question, Quoted
from knowledge.rules.lexicon import fold
from knowledge.rules.library import Library
from knowledge.rules.terms import Term
from knowledge.types import Passage, Target

ENOUGH = 0.62  # of the question's words, by rarity, that the target must account for
_NAMED = 0.3  # of the question that the subject of the one fitting figure must know
_TITLE_WORTH = 0.5  # a word that only the item's heading knows
_MONEY_UNITS = ("元", "钱", "毛", "块")
_COUNT_UNITS = "家个栋座所处"
_TWO_ASKED = re.compile(r"两个|两项|分别")
_METRIC_ALONE = re.compile(r"占比|比例|比率|余额|面积|总量|收入|覆盖率|利用率|达标率|增长")  # of no subject by itself
_VERBLESS = ("不低于", "不高于", "不超过", "不少于")


@dataclass(frozen=True, slots=True)
class Match:
    target: Target
    covered: float
    specific: float  # how much of the target's own subject the question names

    @property
    def worth(self) -> float:
        return self.covered + 0.35 * self.specific


def matches(question: Question, library: Library) -> list[Match]:
    """Targets that account for enough of the question, best first; wrong units are left out."""
    asked = question.all_terms
    if not asked:
        return []
    found = (_match(target, asked, question, library) for target in library.targets if _fits(target, question))
    good = [match for match in found if match.covered >= ENOUGH and match.specific > 0]
    return sorted(good, key=lambda match: -match.worth)


def chosen(question: Question, library: Library) -> list[Match]:
    """The targets that answer: the best one, and for each word it leaves open the best that knows it."""
    good = matches(question, library)
    if not good:
        return partly_chosen(question, library)
    picked = [good[0], *_beside(good, question)]
    if len(question.terms) > 1:
        open_terms = [term for term in question.terms if not _known(term, good[0].target, library)]
        picked += _fill(open_terms, good[0], question, library)
    return picked


def _beside(good: Sequence[Match], question: Question) -> list[Match]:
    """The second figure of the same sentence, where the question asks for two."""
    if not _TWO_ASKED.search(question.text):
        return []
    best = good[0].target
    return [m for m in good[1:] if m.target.section == best.section and _different(m.target, best)][:1]


def compared(question: Question, library: Library) -> list[Match]:
    """The targets of the two subjects that a question sets side by side, in the order in which it names them."""
    picked: list[Match] = []
    for term in question.terms:
        knowing = [
            Match(target, 1.0, _specific(target, question.terms, library))
            for target in library.targets
            if _is_subject(term, target)
        ]
        if knowing:
            picked.append(max(knowing, key=lambda match: (match.specific, match.target.section or 0)))
    named = sorted(_distinct(picked), key=lambda match: _named_at(match.target, question))
    return named[:2]


def _named_at(target: Target, question: Question) -> int:
    """Where in the question the words of a target start."""
    found = [question.text.find(form) for term in question.terms if _is_subject(term, target) for form in term.forms]
    return min((place for place in found if place >= 0), default=len(question.text))


def partly_chosen(question: Question, library: Library) -> list[Match]:
    """Two subjects in one question ("绿地率和绿化覆盖率"): no target knows both, each knows one."""
    picked: list[Match] = []
    for term in question.terms:
        alone = [
            Match(target, 1.0, _specific(target, [term], library))
            for target in library.targets
            if _fits(target, question) and _is_subject(term, target)
        ]
        if not alone or library.rarity(term) < 3 or _METRIC_ALONE.fullmatch(term.word):
            continue
        picked.append(max(alone, key=lambda match: (match.specific, match.target.section or 0)))
    covered = [term for term in question.terms if any(_known(term, match.target, library) for match in picked)]
    total = sum(library.rarity(term) for term in question.terms)
    enough = total > 0 and sum(library.rarity(term) for term in covered) / total >= ENOUGH
    return _distinct(picked) if enough and len(_distinct(picked)) > 1 else []


def twins(target: Target, library: Library) -> list[Target]:
    """The same promise in other places of the documents."""
    return [
        other
        for other in library.targets
        if other is not target
        and (other.value, other.unit) == (target.value, target.unit)
        and _overlap(other.subject, target.subject) >= 0.6
    ]


def _match(target: Target, asked: Sequence[Term], question: Question, library: Library) -> Match:
    total = sum(library.rarity(term) for term in asked)
    known = sum(library.rarity(term) * _knows(term, target, library) for term in asked)
    if question.carried:  # in a follow-up the new words decide, the lent ones only help
        total += sum(library.rarity(term) for term in question.terms)
        known += sum(library.rarity(term) * _knows(term, target, library) for term in question.terms)
    named = 0.02 if target.section in question.sections else 0.0
    numbered = 0.01 if target.section else 0.0  # an item says more about its target than the overview
    return Match(target, known / total + named + numbered, _specific(target, asked, library))


def _knows(term: Term, target: Target, library: Library) -> float:
    own = fold(f"{target.subject}{target.qualifier} {_words(target, library)}")
    if term.found_in(own) >= 1.0:
        return 1.0
    sentence = library.sentence_at(target.document, target.start)
    heading = fold(f"{' '.join(sentence.path)}") if sentence else ""
    return max(0.7 * term.found_in(own), _TITLE_WORTH * (term.found_in(heading) >= 1.0))


def _known(term: Term, target: Target, library: Library) -> bool:
    return _knows(term, target, library) >= _TITLE_WORTH


def _is_subject(term: Term, target: Target) -> bool:
    return any(form in fold(target.subject) for form in term.forms)


def _words(target: Target, library: Library) -> str:
    """The clause, only from where its own subject starts."""
    sentence = library.sentence_at(target.document, target.start)
    if sentence is None:
        return ""
    clause = sentence.text[target.start - sentence.start : target.end - sentence.start]
    return "" if "分别" in clause or "、" in clause else re.split(r"[,，]", clause)[-1]


def _specific(target: Target, asked: Sequence[Term], library: Library) -> float:
    """The share of the subject's bigrams that the question names: 绿地率 is not 绿化覆盖率."""
    words = " ".join(form for term in asked for form in term.forms)
    return _overlap(fold(target.subject), fold(words))


def _overlap(subject: str, words: str) -> float:
    grams = {subject[i : i + 2] for i in range(len(subject) - 1)}
    return sum(gram in words for gram in grams) / len(grams) if grams else 0.0


def _fill(open_terms: Sequence[Term], best: Match, question: Question, library: Library) -> list[Match]:
    """For a second subject in the question the target that knows it."""
    extra: list[Match] = []
    for term in open_terms:
        if library.rarity(term) < 3 or _METRIC_ALONE.fullmatch(term.word):
            continue
        knowing = [
            Match(target, 1.0, _specific(target, question.terms, library))
            for target in library.targets
            if _is_subject(term, target) and _fits(target, question)
        ]
        if knowing:
            extra.append(max(knowing, key=lambda match: (match.specific, match.target.section or 0)))
    return [match for match in _distinct(extra) if _different(match.target, best.target)]


def _distinct(found: Sequence[Match]) -> list[Match]:
    kept: list[Match] = []
    for match in found:
        if all(_different(match.target, other.target) for other in kept):
            kept.append(match)
    return kept


def _different(one: Target, other: Target) -> bool:
    return (one.subject, one.value) != (other.subject, other.value)


def _fits(target: Target, question: Question) -> bool:
    """Whether the target's unit is of the kind that was asked for."""
    if question.asks is Asks.MONEY:
        return target.unit.endswith(_MONEY_UNITS)
    if not question.units:
        return True
    return any(_same_measure(unit, target.unit) for unit in question.units)


def _same_measure(asked: str, printed: str) -> bool:
    if asked in _MONEY_UNITS or asked.endswith("元"):
        return printed.endswith("元")
    if asked in _COUNT_UNITS:
        return printed in _COUNT_UNITS
    if asked in ("类", "级", "种"):
        return printed.startswith("类")
    return asked.endswith(printed) or printed.endswith(asked)


def another_size(question: Question, library: Library) -> str:
    """A measure that would tell figures apart, and that no target has: 25米 beside 100米 and 50米; "" for none."""
    sizes = (term.word for term in question.terms if re.fullmatch(r"\d+(?:\.\d+)?米", term.word))
    return next((size for size in sizes if size not in library.corpus), "")


def said(target: Target) -> str:
    """A target's figure as it is said: 不低于35%, 3栋以上, Ⅱ类标准."""
    behind = target.bound in ("以上", "以下", "以内", "左右")
    return f"{target.value}{target.unit}{target.bound}" if behind else f"{target.bound}{target.value}{target.unit}"


def quoted(target: Target, library: Library) -> Quoted:
    """The clause that promises a figure; of a clause that promises several, the one asked for in our words."""
    passage = library.sentence_at(target.document, target.start)
    assert passage is not None, "a target always stands in a sentence"
    together = [t for t in library.targets if (t.document, t.start) == (target.document, target.start)]
    end = max(other.end for other in together)
    words = tidy(passage.text[target.start - passage.start : end - passage.start])
    year = f"到{target.year}年，" if target.year and str(target.year) not in words else ""
    if len(together) == 1:
        return Quoted(passage, words, lead=year)
    verb = "增长" if target.subject.endswith("年均") else "" if target.bound in _VERBLESS else "达到"
    return Quoted(passage, words, said=f"{year}{target.subject}{verb}{said(target)}")


def best_in(passage: Passage, question: Question, library: Library) -> Target | None:
    """Of a sentence's figures of the measure asked for the one whose subject is named most; None for a tie."""
    inside = [t for t in library.targets if t.document == passage.document and passage.start <= t.start < passage.end]
    fitting = [target for target in inside if question.units and _fits(target, question)]
    named = sorted((library.coverage(question.all_terms, fold(t.subject)), n) for n, t in enumerate(fitting))
    if not named or named[-1][0] < _NAMED or (len(named) > 1 and named[-1][0] == named[-2][0]):
        return None
    return fitting[named[-1][1]]
