"""Targets as structured facts: what is measured, how much, in which unit, by when.

The grammar is that of Chinese planning prose: "A达到x", "A、B分别达到x、y", "培育A x家、B y家",
"年均打造x栋以上A"; a clause without a subject of its own takes the one before it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.ingestion.sentences import clauses
from knowledge.types import Span, Target

_UNIT = (
    r"%|个百分点|[万亿]?元|[万亿]?吨(?:标准煤)?|万?平方(?:米|公里)|[万亿]?千瓦时|公里"
    r"|万?(?:家|个|栋|户|人次|人|辆|座|项|处|条|台|所|次)|类标准|强"
)
_VALUE = re.compile(rf"(?P<value>\d+(?:\.\d+)?|[ⅠⅡⅢⅣⅤ])(?P<unit>{_UNIT})(?P<more>以上|以下|以内|左右)?")
_VERB = re.compile(
    r"(?P<verb>不低于|不少于|不超过|不高于|达到|保持在|保持|稳定在|控制在|增长|下降|提高到|降至|增至|达|为)$"
)
_ACT = re.compile(r"^(?:力争)?(?:创新打造|培育|建成(?!区)|打造|新建|建设|创建|争创|新增|完成|引进)")
_YEAR = re.compile(r"到(?P<year>20\d{2})年")
_RESPECTIVELY = re.compile(r"(?P<verb>分别(?:达到|达|为|不低于|保持在)?)")
_METRIC = re.compile(
    r"(?:单位|安全转移|安全|回收|资源化|综合)*(?:利用|处置|达标|覆盖|普及|增长|绿地|绿化覆盖|无害化处理)率$"
    r"|(?:营业)?收入$|余额$|占比$|比例$|总量$|面积$|数量$"
)
_RATE_QUALIFIER = re.compile(r"\d+米(?=覆盖率)|年均|人均|全市|全区")
_HEADLESS = re.compile(r"^(?:全市占比|年均(?:增长)?|\d+米\S*|占比|同比)?$")


@dataclass(frozen=True, slots=True)
class _Claim:
    """A figure in a clause, before subjects are inherited."""

    subject: str
    value: str
    unit: str
    bound: str
    span: Span


def year_of(text: str, sentence: Span) -> int | None:
    """The year by which a sentence promises something ("到2027年"), None where it names none."""
    match = _YEAR.search(text, sentence.start, sentence.end)
    return int(match["year"]) if match else None


def read_targets(document: str, section: int | None, text: str, sentence: Span, *, year: int | None) -> list[Target]:
    """All targets of one sentence; empty when it promises no figure."""
    found: list[Target] = []
    carried, carried_start = "", sentence.start
    for claim in _claims(text, sentence):
        subject, start = claim.subject, claim.span.start
        if _HEADLESS.match(subject):
            subject, start = carried + subject, carried_start
        else:
            carried, carried_start = _head(subject), start
        found.append(
            Target(
                document=document,
                section=section,
                subject=_stem(subject),
                metric=_metric(subject),
                qualifier="".join(_RATE_QUALIFIER.findall(subject)),
                value=claim.value,
                unit=claim.unit,
                bound=claim.bound,
                year=year,
                start=start,
                end=claim.span.end,
                sentence_start=sentence.start,
                sentence_end=sentence.end,
            )
        )
    return found


def _claims(text: str, sentence: Span) -> Iterator[_Claim]:
    for clause in clauses(text, sentence):
        words = text[clause.start : clause.end]
        values = list(_VALUE.finditer(words))
        if not values:
            continue
        if respectively := _RESPECTIVELY.search(words):
            yield from _paired(words, clause, respectively, values)
        else:
            yield from _single(words, clause, values)


def _paired(words: str, clause: Span, verb: re.Match[str], values: list[re.Match[str]]) -> Iterator[_Claim]:
    """A、B分别达到x、y: the metric that closes the list belongs to every member."""
    names = [name for name in re.split(r"[、和与及]", words[: verb.start()]) if name]
    tail = _metric(names[-1]) if names else ""
    for name, value in zip(names, values, strict=False):
        subject = name if name.endswith(tail) else name + tail
        yield _claim(subject, value, clause, clause.start)


def _single(words: str, clause: Span, values: list[re.Match[str]]) -> Iterator[_Claim]:
    """Figures that each follow (or precede) their own noun."""
    cursor = 0
    for value in values:
        before = words[cursor : value.start()]
        cursor += len(before) - len(before := before.lstrip("、和"))
        after = re.match(r"[^、,，;；。]*", words[value.end() :])
        noun_behind = after.group() if after else ""
        verb = _VERB.search(before)
        subject = before[: verb.start()] if verb else before
        act = _ACT.match(_plain(subject))
        if act or verb or noun_behind or subject:
            core = _plain(subject)[act.end() :] if act else _plain(subject)
            bound = verb["verb"] if verb and verb["verb"].startswith("不") else ""
            qualified = core + noun_behind if _HEADLESS.match(core) or core == "年均打造" else core
            yield _claim(qualified.replace("年均打造", "年均"), value, clause, clause.start + cursor, bound)
        cursor = value.end()


def _claim(subject: str, value: re.Match[str], clause: Span, start: int, bound: str = "") -> _Claim:
    return _Claim(
        subject=_plain(subject),
        value=value["value"],
        unit=value["unit"],
        bound=bound or value["more"] or "",
        span=Span(start, clause.start + _end_of_noun(value)),
    )


def _end_of_noun(value: re.Match[str]) -> int:
    """Where the clause's figure ends, a noun behind it ("3栋以上绿色楼宇") included."""
    after = re.match(r"[^、,，;；。]*", value.string[value.end() :])
    return value.end() + (after.end() if after else 0)


def _plain(words: str) -> str:
    return re.sub(r"^(?:力争)?到?(?:20\d{2}年)?[,，]?", "", words).strip("“”、,， ")


def _metric(subject: str) -> str:
    match = _METRIC.search(subject)
    return match.group() if match else ""


def _head(subject: str) -> str:
    """What a following clause without subject speaks about."""
    return re.sub(r"\d+米\S*$", "", subject)


def _stem(subject: str) -> str:
    return re.sub(r"\s+", "", subject)
