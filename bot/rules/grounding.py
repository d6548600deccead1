"""Whether generated text may be shown: every figure, date, unit and office of it stands in a cited passage."""

import re
import unicodedata
from collections.abc import Sequence

LONGEST_CHARS = 320
_THOUGHTS = re.compile(r"<think>.*?(?:</think>|$)", re.DOTALL)
_MARKERS = re.compile(r"<\|[^|>]*\|>|</?(?:s|think|start_of_turn|end_of_turn|bos|eos)>|```\w*")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*\s*(?:%|[亿万]?元|万吨|吨|家|个|栋|平方米|米|年|月|日|类|强|条|项)?|[ⅠⅡⅢⅣⅤ]类")
_OFFICE = re.compile(r"(?:区|市)[\u4e00-\u9fff]{1,8}?(?:委|局|办|中心|管委会|法院|公司)")
_LINK = re.compile(r"https?://|www\.|\[[^\]]*\]\([^)]*\)|<[a-z/!]")


def cleaned(text: str) -> str:
    """Without reasoning, control markers and blank edges."""
    return _MARKERS.sub("", _THOUGHTS.sub("", text)).strip()


def grounded(text: str, passages: Sequence[str]) -> bool:
    """Whether a cleaned text says only what the passages hold: figures, offices, no links, not too long."""
    if not text or len(text) > LONGEST_CHARS or _LINK.search(text):
        return False
    ground = _folded(" ".join(passages))
    claims = [match.group() for pattern in (_FIGURE, _OFFICE) for match in pattern.finditer(text)]
    return all(_stands(_folded(claim), ground) for claim in claims)


def _stands(claim: str, ground: str) -> bool:
    """A number must stand on its own: 45% is not grounded by 145%."""
    lead = r"(?<![\d.])" if claim[:1].isdigit() else ""
    tail = r"(?![\d.]\d*)" if claim[-1:].isdigit() else ""
    return re.search(f"{lead}{re.escape(claim)}{tail}", ground) is not None


def _folded(text: str) -> str:
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))|\s", "", unicodedata.normalize("NFKC", text))
