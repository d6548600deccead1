"""From what was found to what is said: structured facts first, then sentences, else an honest no."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.rules import evidence as judging
from bot.rules import figures, patterns, places, units
from bot.rules.extract import MISSING, from_sentences, near_of
from bot.rules.windows import LONGEST_CHARS, tidy
from bot.types import Asks, Finding, Question, Quoted, Status
from knowledge.rules.lexicon import fold
from knowledge.rules.library import Library
from knowledge.rules.terms import Term
from knowledge.types import Hit, Kind, Level, Passage, Responsibility, Target


def decide(question: Question, hits: Sequence[Hit], library: Library) -> Finding:
    """What can be said to one part of a question."""
    for attempt in (
        _elsewhere,
        _annex,
        _contact,
        _other_year,
        _issue,
        _duties,
        _responsible,
        _item,
        _figure,
        _overview,
    ):
        finding = attempt(question, hits, library)
        if finding is not None:
            return finding
    return from_sentences(question, hits, library)


def _elsewhere(question: Question, hits: Sequence[Hit], library: Library) -> Finding | None:
    place = places.elsewhere(question.text, library.corpus)
    return Finding(Status.OUT_OF_SCOPE, missing=place) if place else None


def _annex(question: Question, hits: Sequence[Hit], library: Library) -> Finding | None:
    match = patterns.ANNEX.search(question.text)
    if not match or not library.annexes:
        return None
    wanted = {"1": 1, "一": 1, "2": 2, "二": 2}.get(match[1] or "")
    by_title = [annex for annex in library.annexes if fold(annex.title) in question.text]
    chosen = by_title or [annex for annex in library.annexes if annex.number == wanted] or library.annexes
    named = "、".join(f"附件{annex.number}《{annex.title}》" for annex in chosen)
    return Finding(Status.VALUE_MISSING, near=near_of(hits, library), missing=f"{named}的正文")


def _contact(question: Question, hits: Sequence[Hit], library: Library) -> Finding | None:
    """Nobody's telephone, address or name stands in these documents."""
    if question.asks not in (Asks.CONTACT, Asks.PERSON):
        return None
    return Finding(Status.VALUE_MISSING, near=near_of(hits, library), missing=MISSING[question.asks])


def _other_year(question: Question, hits: Sequence[Hit], library: Library) -> Finding | None:
    """A figure for a year that the plan gives none for, or the figure of today, is not in it."""
    if question.asks not in (Asks.FIGURE, Asks.MONEY, Asks.WHAT):
        return None
    known = {target.year for target in library.targets}
    foreign = [year for year in question.years if year not in known]
    today = question.wants_current and question.asks is Asks.FIGURE
    within = bool(foreign) and places.FIRST_YEAR <= foreign[0] <= places.LAST_YEAR
    if not (foreign or today) or (within and question.asks is Asks.WHAT):
        return None
    matched = figures.chosen(question, library)
    quoted = tuple(_quoted_target(match.target, library) for match in matched[:1])
    missing = f"{foreign[0]}年的数字" if foreign else "目前的实际数字"
    return Finding(Status.VALUE_MISSING, quoted=quoted, near=near_of(hits, library), missing=missing)


def _issue(question: Question, hits: Sequence[Hit], library: Library) -> Finding | None:
    """Who issued the plan, and when; how long it runs."""
    plan = next((card for card in library.documents.values() if card.kind is Kind.OFFICIAL), None)
    about_it = re.search(r"计划|文件|方案|这份|这个|plan|document", question.text) or not question.terms
    if plan is None or not about_it:
        return None
    front = [p for p in library.passages if p.document == plan.key and p.section == 0 and p.level is Level.SENTENCE]
    if patterns.PLAN_YEARS.search(question.text):
        return _front(front, r"20\d\d—20\d\d年")
    if not patterns.ISSUED.search(question.text) or not _only_about_issue(question):
        return None
    if question.asks is Asks.WHEN:
        return _front(front, r"^20\d\d年\d+月\d+日$")
    return _front(front, f"^{re.escape(plan.issuer)}$") if question.asks is Asks.WHO else None


def _only_about_issue(question: Question) -> bool:
    return all(
        re.search(r"印发|发布|这份|出台|颁布|办公室|文件|日期|制定|公布|issued|published", t.word)
        for t in question.terms
    )


def _front(front: Sequence[Passage], pattern: str) -> Finding | None:
    found = next((passage for passage in front if re.search(pattern, passage.text)), None)
    return Finding(Status.ANSWERED, (Quoted(found, found.text),)) if found else None


def _duties(question: Question, hits: Sequence[Hit], library: Library) -> Finding | None:
    """What a named unit leads and where it takes part."""
    unit = units.unit_in(question.text, library)
    if not unit or question.asks in (Asks.WHEN, Asks.MONEY) or not patterns.DUTIES.search(question.text):
        return None
    led, shared = units.items_of(unit, library)
    pieces = [f"{unit}牵头{units.titles(led)}"] if led else [f"计划里没有{unit}牵头的任务"]
    if shared and (not led or "参与" in question.text or "配合" in question.text or "负责" in question.text):
        pieces.append(f"参与{units.titles(shared, 6)}")
    brackets = [library.units_of(section) for section in (led or shared)[:3]]
    quoted = tuple(Quoted(bracket, "") for bracket in brackets if bracket)
    return Finding(Status.ANSWERED, quoted, lead="；".join(pieces) + "。")


