"""The sorting catalogue as data: how much it holds, that no line contradicts another, that Chongqing rules first."""

import re
from collections import Counter

import pytest

from knowledge.waste import catalogue
from knowledge.waste.rules import families
from knowledge.waste.rules.parsing import COLUMNS, parse_entries
from knowledge.waste.types import Category, Condition, Source, Subclass

WORN = re.compile(r"^[旧废坏空破]+")
SUBCLASSES = {
    Category.RECYCLABLE: {Subclass.PAPER, Subclass.PLASTIC, Subclass.METAL, Subclass.GLASS, Subclass.TEXTILE},
    Category.HAZARDOUS: {Subclass.LAMP, Subclass.CHEMICAL, Subclass.BATTERY},
    Category.KITCHEN: {Subclass.HOUSEHOLD},
}
CHONGQING = {
    Category.RECYCLABLE: "纺织品 易拉罐 废纸 玻璃 金属",
    Category.HAZARDOUS: "荧光灯管 废油漆桶 过期药品 废铅蓄电池 化妆品 水银温度计",
    Category.KITCHEN: "果皮 果核 茶叶渣 菜根 菜叶 残枝落叶 剩菜剩饭 过期食品",
    Category.OTHER: "废弃塑料 污染纸张 大骨头 烟蒂 一次性餐具 一次性干电池",
}
# as the facts of the field list them
CITIES_DIFFER = "锂电池 充电宝 LED灯 白炽灯 镜子 内衣 毛巾 袜子 玉米芯 玉米皮 花生壳 宠物粪便 小票 照片"


def bare(name):
    return WORN.sub("", name) or name


def entry(name, condition=Condition.ANY):
    return catalogue.index().names[name.lower()][condition]


def test_there_are_two_thousand_things_and_many_more():
    assert len({(bare(e.item), e.condition) for e in catalogue.entries()}) >= 2_000


def test_no_two_things_share_head_and_condition():
    heads = Counter((bare(e.item), e.condition) for e in catalogue.entries())
    assert [head for head, count in heads.items() if count > 1] == []


def test_no_name_is_claimed_twice_for_one_condition():
    names = Counter((name.lower(), e.condition) for e in catalogue.entries() for name in e.names)
    assert [name for name, count in names.items() if count > 1] == []


def test_every_line_is_well_formed():
    for e in catalogue.entries():
        assert all(name == name.strip() and 1 <= len(name) <= 14 for name in e.names), e
        assert e.category is not Category.UNKNOWN
        assert e.source in {Source.BUREAU, Source.USUAL, Source.OURS}
        assert e.advice in catalogue.advice()


def test_subclasses_are_those_of_the_national_standard():
    for e in catalogue.entries():
        assert e.subclass is Subclass.NONE or e.subclass in SUBCLASSES[e.category], e


def test_parts_name_at_least_two_ways_or_one_other_way():
    parts = [e for e in catalogue.entries() if e.parts]
    assert len(parts) >= 15
    for e in parts:
        assert len(e.parts) >= 2
        assert e.category in {part.category for part in e.parts}
        assert len({part.category for part in e.parts}) >= 2 or e.advice == "parts", e


@pytest.mark.parametrize(("category", "names"), CHONGQING.items())
def test_chongqings_own_rulings_stand_exactly(category, names):
    for name in names.split():
        assert (entry(name).category, entry(name).source) == (category, Source.BUREAU), name


def test_chongqing_rules_plastic_by_its_state():
    states = catalogue.index().names["塑料"]
    assert {state: e.category for state, e in states.items()} == {
        Condition.CLEAN: Category.RECYCLABLE,
        Condition.DIRTY: Category.OTHER,
    }
    assert all(e.source is Source.BUREAU for e in states.values())


def test_what_the_bureau_ruled_is_nowhere_ruled_otherwise():
    ruled = {name for e in catalogue.entries() if e.source is Source.BUREAU for name in e.names}
    assert not [e for e in catalogue.entries() if e.source is not Source.BUREAU and ruled & set(e.names)]


@pytest.mark.parametrize("name", CITIES_DIFFER.split())
def test_where_cities_differ_the_line_says_so(name):
    assert entry(name).cities_differ


def test_current_names_only():
    texts = [name for e in catalogue.entries() for name in e.names]
    texts += [text for told in catalogue.advice().values() for text in (told.zh, told.en)]
    assert not [text for text in texts if "过去" not in text and re.search("易腐垃圾|湿垃圾|干垃圾|餐厨垃圾", text)]


def test_advice_names_no_telephone_but_12345_and_no_fee():
    for told in catalogue.advice().values():
        assert set(re.findall(r"\d{3,}", told.zh + told.en)) <= {"12345"}
        assert not re.search("元|收费|免费|¥", told.zh)


def test_every_english_name_leads_to_a_line():
    assert len(catalogue.english()) >= 200
    assert [item for item in catalogue.english().values() if item not in catalogue.index().names] == []


def test_all_channels_are_filled():
    counts = Counter(e.category for e in catalogue.entries())
    assert all(counts[category] >= 100 for category in Category if category is not Category.UNKNOWN)


def test_a_wrong_line_stops_the_load():
    header = "\t".join(COLUMNS)
    good = "报纸\t\t\trecyclable\tpaper\tpaper\t\tusual\t"
    assert parse_entries(f"{header}\n{good}")[0].category is Category.RECYCLABLE
    for broken in (good.replace("recyclable", "compost"), good.replace("usual", "hearsay"), good + "\tmore", "报纸"):
        with pytest.raises(ValueError, match=r".+"):
            parse_entries(f"{header}\n{broken}")
    with pytest.raises(ValueError, match="header"):
        parse_entries(good)


def test_a_family_names_each_head_with_each_tail_and_leaves_listed_things_alone():
    header = "\t".join(families.COLUMNS)
    listed = parse_entries("\t".join(COLUMNS) + "\n牛皮\t\t\trecyclable\ttextile\ttextile\t\tours\t")
    text = f"{header}\nkitchen\thousehold\tfood\t\t牛 猪\t~ 皮\nother\t\tgeneral\tyes\t旧猪 羊\t皮"
    found = families.parse_families(text, listed)
    assert [(e.item, e.category.value, e.cities_differ) for e in found] == [
        ("牛", "kitchen", False),
        ("猪", "kitchen", False),
        ("猪皮", "kitchen", False),
        ("羊皮", "other", True),
    ]


@pytest.mark.parametrize("line", ["compost\t\tfood\t\t牛\t皮", "kitchen\thousehold\tfood\t\t牛"])
def test_a_wrong_family_stops_the_load(line):
    with pytest.raises(ValueError, match=r".+"):
        families.parse_families("\t".join(families.COLUMNS) + "\n" + line, [])
    with pytest.raises(ValueError, match="header"):
        families.parse_families(line, [])
