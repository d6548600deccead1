"""From findings to the envelope: short, verbatim, with places; Chinese or English around the quotes."""

import re
from collections.abc import Sequence

from bot.rules.english import unit_in_english
from bot.rules.windows import tidy
from bot.types import Answer, Citation, Finding, Quoted, Status
from knowledge.rules.library import Library
from knowledge.types import Level, Passage

MOST_CITATIONS = 3
LONGEST_QUOTE_CHARS = 160
HOTLINE_ZH = "可拨打12345咨询。"
HOTLINE_EN = "For more, call 12345."
_GENERIC_ZH = "这方面的内容"


def compose(
    findings: Sequence[Finding],
    library: Library,
    *,
    english: bool,
    engines: tuple[str, ...] = (),
) -> Answer:
    """One answer from the findings of all parts, in the order in which they were asked."""
    texts = [_text_of(finding, library, english=english) for finding in findings]
    good = [finding for finding in findings if not finding.status.refused]
    status = _status(findings)
    return Answer(
        text="\n".join(dict.fromkeys(texts)),
        status=status,
        citations=_citations(good, library),
        near=() if good else tuple(_near(findings, library)),
        engines=engines,
    )


def _status(findings: Sequence[Finding]) -> Status:
    good = [finding for finding in findings if not finding.status.refused]
    if all(finding.status is Status.ANSWERED for finding in findings):
        return Status.ANSWERED
    return Status.PARTLY if good else findings[0].status


def _text_of(finding: Finding, library: Library, *, english: bool) -> str:
    if finding.status.refused and finding.status is not Status.NOT_SURE:
        return _refusal(finding, library, english=english)
    said = [_said(quoted, library, english=english) for quoted in finding.quoted if quoted.words and not quoted.silent]
    lead = (english and finding.lead_en) or finding.lead
    return lead + (" " if english else "").join(said)


def _said(quoted: Quoted, library: Library, *, english: bool) -> str:
    place = place_of(quoted.passage, library, english=english)
    if quoted.passage.level is Level.UNITS:
        return _units_said(quoted, place, english=english)
    if quoted.passage.level is Level.SENTENCE and quoted.lead == quoted.passage.title:
        return f"“{quoted.lead}”：{_closed(quoted.words)}（{place}）"
    if quoted.said:
        return f"{_by_year(quoted.said)} ({place})" if english else f"{_closed(quoted.said)}（{place}）"
    if english:
        return f"{_by_year(quoted.lead)}“{tidy(quoted.words).rstrip('。')}” ({place})"
    return f"{quoted.lead}{_closed(quoted.words)}（{place}）"


def _by_year(words: str) -> str:
    """Our own "到2027年，" in English; what is quoted stays as it is printed."""
    return re.sub(r"^到(\d{4})年，", r"By \1: ", words)


def _units_said(quoted: Quoted, place: str, *, english: bool) -> str:
    if not english:
        return f"“{quoted.lead}”的{quoted.words}。（{place}）"
    duty = quoted.passage.responsibility
    assert duty is not None, "a units passage always names units"
    lead = ", ".join(unit_in_english(name) for name in (duty.lead or duty.others))
    rest = ", ".join(unit_in_english(name) for name in duty.others) if duty.lead else ""
    words = f"Lead: {lead}." if duty.lead else f"Shared by: {lead}."
    return f"{words}{f' With: {rest}.' if rest else ''} ({place})"


def _closed(words: str) -> str:
    return words if words.endswith(("。", "！", "？", "”")) else f"{words}。"


def place_of(passage: Passage, library: Library, *, english: bool = False) -> str:
    """Where a passage stands, in words: 行动计划第10条, 行动计划专栏2, 积分指南."""
    card = library.documents[passage.document]
    if passage.section is None:
        return f"guide “{passage.title}”" if english else f"{card.short_title}“{passage.title}”"
    if passage.section > 100:
        return f"plan, box {passage.section - 100}" if english else f"{card.short_title}专栏{passage.section - 100}"
    if passage.section == 0:
        return f"plan, {passage.title}" if english else f"{card.short_title}“{passage.title}”"
    return f"plan, item {passage.section}" if english else f"{card.short_title}第{passage.section}条"


def _refusal(finding: Finding, library: Library, *, english: bool) -> str:
    if english:
        return _refusal_en(finding, library)
    near = "、".join(
        f"{place_of(p, library)}（{p.title}）" if p.section else place_of(p, library) for p in finding.near
    )
    match finding.status:
        case Status.OUT_OF_SCOPE:
            return f"我的文件只涉及重庆市渝中区，没有{finding.missing}的内容。{HOTLINE_ZH}"
        case Status.NEEDS_CLARIFICATION:
            return "我没有看懂这个问题，请说明您想问哪一件事，例如“2027年生活垃圾回收利用率要达到多少？”"
        case Status.VALUE_MISSING:
            written = f"文件里写的是：{_written(finding, library)}" if finding.quoted else ""
            nearest = f"相近的内容见{near}。" if near and not written else ""
            return f"我的文件里没有{finding.missing}。{written}{nearest}{HOTLINE_ZH}"
        case _:
            nearest = f"相近的内容见{near}。" if near else ""
            return f"我的文件里没有{finding.missing or _GENERIC_ZH}。{nearest}{HOTLINE_ZH}"


def _written(finding: Finding, library: Library) -> str:
    return "".join(f"“{tidy(q.words)}”（{place_of(q.passage, library)}）。" for q in finding.quoted[:1])


def _refusal_en(finding: Finding, library: Library) -> str:
    near = "; ".join(place_of(passage, library, english=True) for passage in finding.near)
    nearest = f" Nearest: {near}." if near else ""
    match finding.status:
        case Status.OUT_OF_SCOPE:
            return f"My documents are about Yuzhong District only. {HOTLINE_EN}"
        case Status.NEEDS_CLARIFICATION:
            return "I did not understand the question; please say which matter you mean."
        case Status.VALUE_MISSING:
            return f"My documents do not give this value or detail.{nearest} {HOTLINE_EN}"
        case _:
            return f"My documents say nothing about this.{nearest} {HOTLINE_EN}"


def _citations(findings: Sequence[Finding], library: Library) -> tuple[Citation, ...]:
    """Best first: the quotes of every part in turn, then further places that say the same; three at most."""
    quoted = [(quote.passage, quote.words) for finding in findings for quote in finding.quoted]
    support = [(quote.passage, quote.words) for finding in findings for quote in finding.support]
    found: dict[str, Citation] = {}
    for passage, words in quoted + support:
        found.setdefault(passage.key, citation(passage, words, library))
    return tuple(found.values())[:MOST_CITATIONS]


def citation(passage: Passage, words: str, library: Library) -> Citation:
    """A citation whose quote stands verbatim in the document: the sentence if it is short, else what was said of it."""
    whole = passage.text.split("\n", 1)[0]  # a chapter of a guide has lines; a quote is one
    inside = words if words and words in whole else tidy(whole[:LONGEST_QUOTE_CHARS])
    card = library.documents[passage.document]
    return Citation(
        document=passage.document,
        section=passage.section,
        title=passage.title,
        quote=whole if len(whole) <= LONGEST_QUOTE_CHARS else inside,
        document_title=card.title,
        issued_on=card.issued_on,
    )


def _near(findings: Sequence[Finding], library: Library) -> list[Citation]:
    sections = dict.fromkeys(passage for finding in findings for passage in finding.near)
    return [citation(passage, passage.title, library) for passage in list(sections)[:MOST_CITATIONS]]