def _responsible(question: Question, hits: Sequence[Hit], library: Library) -> Finding | None:
    """Who answers for a matter: from the item's own bracket."""
    if question.asks is not Asks.WHO or patterns.MAKES.search(question.text):
        return None
    if not patterns.RESPONSIBLE.search(question.text):
        return None
    unit = units.unit_in(question.text, library)
    about = replace(question, terms=tuple(t for t in question.terms if not unit or not _names(t, unit)))
    section = _section_for(about, hits, library)
    bracket = library.units_of(section) if section else None
    if section is None or bracket is None or section.responsibility is None:
        return None
    quoted = Quoted(bracket, bracket.text.strip("()（）"), lead=section.title)
    return Finding(Status.ANSWERED, (quoted,), lead=_unit_premise(question, unit, section.responsibility))


def _names(term: Term, unit: str) -> bool:
    return term.word in unit or unit in term.word


def _unit_premise(question: Question, unit: str, duty: Responsibility) -> str:
    """What is said when the question itself names a unit."""
    if not unit or not question.confirms:
        return ""
    if unit in duty.lead or (not duty.lead and unit in duty.others):
        return "是的。"
    return f"{unit}是配合单位，不是牵头单位。" if unit in duty.others else f"不是{unit}。"


def _section_for(question: Question, hits: Sequence[Hit], library: Library) -> Passage | None:
    """The item that a matter belongs to: named, or the best covered one that names its units."""
    for section in library.sections():
        if section.responsibility and section.section in question.sections:
            return section
    terms = question.all_terms
    best: tuple[float, Passage] | None = None
    for found in judging.weighed([hit for hit in hits if _has_units(hit.passage)], terms, library):
        section = library.section_of(found.passage)
        in_title = library.coverage(terms, fold(section.title))
        worth = found.worth + 0.5 * in_title
        if judging.enough(found, question) and (best is None or worth > best[0]):
            best = (worth, section)
    return best[1] if best else None


def _has_units(passage: Passage) -> bool:
    return passage.responsibility is not None


def _item(question: Question, hits: Sequence[Hit], library: Library) -> Finding | None:
    """第13条讲什么: its title, and its first sentence in short."""
    if not question.sections or question.asks is Asks.WHO or not patterns.WHOLE_ITEM.search(question.text):
        return None
    for section in library.sections():
        if section.section in question.sections and section.section:
            first = next(p for p in library.passages if library.section_of(p) is section and p.level is Level.SENTENCE)
            words = tidy(first.text if len(first.text) <= LONGEST_CHARS else first.text[: _comma(first.text)])
            return Finding(Status.ANSWERED, (Quoted(first, words, lead=section.title),))
    return Finding(Status.NO_EVIDENCE, missing="这一条")


def _overview(question: Question, hits: Sequence[Hit], library: Library) -> Finding | None:
    """What the plan is about: the sentence of its overview that names most of its headings."""
    if question.all_terms or not patterns.OVERVIEW.search(question.text):
        return None
    names = {name for section in library.sections() if section.section for name in section.path}
    front = [p for p in library.passages if p.section == 0 and p.level is Level.SENTENCE]
    if not front:
        return None
    fullest = max(front, key=lambda passage: sum(name in passage.text for name in names))
    words = fullest.text[: _comma(fullest.text)]
    return Finding(Status.ANSWERED, (Quoted(fullest, tidy(words)),))


def _comma(text: str) -> int:
    cuts = [match.end() for match in re.finditer(r"[,，;；]", text[:LONGEST_CHARS])]
    return cuts[-1] if cuts else LONGEST_CHARS


def _figure(question: Question, hits: Sequence[Hit], library: Library) -> Finding | None:
    if question.asks not in (Asks.FIGURE, Asks.MONEY) and not question.claims:
        return None
    matched = figures.chosen(question, library)
    if not matched:
        return None
    if patterns.WIDER.search(question.text) and not _city_wide(matched[0].target):
        return Finding(Status.OUT_OF_SCOPE, missing="全市或全国")
    corrected = _premise(question, matched[0].target)
    quoted = tuple(_quoted_target(match.target, library) for match in matched[:3])
    same = figures.twins(matched[0].target, library) if len(matched) == 1 else []
    support = tuple(_quoted_target(target, library) for target in same)
    return Finding(Status.ANSWERED, quoted, support, lead=corrected)


def _city_wide(target: Target) -> bool:
    """Whether a target itself speaks of the whole city (全市占比)."""
    return "全市" in target.subject


def _premise(question: Question, target: Target) -> str:
    """What is said when the question itself asserts another figure."""
    claimed = [(value, unit) for value, unit in question.claims if unit == target.unit]
    if not claimed or not question.confirms:
        return ""
    agrees = any(value == target.value for value, _ in claimed)
    return "是的。" if agrees else f"不是{claimed[0][0]}{claimed[0][1]}，计划写的是{said(target)}。"


def said(target: Target) -> str:
    """A target's figure as it is said: 不低于35%, 3栋以上, Ⅱ类标准."""
    behind = target.bound in ("以上", "以下", "以内", "左右")
    return f"{target.value}{target.unit}{target.bound}" if behind else f"{target.bound}{target.value}{target.unit}"


def _quoted_target(target: Target, library: Library) -> Quoted:
    passage = library.sentence_at(target.document, target.start)
    assert passage is not None, "a target always stands in a sentence"
    words = tidy(passage.text[target.start - passage.start : target.end - passage.start])
    several = len(re.findall(r"\d+(?:\.\d+)?(?=%|[^\d米年])", words)) > 1
    year = f"到{target.year}年，" if target.year and str(target.year) not in words else ""
    lead = f"{year}{target.subject}：{said(target)}。原文：" if several else year
    return Quoted(passage, words, lead=lead)
