"""Who is responsible: from a matter to its units, and from a unit to its items."""

import re
from collections.abc import Sequence

from knowledge.rules.library import Library
from knowledge.types import Passage

_AREA = re.compile(r"^(?:渝中)?区(?=.{2,})")
_LONG_NAMES = {
    "发展改革委": "发改委",
    "发展和改革委员会": "发改委",
    "发展改革委员会": "发改委",
    "生态环境局": "生态环境局",
    "环保局": "生态环境局",
    "经济信息委": "经信委",
    "经济和信息化委员会": "经信委",
    "住房城乡建委": "住建委",
    "住房和城乡建设委员会": "住建委",
    "交通局": "交通运输委",
    "交通委": "交通运输委",
    "城市管理局": "城管局",
    "商务局": "商务委",
    "文化旅游委": "文旅委",
    "文化和旅游发展委员会": "文旅委",
    "市场监督管理局": "市场监管局",
    "大数据发展局": "大数据局",
    "科学技术局": "科技局",
    "教育委员会": "教委",
    "教育局": "教委",
    "卫生健康委": "卫健委",
    "人力社保局": "人社局",
    "产促局": "产业发展促进局",
    "公安局": "公安分局",
    "邮政管理局": "邮管局",
    "邮管局": "重庆邮管局四分局",
    "街道办": "街道办事处",
    "组织部": "组织部",
    "宣传部": "宣传部",
}


def all_units(library: Library) -> list[str]:
    """Every unit that an item names, each once, longest name first."""
    names = {name for s in library.sections() if s.responsibility for name in s.responsibility.everyone}
    return sorted(names, key=len, reverse=True)


def unit_in(text: str, library: Library) -> str:
    """The unit that a question names, as the document writes it; "" where it names none."""
    plain = text
    for long, short in sorted(_LONG_NAMES.items(), key=lambda pair: -len(pair[0])):
        plain = plain.replace(long, short)
    for name in all_units(library):
        bare = _AREA.sub("", name).lower()
        if name.lower() in plain or (len(bare) > 2 and bare in plain):
            return name
    return next((name for name in all_units(library) if _AREA.sub("", name) in plain and len(name) > 2), "")


def items_of(unit: str, library: Library) -> tuple[list[Passage], list[Passage]]:
    """The items that a unit leads, and those in which it takes part; peers without a lead all take part."""
    led = [s for s in library.sections() if s.responsibility and unit in s.responsibility.lead]
    shared = [s for s in library.sections() if s.responsibility and unit in s.responsibility.others]
    return led, shared


def titles(sections: Sequence[Passage], most: int = 8) -> str:
    """Items as a short list: 第10条“大力发展绿色金融”、…"""
    named = "、".join(f"第{s.section}条“{s.title}”" for s in sections[:most])
    return named + ("等" if len(sections) > most else "")
