"""What lets an answer through: kinds of things asked for, likeness in one corpus, spelling by sound, small fits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.follow import nearer_home, resolve
from bot.rules.understand import kind_of, split, understand
from bot.types import Asks
from knowledge.rules.background import UNKNOWN, leave_one_out
from knowledge.rules.fitting import balanced, fit_logistic, held_out
from knowledge.rules.lexicon import stem
from knowledge.rules.sounds import mended, stretches
from knowledge.rules.terms import Term
from knowledge.types import Level, Passage


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("绿色家庭怎么申请", Asks.PROCEDURE),
        ("进绿色项目库要提交什么材料", Asks.PROCEDURE),
        ("消费券能转让吗", Asks.PROCEDURE),
        ("how do i apply for a green loan", Asks.PROCEDURE),
        ("绿色商场的评定标准是什么", Asks.STANDARD),
        ("达到什么条件才算零碳楼宇", Asks.STANDARD),
        ("为什么选黄花园", Asks.REASON),
        ("绿色讲堂每周几上课", Asks.CONTACT),
        ("绿色贷款利率是多少", Asks.MONEY),
        ("哪两个局负责生态空间", Asks.WHO),
        ("环境监测是谁的活", Asks.WHO),
        ("专栏里在哪提到这个软件", Asks.WHAT),
        ("签到一回给多少分", Asks.FIGURE),
        ("推广可循环利用的环保材料", Asks.WHAT),
    ],
)
def test_kinds_that_a_plan_does_not_hold(text: str, kind: Asks) -> None:
    assert kind_of(text) is kind


@pytest.mark.parametrize(
    ("text", "current"),
    [
        ("绿色商场建好了吗", True),
        ("分拣中心完工没有", True),
        ("绿色贷款余额现在是多少", True),
        ("绿色贷款余额的目标是多少", False),
        ("湿垃圾现在叫什么", False),
    ],
)
def test_what_asks_for_the_state_of_today(text: str, current: bool) -> None:
    assert understand(text, terms=lambda _: []).wants_current is current


@pytest.mark.parametrize(("text", "members"), [("推广哪三种绿化", 3), ("是哪2个银行", 2), ("哪几种绿化", 0)])
def test_how_many_things_are_to_be_named(text: str, members: int) -> None:
    assert understand(text, terms=lambda _: []).members == members


@pytest.mark.parametrize(
    ("text", "parts"),
    [("垃圾分类覆盖率多少,归哪个部门牵头", 2), ("我家有旧冰箱,想换新的,有补贴吗", 1), ("推广小份菜,光盘行动", 1)],
)
def test_a_comma_parts_only_what_asks_on_both_sides(text: str, parts: int) -> None:
    assert len(split(text)) == parts


def passage(key: str, text: str) -> Passage:
    return Passage(key, "plan", Level.SECTION, 1, "题", (), 0, len(text), text)


def _terms(text: str) -> list[Term]:
    return [Term(word) for word in ("绿色消费", "激励", "消费券", "绿色贷款", "集聚区", "楼宇", "能源") if word in text]


def test_a_short_question_stays_with_the_item_that_answered_before() -> None:
    home = passage("plan#13", "通过发放绿色消费券激励绿色消费")
    asked = resolve("用什么方式来激励", ["绿色消费怎么推广"], terms=_terms, home=lambda _: home)
    assert [term.word for term in asked.carried] == ["绿色消费"]
    assert asked.after == "绿色消费怎么推广"
    apart = resolve("用什么方式来激励", ["绿色贷款多少"], terms=_terms, home=lambda _: passage("plan#10", "绿色贷款"))
    assert apart.carried == ()


def test_a_subject_of_the_same_make_needs_nothing_lent() -> None:
    asked = resolve("楼宇集聚区呢", ["能源集聚区在哪"], terms=_terms)
    assert asked.carried == ()
    assert asked.after == "能源集聚区在哪"


def test_no_hits_stay_no_hits() -> None:
    assert nearer_home([], passage("plan#1", "x"), None) == []  # type: ignore[arg-type]


# -- spelling by sound ------------------------------------------------------------------------------------------------

KNOWN = stretches(["绿色贷款", "绿色商场", "山城步道", "高新技术", "商场示范", "出租车"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("绿色代款余额", "绿色贷款余额"),
        ("绿色伤场几家", "绿色商场几家"),
        ("高薪技术企业", "高新技术企业"),
        ("山成步道", "山城步道"),
        ("出祖车多少", "出租车多少"),
        ("绿色商场是哪一家", "绿色商场是哪一家"),  # 是 sounds like 示 and belongs to the next word
        ("绿色贷款", "绿色贷款"),
        ("明天天气", "明天天气"),
    ],
)
def test_a_stretch_is_mended_by_sound(typed: str, meant: str) -> None:
    assert mended(typed, KNOWN) == meant


@given(st.text(alphabet="绿色贷款商场步道示范是哪家的", max_size=12))
def test_mending_keeps_the_length_and_mends_once(text: str) -> None:
    once = mended(text, KNOWN)
    assert len(once) == len(text)
    assert all(word in once for word in ("绿色贷款", "绿色商场") if word in text)


@pytest.mark.parametrize(
    ("word", "same"),
    [("centres", "center"), ("utilisation", "utilization"), ("cities", "city"), ("towers", "tower"), ("bus", "bus")],
)
def test_english_words_without_what_only_spelling_changes(word: str, same: str) -> None:
    assert stem(word) == same == stem(same)


# -- numbers ----------------------------------------------------------------------------------------------------------


def test_the_background_is_what_other_sections_are_like() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32)
    found = leave_one_out(vectors, [0, 0, 1, 2])
    best = [0.6, 0.6, 0.8, 0.8]  # never the twin in the same section
    assert found.mean == pytest.approx(np.mean(best), abs=1e-4)
    assert found.standing(found.mean + found.spread) == pytest.approx(1.0)
    assert leave_one_out(vectors, [0, 0, 0, 0]) is UNKNOWN


def test_a_fit_tells_apart_what_can_be_told_apart_and_is_the_same_every_time() -> None:
    random = np.random.default_rng(1)
    rows = random.normal(size=(200, 3))
    labels = (rows[:, 0] > 0.3).astype(float)
    weights = fit_logistic(rows, labels, penalty=0.001, counts=balanced(labels))
    scores = rows @ weights[:-1] + weights[-1]
    assert ((scores > 0) == (labels == 1)).mean() > 0.95
    assert abs(weights[0]) > 10 * abs(weights[1:3]).max()
    assert (weights == fit_logistic(rows, labels, penalty=0.001, counts=balanced(labels))).all()
    unseen = held_out(rows, labels, penalty=0.001, counts=balanced(labels))
    assert ((unseen > 0) == (labels == 1)).mean() > 0.9


def test_a_held_out_score_knows_nothing_of_its_own_label() -> None:
    random = np.random.default_rng(2)
    rows, labels = random.normal(size=(300, 2)), random.integers(0, 2, 300).astype(float)
    unseen = held_out(rows, labels, penalty=0.001, counts=balanced(labels))
    assert 0.35 < ((unseen > 0) == (labels == 1)).mean() < 0.65
