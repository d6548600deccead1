"""Documents that promise different figures for one thing: an answer shows them together, with places and dates."""

from collections.abc import Sequence
from dataclasses import replace

from bot.rules import figures
from bot.types import Finding, Quoted, Status
from knowledge.rules.lexicon import fold
from knowledge.rules.library import Library
from knowledge.types import Target

MOST = 3
_ALIKE = 0.7  # of the longer subject's pairs of characters: 城市生活垃圾回收利用率 is 生活垃圾回收利用率
_LEAD_ZH = "几份文件写的不一样，请以发布机关的解释为准："
_LEAD_EN = "The documents differ; please ask the office that issued them: "


def rivals(target: Target, library: Library) -> list[Target]:
    """What other documents promise for the same thing, year and measure, and with another value; one for each value."""
    others = [other for other in library.targets if _contradicts(other, target)]
    return list({(other.document, other.value): other for other in others}.values())


def _contradicts(other: Target, target: Target) -> bool:
    elsewhere = other.document != target.document and (other.value, other.bound) != (target.value, target.bound)
    same_measure = (other.unit, other.qualifier) == (target.unit, target.qualifier)
    same_year = None in (other.year, target.year) or other.year == target.year
    return elsewhere and same_measure and same_year and _alike(fold(other.subject), fold(target.subject)) >= _ALIKE


def _alike(one: str, other: str) -> float:
    pairs = [{words[i : i + 2] for i in range(len(words) - 1)} for words in (one, other)]
    longer = max(len(pairs[0]), len(pairs[1]))
    return len(pairs[0] & pairs[1]) / longer if longer else 0.0


def together(targets: Sequence[Target], library: Library) -> Finding:
    """All of them, the newest first."""
    newest = sorted(targets, key=lambda target: library.documents[target.document].issued_on, reverse=True)
    quoted = tuple(_dated(target, library) for target in newest[:MOST])
    return Finding(Status.ANSWERED, quoted, lead=_LEAD_ZH, lead_en=_LEAD_EN)


def _dated(target: Target, library: Library) -> Quoted:
    day = f"{library.documents[target.document].issued_on:%Y-%m-%d}："
    quoted = figures.quoted(target, library)
    return replace(quoted, lead=day + quoted.lead, said=quoted.said and day + quoted.said)
