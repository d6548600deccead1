"""Whether a generated sentence may be shown: all that it asserts stands in a passage that it cites."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_CHARS = 320  # of a whole generated answer
SUPPORTED = 0.5  # share of a Chinese sentence's character pairs that its passage must hold
_LEAKED_CHARS = 14  # so many characters of the instructions in a row are a leak, not a coincidence

_THOUGHTS = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|$)", re.DOTALL)
_UNOPENED_THOUGHTS = re.compile(r"^.*</think(?:ing)?>", re.DOTALL)
_MARKERS = re.compile(
    r"<\|[^|>]*\|>|<｜[^｜>]*｜>|</?(?:s|think|thinking|start_of_turn|end_of_turn|bos|eos|pad|unk)>|\[/?INST\]|```\w*"
)
_SENTENCE = re.compile(r"[^。！？!?\n]*?(?:[。！？!?\n]|(?<!\d)\.(?=\s|$)|(?<=\d)\.(?=\s))")
_CITED = re.compile(r"\s*[\[［【(（]\s*(?:资料)?(\d{1,2})\s*[\]］】)）]")
_LINK = re.compile(r"https?:|www\.|\[[^\]]*\]\([^)]*\)|</?[a-z!]|\b[\w-]+\.(?:com|cn|org|net|gov)\b", re.IGNORECASE)
_PLACE = re.compile(r"第\s*\d+\s*[条项]|专栏\s*\d|\b(?:item|box) \d+")
_NUMERALS = "〇零一二三四五六七八九十百千万亿两"
_FIGURE = re.compile(
    r"\d+(?:[.,]\d+)*\s*(?:%|个百分点|[亿万]?元|[亿万]?吨|[亿万]|平方米|公里|千米|米|家|个|栋|强|座|所|辆|张|分|年|月|日|天|小时|类|条|项|次|倍)?"
    rf"|[ⅠⅡⅢⅣⅤ]类|百分之[{_NUMERALS}点]+|[{_NUMERALS}]{{2,}}(?:元|吨|家|个|栋|年|月|日|强|分|成|倍)?|[{_NUMERALS}]成"
    rf"|[{_NUMERALS}](?=[家个栋强座所辆张条项次]|亿|万|元|分)"
)
_OFFICE = re.compile(
    r"[\u4e00-\u9fff]{2}(?:委员会|管委会|委(?!托|婉)|局(?!面|部|限)|办公室|中心|法院|检察院|公司|集团|银行|大学|协会|街道|政府|宣传部|组织部)"
)
_OFFICE_EN = re.compile(
    r"\b(?!The )(?:[A-Z][a-z]+ )+(?:Commission|Bureau|Committee|Office|Department|Centre|Center|Court)\b"
)


@dataclass(frozen=True, slots=True)
class Ground:
    """What one passage lets a sentence say. `english` holds the names that our own glossary gives its units."""

    text: str
    english: str = ""


def cleaned(text: str) -> str:
    """Without reasoning, control markers and blank edges."""
    without = _UNOPENED_THOUGHTS.sub("", _THOUGHTS.sub("", text))
    return _MARKERS.sub("", without).strip()


def finished(text: str, *, whole: bool) -> list[str]:
    """The sentences of a cleaned text that have come to their end; with `whole` the rest counts as one too."""
    found = [match.group() for match in _SENTENCE.finditer(text)]
    rest = text[sum(map(len, found)) :]
    return [*found, rest] if whole and rest.strip() else found


def kept(sentence: str, passages: Sequence[Ground]) -> str | None:
    """The sentence without its citation marks, or None where it says what no passage that it cites says.

    A sentence without a mark is held to any one passage: claims may not be put together from several.
    """
    numbers = [int(number) for number in _CITED.findall(sentence)]
    words = _CITED.sub("", sentence).strip()
    cited = [passages[n - 1] for n in numbers if 0 < n <= len(passages)] if numbers else list(passages)
    return words if words and any(_holds(words, ground) for ground in cited) else None


def leaks(text: str, instructions: str, canary: str) -> bool:
    """Whether a reply gives away what it was told: the canary, or a run of the instructions."""
    plain, told = _folded(text), _folded(instructions)
    if canary.lower() in re.sub(r"[\W_]", "", plain).lower():
        return True
    return any(plain[i : i + _LEAKED_CHARS] in told for i in range(len(plain) - _LEAKED_CHARS + 1))


def figures(text: str) -> set[str]:
    """The figures that a text asserts, years and the numbers of items aside: what an answer is about."""
    found = {_folded(match.group()) for match in _FIGURE.finditer(_PLACE.sub("", text))}
    return {figure for figure in found if re.match(r"\d", figure) and not re.match(r"20\d\d(?:年|$)", figure)}


def _holds(words: str, ground: Ground) -> bool:
    text = _folded(ground.text)
    claims = [match.group() for pattern in (_FIGURE, _OFFICE) for match in pattern.finditer(words)]
    if _LINK.search(words) or not all(_stands(_folded(claim), text) for claim in claims):
        return False
    if not all(name.lower() in ground.english.lower() for name in _OFFICE_EN.findall(words)):
        return False
    pairs = _pairs(_folded(words))
    if not pairs:  # another language: only a figure that stands in the passage ties it to it
        return any(claim[:1].isdigit() for claim in claims)
    return sum(pair in text for pair in pairs) / len(pairs) >= SUPPORTED


def _stands(claim: str, ground: str) -> bool:
    """A number must stand on its own: 45% is not grounded by 145%."""
    lead = r"(?<![\d.])" if claim[:1].isdigit() else ""
    tail = r"(?![\d.]*\d)" if claim[-1:].isdigit() else ""
    return re.search(f"{lead}{re.escape(claim)}{tail}", ground) is not None


def _pairs(text: str) -> list[str]:
    runs = re.findall(r"[\u4e00-\u9fff]+", text)
    return [run[i : i + 2] for run in runs for i in range(len(run) - 1)]


def _folded(text: str) -> str:
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))|\s", "", unicodedata.normalize("NFKC", text))
