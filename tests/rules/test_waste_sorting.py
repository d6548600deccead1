"""Asking where things go: in one's own words, in states, in parts, in lists, dangerous, unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.waste import catalogue, queries
from knowledge.waste.rules.guessing import Calibration, calibrate
from knowledge.waste.rules.learning import learn
from knowledge.waste.rules.wording import subject
from knowledge.waste.types import Category, Condition, Source


def first(question):
    return queries.sort(question).first


def categories(question):
    return [verdict.category.value for verdict in queries.sort(question).verdicts]


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("请问喝完的矿泉水瓶要扔到哪个垃圾桶？", "喝完的矿泉水瓶"),
        ("大骨头是什么垃圾", "大骨头"),
        ("过期的感冒药该怎么扔？", "过期的感冒药"),
        ("瓜子壳是湿垃圾还是干垃圾", "瓜子壳"),
        ("湿垃圾里面可以放粽叶吗", "粽叶"),
        ("煤气罐能扔垃圾桶吗", "煤气罐"),
        ("打针的针头咋个甩", "打针的针头"),
        ("建筑垃圾怎么处理", "建筑垃圾"),
        ("洗干净的外卖盒可以回收吗", "洗干净的外卖盒"),
        ("怎么处理旧沙发", "旧沙发"),
        ("核桃壳", "核桃壳"),
    ],
)
def test_the_thing_is_found_in_the_sentence(question, thing):
    assert subject(question) == thing


@pytest.mark.parametrize(
    ("question", "category"),
    [
        ("大骨头", "other"),
        ("５号电池", "other"),
        ("兩節舊的5號電池", "other"),
        ("口红", "hazardous"),
        ("一个破了的碗怎么丢", "other"),
        ("水银温度计打碎了怎么办", "hazardous"),
        ("死掉的仓鼠怎么办", "special"),
        ("沾了油的纸盒属于什么垃圾", "other"),
        ("报纸（湿的）", "other"),
        ("塑料袋", "other"),
        ("洗干净的塑料袋", "recyclable"),
        ("外卖盒洗干净了", "recyclable"),
        ("沾油的外卖盒", "other"),
        ("喝完的奶茶", "other"),
        ("没喝完的奶茶", "kitchen"),
        ("喝完的可乐", "recyclable"),
        ("我家有个坏了的冰箱怎么办", "ewaste"),
        ("家里的旧沙发怎么处理", "bulky"),
        ("装修剩下的瓷砖咋办", "construction"),
        ("充电宝鼓包了怎么办", "hazardous"),
        ("那个大骨头呢", "other"),
        ("塑料饭盒洗不干净", "other"),
        ("空调", "ewaste"),
        ("空心菜", "kitchen"),
        ("易腐垃圾里能放苹果核吗", "kitchen"),
        ("where do I throw a used tissue?", "other"),
        ("Can I recycle plastic bottles", "recyclable"),
        ("dispose of an old mattress", "bulky"),
    ],
)
def test_the_catalogue_answers(question, category):
    verdict = first(question)
    assert (verdict.category.value, verdict.known or verdict.source is Source.OURS) == (category, True)


@pytest.mark.parametrize("frame", ["{}", "{}怎么扔", "请问{}属于哪类垃圾？", "家里不要的{}该丢哪个桶", "{}可以回收吗"])
def test_every_name_of_the_catalogue_finds_its_own_line(frame):
    every = 1 if frame == "{}" else 3  # a third of the names in each sentence is enough
    wrong = [
        entry.item
        for entry in catalogue.entries()[::every]
        if entry.condition is Condition.ANY and first(frame.format(entry.item)).category is not entry.category
    ]
    assert len(wrong) <= (0 if frame == "{}" else 5), wrong


@pytest.mark.parametrize(
    ("told", "category"),
    [
        ("柜子里翻出来一瓶过期止咳糖浆", "hazardous"),
        ("邻居送的那个玻璃罐,我洗干净了,往哪扔", "recyclable"),
        ("醋喝完了剩个玻璃瓶,已经洗过", "recyclable"),
        ("陪了我八年的洗衣机坏了", "ewaste"),
        ("席梦思床垫塌了要往哪里甩", "bulky"),
        ("花瓶是陶瓷的,摔碎了", "other"),
        ("杀耗子的药没用完丢哪儿", "hazardous"),
        ("核桃壳壳", "other"),
        ("吃龙虾剩的壳", "kitchen"),
        ("豆浆喝剩的杯子", "other"),
        ("炸鸡的废油怎么算", "kitchen"),
        ("墙上敲下来的旧瓷砖,装修敲的", "construction"),
        ("家里装修剩的废料往哪倒", "construction"),
        ("小区里的狗死了怎么处理", "special"),
        ("過期的化妝水要丟哪裡", "hazardous"),
        ("broken washing machine", "ewaste"),
        ("where do cigarette butts go", "other"),
    ],
)
def test_a_thing_told_in_a_story_is_recognised_and_ruled(told, category):
    assert queries.is_about_sorting(told)
    assert first(told).category.value == category


def test_a_state_said_apart_from_the_thing_decides():
    assert first("塑料袋,我洗干净了").category is Category.RECYCLABLE
    assert first("塑料袋,弄脏了").category is Category.OTHER


@pytest.mark.parametrize("told", ["咕噜哩我不要了", "咕噜哩扔哪个垃圾桶", "我的咕噜哩坏了往哪丢"])
def test_a_story_about_nothing_listed_stays_unknown(told):
    assert [verdict.category for verdict in queries.sort(told).verdicts] == [Category.UNKNOWN]


def test_plastic_shows_both_rulings_when_its_state_is_not_said():
    verdict = first("塑料是什么垃圾")
    assert [(part.item, part.category.value) for part in verdict.parts] == [
        ("干净的塑料", "recyclable"),
        ("脏的塑料", "other"),
    ]
    assert first("脏塑料").category is Category.OTHER
    assert first("干净的塑料").category is Category.RECYCLABLE


def test_batteries_are_told_apart():
    parts = {part.item: part.category.value for part in first("电池怎么扔").parts}
    assert parts == {
        "一次性干电池（5号、7号）": "other",
        "纽扣电池": "hazardous",
        "充电电池": "hazardous",
        "铅蓄电池": "hazardous",
    }


@pytest.mark.parametrize("question", ["喝完的奶茶连杯子怎么扔", "奶茶连杯", "豆浆和杯子怎么扔"])
def test_a_drink_with_its_cup_is_answered_by_parts(question):
    parts = {part.category.value for part in first(question).parts}
    assert parts == {"kitchen", "other"}


def test_lists_are_answered_one_by_one():
    assert categories("旧衣服、大骨头和废电池分别扔哪里") == ["recyclable", "other", "hazardous"]
    assert categories("报纸，一次性筷子；剩饭") == ["recyclable", "other", "kitchen"]
    assert categories("batteries and an old sofa") == ["hazardous", "bulky"]
    assert len(queries.sort("、".join(["报纸"] * 30)).verdicts) <= 6


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("胰岛素针头", "社区卫生服务中心"),
        ("用完的煤气罐怎么扔", "供气站"),
        ("一瓶没用完的丁烷气罐", "供气站"),
        ("过期灭火器", "消防器材"),
        ("捡到几颗子弹怎么办", "公安机关"),
        ("没放完的烟花", "公安机关"),
        ("死了的鹦鹉", "宠物医院"),
        ("一桶汽油", "12345"),
        ("浓硫酸", "12345"),
        ("带血的纱布", "医疗机构"),
    ],
)
def test_dangerous_things_go_to_a_named_place_not_into_a_bin(question, place):
    verdict = first(question)
    assert verdict.category is Category.SPECIAL
    assert place in verdict.advice.zh
    assert "不要" in verdict.advice.zh


@pytest.mark.parametrize(
    "question",
    [
        "今天天气怎么样",
        "你好",
        "asdfgh",
        "What is the recycling rate in Shanghai?",
        "",
        "   ",
        "？？？",
        "量子纠缠的哲学意义",
        "12345",
        "😀",
    ],
)
def test_what_is_no_thing_is_not_sure(question):
    verdict = first(question)
    assert (verdict.category, verdict.confidence) == (Category.UNKNOWN, 0.0)
    assert "12345" in verdict.advice.zh


def test_where_cities_differ_the_answer_hedges_and_trusts_itself_less():
    assert "口径不一" in first("充电宝").advice.zh
    assert "口径不一" not in first("大骨头").advice.zh
    assert first("充电宝").confidence < first("易拉罐").confidence


@pytest.mark.parametrize(
    ("former", "category"),
    [("湿垃圾", "kitchen"), ("易腐垃圾是什么", "kitchen"), ("餐厨垃圾", "kitchen"), ("干垃圾", "other")],
)
def test_former_class_names_are_answered_with_the_current_ones(former, category):
    verdict = first(former)
    assert verdict.category.value == category
    assert {"kitchen": "厨余垃圾", "other": "其他垃圾"}[category] in verdict.advice.zh


def test_an_unlisted_thing_is_a_guess_and_says_so():
    name = "牛肉洋葱馅饼"
    assert name not in catalogue.index().names
    verdict = first(name)
    assert (verdict.category, verdict.source, verdict.known) == (Category.KITCHEN, Source.GUESS, False)
    assert "目录未收录" in verdict.advice.zh
    assert verdict.confidence <= 0.9  # never surer than a line of the catalogue


@pytest.mark.parametrize(("name", "category"), [("瓷砖杯垫", "other"), ("塑料电饭锅贴纸", "other")])
def test_a_listed_word_inside_a_longer_name_does_not_decide_alone(name, category):
    assert first(name).category.value == category


@pytest.mark.parametrize(
    "name", ["盐酸小檗碱片", "恩替卡韦分散片", "盐酸左西替利嗪口服溶液", "瑞舒伐他汀", "硫酸沙丁胺醇缓释片"]
)
def test_a_medicine_is_known_by_its_stem_or_form_and_is_no_acid(name):
    assert (first(name).category, first(name).known) == (Category.HAZARDOUS, False)


@pytest.mark.parametrize("name", ["浓盐酸", "一瓶硫酸", "硝酸溶液"])
def test_an_acid_stays_dangerous(name):
    assert first(name).category is Category.SPECIAL


def test_an_unlisted_appliance_keeps_its_channel_a_small_device_does_not():
    assert first("超薄嵌入式洗衣机").category is Category.EWASTE
    assert first("电动车").category is Category.EWASTE


@given(st.text(max_size=300))
def test_nothing_that_is_typed_breaks_it(text):
    verdicts = queries.sort(text).verdicts
    assert verdicts
    assert all(0 <= v.confidence <= 1 and v.advice.zh and len(v.item) <= 200 for v in verdicts)


ABOUT = """
喝完的奶茶连杯子怎么扔|大骨头是什么垃圾|电池|用过的纸巾是可回收垃圾吗|旧沙发怎么处理|煤气罐能扔垃圾桶吗|死掉的仓鼠怎么办
湿垃圾里面可以放粽叶吗|where do I throw batteries?|建筑垃圾怎么处理|大件垃圾怎么处理|过期药该丢哪个桶
瓜子壳是湿垃圾还是干垃圾|咋个甩旧床垫|broken refrigerator|pizza box with grease|my old glasses
"""
NOT_ABOUT = """
到2027年生活垃圾回收利用率达到多少|建筑垃圾资源化利用率的目标是多少|计划里垃圾分类怎么做|两网融合回收点有多少个
生活垃圾怎么分类|垃圾分类的四类是哪些|不分类会罚多少|怎么拿绿色积分|绿色消费券怎么领|最近的回收站点在哪|你好
谁负责垃圾分类|可回收物包括什么|旧手机以旧换新有补贴吗|充电桩数量|废旧家电回收怎么推进|光盘行动是什么
餐厨垃圾怎么处理|厨余垃圾有哪些|今天天气怎么样|厨余垃圾桶什么颜色|饭店用什么样的餐盒
我的密码过期了|二维码过期了怎么办|账号坏了|空调坏了哪里修|我想买一台空调|二手手机去哪卖|骑自行车怎么算|手机没电了咋整
废旧动力电池回收谁牵头|废铅蓄电池收集怎么处理|旧小区改造怎么弄|废旧物资循环利用怎么做|我手机没电了
How much household waste should be recycled by 2027?|Where do I go to get points?
What is the address of the recycling centre?|clean plate campaign|bicycle overpass crossing, planned?
"""


@pytest.mark.parametrize("question", ABOUT.strip().replace("\n", "|").split("|"))
def test_a_question_that_names_a_thing_to_throw_away(question):
    assert queries.is_about_sorting(question)


@pytest.mark.parametrize("question", NOT_ABOUT.strip().replace("\n", "|").split("|"))
def test_a_question_for_the_documents_or_for_nobody(question):
    assert not queries.is_about_sorting(question)


def test_the_guesser_weighs_the_end_of_a_name():
    ends = {"皮": Category.KITCHEN, "盒": Category.RECYCLABLE}
    model = learn((head + end, category) for head in ("苹果", "橘子", "柚子", "芒果") for end, category in ends.items())
    assert model.guess("香蕉盒").category is Category.RECYCLABLE
    assert model.guess("牛奶皮").category is Category.KITCHEN
    assert model.guess("Ω") is None


def test_confidence_follows_the_curve_and_never_falls():
    curve = calibrate([(0.1, False)] * 50 + [(0.5, False), (0.5, True)] * 25 + [(0.9, True)] * 50, wanted=0.5, bins=3)
    assert curve.confidence(0.1) <= curve.confidence(0.5) <= curve.confidence(0.9) == 1.0
    assert 0.1 < curve.threshold <= 0.5
    assert Calibration((0.0, 1.0), (0.2, 0.8), 0.5).confidence(0.5) == pytest.approx(0.5)


@pytest.mark.parametrize("question", ["身份证丢了去哪补", "手机丢了怎么找", "渝中的加氢站在哪里"])
def test_a_question_that_names_nothing_to_throw_away_is_not_ruled(question: str) -> None:
    assert [verdict.category for verdict in queries.sort(question).verdicts] == [Category.UNKNOWN]
