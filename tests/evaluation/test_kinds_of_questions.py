"""Kinds of questions that end in their own way: items, comparisons, meanings, lists, troubles, things to throw away."""

import pytest

from bot import services
from bot.types import Answer, Status
from knowledge.waste.types import Category

pytest_plugins = ["tests.shelf"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelf")]

LONGEST_ITEM_CHARS = 160


def ask(question: str, *history: str) -> Answer:
    return services.answer(question=question, history=history)


def sections(answer: Answer) -> list[int | None]:
    return [citation.section for citation in answer.citations]


@pytest.mark.parametrize(
    ("question", "section", "title"),
    [
        ("行动计划第13条讲什么", 13, "推广绿色消费方式"),
        ("第20条是什么", 20, "凝聚绿色发展社会共识"),
        ("《渝中区加快推动绿色产业高质量发展三年行动计划》第十条主要说了些什么？", 10, "大力发展绿色金融"),
        ("第3项任务是什么", 3, "新能源及新型储能"),
        ("what is item 13 about", 13, "推广绿色消费方式"),
    ],
)
def test_an_item_is_its_title_and_first_sentence(question: str, section: int, title: str) -> None:
    answer = ask(question)
    assert (answer.status, sections(answer)) == (Status.ANSWERED, [section])
    assert title in answer.text
    assert len(answer.text) <= LONGEST_ITEM_CHARS


def test_two_items_and_an_item_that_is_not_there() -> None:
    assert sections(ask("第13条和第20条讲什么")) == [13, 20]
    assert ask("第50条讲什么").status is Status.NO_EVIDENCE


def test_a_question_after_an_item_is_about_that_item() -> None:
    for answer in (ask("谁负责？", "第13条讲什么？"), ask("第13条讲什么？谁负责？")):
        assert "区商务委" in answer.text
        assert answer.status is Status.ANSWERED


@pytest.mark.parametrize(
    ("question", "figures", "cited"),
    [
        ("绿地率和绿化覆盖率有什么区别", ("40%", "38%"), [17, 18]),
        ("绿色贷款和绿色债券目标对比", ("1800亿元", "150亿元"), [10]),
        ("100米和50米覆盖率差多少", ("90%", "80%"), [15]),
        ("difference between green coverage and green space rate", ("38%", "40%"), [18, 17]),
    ],
)
def test_two_measures_are_set_side_by_side(question: str, figures: tuple[str, str], cited: list[int]) -> None:
    answer = ask(question)
    assert all(figure in answer.text for figure in figures)
    assert sections(answer) == cited


@pytest.mark.parametrize(
    ("question", "own", "others"),
    [
        ("高新技术企业要达到多少家", "高新技术企业达到280家", "1560"),
        ("科技型企业要达到多少家", "科技型企业达到1560家", "280"),
    ],
)
def test_of_a_list_only_the_subject_that_was_asked_for_is_said(question: str, own: str, others: str) -> None:
    answer = ask(question)
    assert own in answer.text
    assert others not in answer.text
    assert "分别达到280家、1560家" in answer.citations[0].quote


@pytest.mark.parametrize(
    ("question", "name", "section"),
    [
        ("什么是以旧换新", "以旧换新", 13),
        ("无废城市是什么意思", "无废城市", 20),
        ("什么叫碳惠通", "碳惠通", 4),
        ("绿色金融是什么", "绿色金融", 10),
        ("What is trade-in?", "以旧换新", 13),
        ("what is carbon inclusion", "碳惠通", 4),
    ],
)
def test_what_is_only_mentioned_is_not_given_as_a_definition(question: str, name: str, section: int) -> None:
    answer = ask(question)
    assert (answer.status, sections(answer)) == (Status.PARTLY, [section])
    assert name in answer.text
    assert "没有给出定义" in answer.text or "do not define" in answer.text


@pytest.mark.parametrize("question", ["What is the target for green loans?", "绿色贷款余额的目标是什么"])
def test_a_figure_is_not_taken_for_a_word_to_explain(question: str) -> None:
    answer = ask(question)
    assert answer.status is Status.ANSWERED
    assert "1800亿元" in answer.text


def test_a_sentence_that_announces_a_list_is_not_cut_inside_it() -> None:
    answer = ask("1364行动是啥子")
    assert answer.status is Status.ANSWERED
    assert all(head in answer.text for head in ("总体要求", "“3”个重点任务", "“6”大专项工程", "“4”项保障措施"))
    assert len(answer.text) <= LONGEST_ITEM_CHARS


@pytest.mark.parametrize("question", ["手机没电了咋整", "我忘带手机了", "什么是量子计算"])
def test_a_trouble_that_no_document_knows_is_refused(question: str) -> None:
    assert ask(question).refused


def test_a_trouble_that_a_guide_knows_is_answered() -> None:
    assert "手动输入" in ask("扫不了码怎么办").text


@pytest.mark.parametrize(
    ("question", "category"),
    [
        ("大骨头是什么垃圾", Category.OTHER),
        ("过期药扔哪", Category.HAZARDOUS),
        ("破沙发怎么处理", Category.BULKY),
        ("喝完的奶茶连杯子扔哪", Category.KITCHEN),
        ("用过的针头怎么扔", Category.SPECIAL),
    ],
)
def test_a_thing_to_throw_away_is_the_sorting_experts(question: str, category: Category) -> None:
    answer = ask(question)
    assert answer.status is Status.ANSWERED
    assert category.zh in answer.text
    assert "来源：" in answer.text
    assert answer.engines == ("catalogue",)


def test_a_ruling_cites_the_guide_only_where_the_guide_says_so() -> None:
    quote = ask("大骨头是什么垃圾").citations[0].quote
    assert "大骨头" in quote
    assert "其他垃圾" in quote
    assert ask("奶茶杯怎么扔").citations == ()


@pytest.mark.parametrize(
    "question",
    ["垃圾分类覆盖率要达到多少", "生活垃圾回收由谁负责", "How much household waste should be recycled by 2027?"],
)
def test_the_plans_work_on_waste_is_the_plans(question: str) -> None:
    answer = ask(question)
    assert "catalogue" not in answer.engines
    assert not answer.refused


def test_what_the_expert_does_not_know_is_not_sure() -> None:
    answer = ask("咕噜哩扔哪个垃圾桶")
    assert answer.refused
    assert answer.citations == ()
