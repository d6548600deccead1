"""What a question asks for. All patterns expect normalised text: NFKC, simplified, lower case."""

import re
from collections.abc import Callable, Sequence

from bot.rules import patterns
from bot.types import Asks, Question
from knowledge.rules.references import named_sections, numeral
from knowledge.rules.terms import Term, is_english

Terms = Callable[[str], Sequence[Term]]

_CLAIM = re.compile(r"(\d+(?:\.\d+)?)(%|亿元?|万元|元|万吨|吨|家|个|栋|平方米|强|座|所|辆)")
_YEAR = re.compile(r"(?<!\d)(20\d{2})(?:年|(?!\s*[\d亿万元家吨个]))")
_UNIT_ASKED = re.compile(
    r"几个(?:百分)?点|几成|百分之|占比|比例|比率|利用率|覆盖率|处置率|达标率|绿地率|rate|share|percentage|percent"
    r"|(?:多少|几|多大)个?(积分|[家个栋强座所人名户场辆亩类种棵台条项部处件班站钱毛块天次级位吨元分度升]"
    r"|平方米|亿元|万吨|公里|分钟|小时|立方|兆瓦)"
)
_UNIT_WORDS = frozenset(("亿元", "平方米", "万吨", "吨", "亿", "元", "钱", "低于", "高于", "不低于", "money", "标准"))
_COUNTS = frozenset("家个栋座所处")


_PLAIN_WORDS = {
    "有没得": "有没有",
    "没得": "没有",
    "啥子": "什么",
    "咋个": "怎么",
    "屋头": "家里",
    "区头": "区里",
    "个平方米": "平方米",
    "个平方": "平方米",
}
_PLAIN = re.compile("|".join(_PLAIN_WORDS))
_HOW_MANY = re.compile(r"好多(?!年了|次了|人都|东西)")
_STATEMENT = re.compile(
    r"^(?:我(?:是|在|耍|玩|爱|喜欢|住|大学|刚)|本人|退休|作为|喜欢|平时爱)[^,?!。]{1,18},(?=[^,]{4,})"
)
_ASKING = re.compile(r"多少|几|什么|哪|谁|怎么|如何|吗|是不是|有没有|能不能|可不可以")


def plain(text: str) -> str:
    """The words of Chongqing as the patterns know them, without what the asker first says of oneself."""
    said = _PLAIN.sub(lambda match: _PLAIN_WORDS[match.group()], _HOW_MANY.sub("多少", text))
    about = _STATEMENT.match(said)
    return said[about.end() :] if about and not _ASKING.search(about.group()) else said


def understand(
    text: str, *, terms: Terms, carried: Sequence[Term] = (), search_text: str = "", after: str = ""
) -> Question:
    """Read one part of a normalised question."""
    return Question(
        text=text,
        asks=kind_of(text),
        english=is_english(text),
        terms=tuple(term for term in terms(text) if term.word not in _UNIT_WORDS),
        carried=tuple(carried),
        search_text=search_text or text,
        after=after,
        units=_units_asked(text),
        claims=tuple((value, "亿元" if unit == "亿" else unit) for value, unit in _CLAIM.findall(text)),
        years=tuple(int(year) for year in _YEAR.findall(text)),
        sections=named_sections(text),
        how_to=bool(patterns.HOW_TO.search(text)),
        wants_current=_wants_current(text),
        members=_members(text),
        confirms=bool(patterns.CONFIRMS.search(text)),
    )


def _wants_current(text: str) -> bool:
    """Whether the state of today is asked for, not what is planned."""
    if patterns.PLANNED.search(text):
        return False
    counts = kind_of(text) in (Asks.FIGURE, Asks.MONEY)
    return bool(patterns.PROGRESS.search(text)) or (counts and bool(patterns.CURRENT.search(text)))


def _members(text: str) -> int:
    found = patterns.MEMBERS.search(text)
    return numeral(found["count"].replace("两", "二")) if found else 0


def kind_of(text: str) -> Asks:
    """The kind of answer, the most telling pattern first."""
    if patterns.CONTACT.search(text) and not patterns.OWN_NUMBER.search(text):
        return Asks.CONTACT
    if (patterns.GETS.search(text) or patterns.UNDOES.search(text)) and patterns.ASKS_HOW.search(text):
        return Asks.WHO if patterns.OFFICE.search(text) else Asks.PROCEDURE
    if patterns.NAMED_IN.search(text):
        return Asks.WHAT
    for pattern, kind in (
        (patterns.PERSON, Asks.PERSON),
        (patterns.MONEY, Asks.MONEY),
        (patterns.OFFICE, Asks.WHO),
        (patterns.REASON, Asks.REASON),
        (patterns.STANDARD, Asks.STANDARD),
        (patterns.WHEN, Asks.WHEN),
        (patterns.NAME, Asks.NAME),
        (patterns.WHO, Asks.WHO),
        (patterns.WHERE, Asks.WHERE),
        (patterns.FIGURE, Asks.FIGURE),
    ):
        if pattern.search(text):
            return kind
    return Asks.FIGURE if _CLAIM.search(text) and patterns.CONFIRMS.search(text) else Asks.WHAT


def _units_asked(text: str) -> frozenset[str]:
    found = {unit or "%" for unit in _UNIT_ASKED.findall(text)}
    return frozenset(found | (_COUNTS if found & _COUNTS else frozenset()))


_SEPARATOR = re.compile(
    r"[。?!;]+|(?:,|^)\s*(?:另外|还有|以及|同时|并且|顺便问一下|然后)|,|\band (?=who|what|how|which|when)"
)


def split(text: str) -> list[str]:
    """The parts of a question that ask more than one thing; three at most, each asking something."""
    pieces = [piece.strip(" ,，") for piece in _SEPARATOR.split(text) if piece and piece.strip(" ,，")]
    if len(pieces) < 2:
        return [text]
    parts: list[str] = []
    for piece in pieces:
        if (parts and not _asks_something(parts[-1])) or (parts and not _asks_something(piece)):
            parts[-1] = f"{parts[-1]},{piece}"
        else:
            parts.append(piece)
    return parts[:3]


def _asks_something(text: str) -> bool:
    return kind_of(text) is not Asks.WHAT or bool(patterns.ASKS_ANYTHING.search(text))
