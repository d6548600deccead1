"""Who is responsible: the bracket (责任单位:…) at the end of an item."""

import re

from knowledge.types import Responsibility, Span

_BRACKET = re.compile(r"[(（]责任单位[:：]\s*(?P<units>[^()（）]+)[)）]")
_TAIL = re.compile(r"(按职责分工负责|分工负责|负责|配合)$")


def find_bracket(text: str, span: Span) -> Span | None:
    """The bracket's span inside an item, None where the item names nobody."""
    found = list(_BRACKET.finditer(text, span.start, span.end))
    return Span(found[-1].start(), found[-1].end()) if found else None


def parse_units(bracket: str) -> Responsibility:
    """Lead units and the others; where no unit is called the lead, all of them are peers."""
    match = _BRACKET.fullmatch(bracket)
    units = match["units"] if match else bracket
    lead, _, rest = units.partition("牵头") if "牵头" in units else ("", "", units)
    return Responsibility(lead=_names(lead), others=_names(rest))


def _names(listed: str) -> tuple[str, ...]:
    names = (_TAIL.sub("", name.strip()) for name in re.split(r"[、,，;；]", listed))
    return tuple(name for name in names if name)
