"""What the sorting expert talks about: catalogue entries, verdicts, parts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """Where a thing goes: Chongqing's four classes, the channels beside the bins, or not known."""

    RECYCLABLE = "recyclable"
    HAZARDOUS = "hazardous"
    KITCHEN = "kitchen"
    OTHER = "other"
    BULKY = "bulky"
    CONSTRUCTION = "construction"
    EWASTE = "ewaste"
    SPECIAL = "special"  # needs a named channel: needles, gas bottles, fireworks, dead pets, chemicals
    UNKNOWN = "unknown"

    @property
    def zh(self) -> str:
        return _ZH[self]

    @property
    def en(self) -> str:
        return _EN[self]


_ZH = {
    Category.RECYCLABLE: "可回收物（蓝色桶）",
    Category.HAZARDOUS: "有害垃圾（红色桶）",
    Category.KITCHEN: "厨余垃圾（绿色桶）",
    Category.OTHER: "其他垃圾（灰色或黑色桶）",
    Category.BULKY: "大件垃圾（不进四类桶）",
    Category.CONSTRUCTION: "装修垃圾（不进四类桶）",
    Category.EWASTE: "废旧电器电子产品（不进四类桶）",
    Category.SPECIAL: "特殊物品（不进四类桶）",
    Category.UNKNOWN: "不确定",
}
_EN = {
    Category.RECYCLABLE: "recyclables (blue bin)",
    Category.HAZARDOUS: "hazardous waste (red bin)",
    Category.KITCHEN: "kitchen waste (green bin)",
    Category.OTHER: "other waste (grey or black bin)",
    Category.BULKY: "bulky waste (not in the bins)",
    Category.CONSTRUCTION: "renovation waste (not in the bins)",
    Category.EWASTE: "electrical and electronic waste (not in the bins)",
    Category.SPECIAL: "special items (not in the bins)",
    Category.UNKNOWN: "not sure",
}


class Subclass(StrEnum):
    """Sub-classes of GB/T 19095-2019; the national standard divides other waste no further."""

    PAPER = "paper"
    PLASTIC = "plastic"
    METAL = "metal"
    GLASS = "glass"
    TEXTILE = "textile"
    LAMP = "lamp"
    CHEMICAL = "chemical"  # 家用化学品: medicines, cosmetics, paint, pesticides, mercury, films
    BATTERY = "battery"
    HOUSEHOLD = "household"  # 家庭厨余垃圾
    NONE = ""


class Condition(StrEnum):
    """The state that changes where a thing goes. ANY: the ruling that holds when nothing is said."""

    ANY = ""
    CLEAN = "clean"
    DIRTY = "dirty"
    EMPTY = "empty"
    BROKEN = "broken"
    LEFT = "left"  # not eaten up, not used up


class Source(StrEnum):
    """Who rules, most binding first."""

    BUREAU = "bureau"
    USUAL = "usual"
    OURS = "ours"
    GUESS = "guess"
    NONE = "none"

    @property
    def zh(self) -> str:
        return _SOURCES[self]


_SOURCES = {
    Source.BUREAU: "重庆市城市管理局2025年6月17日答复",
    Source.USUAL: "各城市分类指南的通行口径",
    Source.OURS: "本服务按国家标准GB/T 19095-2019的分类框架整理",
    Source.GUESS: "目录未收录，按名称推断",
    Source.NONE: "目录未收录",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a thing that is taken apart before it is thrown away."""

    item: str
    category: Category


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the catalogue: a thing in a condition, and the ruling."""

    item: str
    synonyms: tuple[str, ...]
    condition: Condition
    category: Category
    subclass: Subclass
    advice: str  # key into the advice table
    parts: tuple[Part, ...]
    source: Source
    cities_differ: bool

    @property
    def names(self) -> tuple[str, ...]:
        return (self.item, *self.synonyms)


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do with it, in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Wording:
    """A question taken apart: the thing it names and the state that it mentions."""

    item: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where one named thing goes. `confidence` is the share of such verdicts expected to be right (0–1)."""

    item: str
    category: Category
    confidence: float
    advice: Advice
    source: Source
    parts: tuple[Part, ...] = ()
    cities_differ: bool = False
    known: bool = False  # found in the catalogue, not inferred


@dataclass(frozen=True, slots=True)
class Sorting:
    """The answer to one question: a verdict for each thing that it names, at least one."""

    question: str
    verdicts: tuple[Verdict, ...]
    in_english: bool = False

    @property
    def first(self) -> Verdict:
        return self.verdicts[0]
