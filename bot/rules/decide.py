"""From what was found to what is said: structured facts first, then sentences, else an honest no."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.rules import conflicts, figures, items, meaning, patterns, places, units
from bot.rules import evidence as judging
from bot.rules.extract import MISSING, from_sentences, near_of
from bot.types import Asks, Finding, Question, Quoted, Status
from knowledge.rules.lexicon import fold
from knowledge.rules.library import Library
from knowledge.rules.terms import Term
from knowledge.types import Echo, Hit, Kind, Level, Passage, Responsibility, Target

_TITLE_VERB = re.compile(r"^(?:构建|推广|塑造|完善|强化|做实|凝聚|大力发展|实施|推动|加强)")
_SHORTEST_TITLE = 6
_UNITS = "责任单位"
_SAME = 0.85  # likeness of a question that is this one
_LOOKED, _AGREE = 6, 4  # where none is: how many of the nearest are looked at, and must agree
_TITLE_WORTH = 3.0  # of a matter that the whole title names, in the log-odds of the ranking


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
        items.item,
        _full_text,
        meaning.meaning,
        _compared,
        _other_size,
        _figure,
        items.overview,
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
    if question.asks not in (Asks.FIGURE, Asks.MONEY, Asks.WHAT, Asks.NAME):
        return None
    known = {target.year for target in library.targets}
    foreign = [year for year in question.years if year not in known]
    today = question.wants_current
    within = bool(foreign) and places.FIRST_YEAR <= foreign[0] <= places.LAST_YEAR
    if not (foreign or today) or (within and question.asks is Asks.WHAT):
        return None
    matched = figures.chosen(question, library)
    quoted = tuple(figures.quoted(match.target, library) for match in matched[:1])
    missing = f"{foreign[0]}年的数字" if foreign else "目前的实际数字"
    return Finding(Status.VALUE_MISSING, quoted=quoted, near=near_of(hits, library), missing=missing)


def _full_text(question: Question, hits: Sequence[Hit], library: Library) -> Finding | None:
    """The wording of another paper or scheme that these documents only name."""
    if not patterns.FULL_TEXT.search(question.text) or question.sections:
        return None
    named = next((term.word for term in question.terms if library.is_only_named(term.word)), "")
    return Finding(Status.VALUE_MISSING, near=near_of(hits, library), missing=f"“{named}”的正文") if named else None


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
        re.search(r"印发|发布|这份|出台|颁布|办公室|机关|文件|日期|制定|公布|issued|published", t.word)
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
    unit = units.unit_in(question.text, library)
    section = _asked_before(question, library) or _asked_plainly(question, unit, hits, library)
    bracket = library.units_of(section) if section else None
    if section is None or bracket is None or section.responsibility is None:
        return None
    quoted = Quoted(bracket, bracket.text.strip("()（）"), lead=section.title)
    return Finding(Status.ANSWERED, (quoted,), lead=_unit_premise(question, unit, section.responsibility))


def _asked_plainly(question: Question, unit: str, hits: Sequence[Hit], library: Library) -> Passage | None:
    """The item whose units are asked for in so many words, or of which a unit is said to have charge."""
    named = unit and patterns.IS_THE_UNIT.search(question.text)
    if not (named or question.asks is Asks.WHO) or patterns.MAKES.search(question.text):
        return None
    if not patterns.RESPONSIBLE.search(question.text):
        return None
    about = replace(question, terms=tuple(t for t in question.terms if not unit or not _names(t, unit)))
    return _section_for(about, hits, library)


def _asked_before(question: Question, library: Library) -> Passage | None:
    """The item whose units answered what is nearly this question, in words that no pattern knows (挂帅, 打下手).

    One that is nearly the same is enough; else four of the six nearest, with no other item's units among them.
    """
    if question.carried or question.how_to or question.asks not in (Asks.WHO, Asks.WHAT, Asks.NAME):
        return None
    same = [echo for echo in question.echoes[:1] if echo.likeness >= _SAME]
    near = same or [echo for echo in question.echoes[:_LOOKED] if echo.likeness >= judging.AKIN]
    by_units = [held for echo in near if (held := _units_of(echo, library))]
    sections = {section for held in by_units for section in held}
    if len(by_units) < (1 if same else _AGREE) or len(sections) != 1:  # some items name the same units
        return None
    return sections.pop()


def _units_of(echo: Echo, library: Library) -> frozenset[Passage]:
    """The items whose responsible units answered a question; none where something else did, or nothing."""
    held = [library.passages[library.by_key[key]] for key in echo.passages if not echo.asked.missing]
    named = all(_UNITS in passage.text for passage in held)
    return frozenset(library.section_of(passage) for passage in held) if named else frozenset()


def _names(term: Term, unit: str) -> bool:
    return term.word in unit or unit in term.word


def _unit_premise(question: Question, unit: str, duty: Responsibility) -> str:
    """What is said when the question itself names a unit."""
    if not unit or not question.confirms:
        return ""
    takes_part = unit in duty.others and not re.search(r"牵头|主管|lead", question.text)
    if unit in duty.lead or takes_part or (not duty.lead and unit in duty.others):
        return "是的。"
    return f"{unit}是配合单位，不是牵头单位。" if unit in duty.others else f"不是{unit}。"


def _section_for(question: Question, hits: Sequence[Hit], library: Library) -> Passage | None:
    """The item that a matter belongs to: named, or the best covered one that names its units."""
    for section in library.sections():
        if section.responsibility and section.section in question.sections:
            return section
    titled = [s for s in library.sections() if s.responsibility and _is_titled(s, question.text)]
    if titled:
        return max(titled, key=lambda section: len(section.title))
    best: tuple[float, Passage] | None = None
    for found in judging.weighed([hit for hit in hits if _has_units(hit.passage)], question, library):
        section = library.section_of(found.passage)
        in_title = library.coverage(question.all_terms, fold(section.title))
        worth = found.worth + _TITLE_WORTH * in_title
        if judging.enough_for_item(found, question) and (best is None or worth > best[0]):
            best = (worth, section)
    return best[1] if best else None


def _is_titled(section: Passage, text: str) -> bool:
    """Whether the question names an item by its whole title, with or without the verb before it."""
    title = fold(section.title)
    bare = _TITLE_VERB.sub("", title)
    return title in text or (len(bare) >= _SHORTEST_TITLE and bare in text)


def _has_units(passage: Passage) -> bool:
    return passage.responsibility is not None


def _figure(question: Question, hits: Sequence[Hit], library: Library) -> Finding | None:
    if question.asks in (Asks.PROCEDURE, Asks.REASON) or question.members > 1:
        return None
    if question.asks not in (Asks.FIGURE, Asks.MONEY, Asks.STANDARD) and not question.claims:
        return None
    matched = figures.chosen(question, library)
    if not matched or (question.asks is Asks.STANDARD and "标准" not in matched[0].target.unit):
        return None
    if patterns.PRICE.search(question.text) and not judging.speaks_of_price(matched[0].target.subject, question):
        return None
    if patterns.WIDER.search(question.text) and not _city_wide(matched[0].target):
        return Finding(Status.OUT_OF_SCOPE, missing="全市或全国")
    if others := conflicts.rivals(matched[0].target, library) if len(matched) == 1 else []:
        return conflicts.together([matched[0].target, *others], library)
    corrected = _premise(question, matched[0].target)
    quoted = tuple(figures.quoted(match.target, library) for match in matched[:3])
    same = figures.twins(matched[0].target, library) if len(matched) == 1 else []
    support = tuple(figures.quoted(target, library) for target in same)
    return Finding(Status.ANSWERED, quoted, support, lead=corrected)


def _other_size(question: Question, hits: Sequence[Hit], library: Library) -> Finding | None:
    """A measure like those that tell the targets apart, for which there is no target."""
    size = figures.another_size(question, library)
    return Finding(Status.VALUE_MISSING, near=near_of(hits, library), missing=f"“{size}”的数字") if size else None


def _compared(question: Question, hits: Sequence[Hit], library: Library) -> Finding | None:
    """Two measures set side by side, each with its figure and its place."""
    if not patterns.COMPARES.search(question.text):
        return None
    about = replace(question, units=frozenset(), terms=tuple(t for t in question.terms if not _compares(t)))
    pair = figures.compared(about, library)
    if len(pair) < 2:
        return None
    return Finding(
        Status.ANSWERED,
        tuple(figures.quoted(match.target, library) for match in pair),
        lead="文件把它们写成两项不同的指标：",
        lead_en="The documents name them as two different targets: ",
    )


def _compares(term: Term) -> bool:
    return bool(patterns.COMPARES.search(term.word)) or term.word in ("绿色", "目标")


def _city_wide(target: Target) -> bool:
    """Whether a target itself speaks of the whole city (全市占比)."""
    return "全市" in target.subject


def _premise(question: Question, target: Target) -> str:
    """What is said when the question itself asserts another figure."""
    claimed = [(value, unit) for value, unit in question.claims if unit == target.unit]
    if not claimed or not question.confirms:
        return ""
    agrees = any(value == target.value for value, _ in claimed)
    return "是的。" if agrees else f"不是{claimed[0][0]}{claimed[0][1]}，计划写的是{figures.said(target)}。"
