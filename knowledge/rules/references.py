"""Which place of the plan a question names: 第13条, 第二十五项, 专栏2, item 13, 总体要求."""

import re

from knowledge.ingestion.outline import BOX_OFFSET

_NUMERALS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_ITEM = re.compile(
    r"第\s*(?P<zh>[一二三四五六七八九十]{1,3}|\d{1,2})\s*(?:条|项|点|款)|\bitem\s*(?:no\.?\s*)?(?P<en>\d{1,2})\b"
)
_BOX = re.compile(r"专栏\s*(?P<zh>[一二三]|\d)|\bbox\s*(?P<en>\d)\b")
_OVERVIEW = re.compile(r"总体要求|指导思想|基本原则|发展目标")
_PLAN = re.compile(
    r"计划|行动|方案|文件|牵头|负责|责任单位|配合|第.{1,3}条|专栏|到20\d\d|20\d\d年|目标|\bplan\b|\bitem\b|responsible|target"
)


def numeral(text: str) -> int:
    """13, 十三 or 二十五 as an integer; 0 where it is none."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (_NUMERALS.get(tens, 1) * 10 if ten else 0) + _NUMERALS.get(ones, 0)


def named_sections(text: str) -> frozenset[int]:
    """Section numbers that a normalised question names."""
    items = {numeral(match["zh"] or match["en"]) for match in _ITEM.finditer(text)}
    boxes = {BOX_OFFSET + numeral(match["zh"] or match["en"]) for match in _BOX.finditer(text)}
    overview = {0} if _OVERVIEW.search(text) else set[int]()
    return frozenset(items | boxes | overview)


def about_plan(text: str) -> bool:
    """Whether the question speaks of the plan itself rather than of using this service."""
    return bool(_PLAN.search(text))
