"""Words: normalising, content words, mistyped ones, places that a question names, and both engines' arithmetic."""

import numpy as np
import pytest

from knowledge import lexicon
from knowledge.retrieval.words import cut
from knowledge.rules.bm25 import BM25, grams
from knowledge.rules.fusion import fuse, spread
from knowledge.rules.references import about_plan, named_sections, numeral
from knowledge.rules.sounds import respelled, sound_alike
from knowledge.rules.terms import Term, is_english, terms_of


def words(question: str) -> list[str]:
    known = lexicon.load()
    return [term.word for term in terms_of(known.normalise(question), known, cut)]


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("綠色貸款餘額", "绿色贷款余额"),
        ("ＧＤＰ　能耗", "gdp 能耗"),
        ("绿\u200b色\u202e", "绿色"),
        ("  绿色\n建筑 ", "绿色 建筑"),
        ("45％", "45%"),
    ],
)
def test_normalising(raw: str, plain: str) -> None:
    assert lexicon.load().normalise(raw) == plain


def test_content_words_leave_out_what_only_asks() -> None:
    assert words("请问生活垃圾回收利用率要达到多少？") == ["生活垃圾", "回收利用率"]
    assert words("多少？") == []
    assert words("你是谁？") == []


def test_words_lead_to_what_documents_say() -> None:
    known = lexicon.load()
    (term,) = terms_of("地铁", known, cut)
    assert term.found_in("轨道交通便捷换乘") == 1.0
    assert terms_of("green loans", known, cut)[0].found_in("绿色贷款余额达1800亿元") == 1.0


def test_words_of_the_same_meaning_count_once() -> None:
    assert len(words("小孩上小学")) == 1


def test_a_green_hospital_is_not_any_hospital() -> None:
    (term,) = (t for t in terms_of("绿色医院", lexicon.load(), cut))
    assert term.found_in("探索推行环境医院试点") < 1.0


def test_part_of_a_long_word_is_worth_part() -> None:
    assert Term("环境监测站").found_in("环境监测服务") == pytest.approx(0.7 * 3 / 4)
    assert Term("医院").found_in("学院") == 0.0


@pytest.mark.parametrize(
    ("text", "english"),
    [("what is the target", True), ("reits怎么用", False), ("gdp", True), ("绿色", False), ("45%", False)],
)
def test_language(text: str, english: bool) -> None:
    assert is_english(text) is english


@pytest.mark.parametrize(
    ("typed", "meant"), [("代款", "贷款"), ("拉圾", "垃圾"), ("公圆", "公园"), ("装陪式", "装配式")]
)
def test_mistyped_by_sound(typed: str, meant: str) -> None:
    assert respelled(typed, {"贷款", "垃圾", "公园", "装配式", "债券"}) == (meant,)


def test_other_words_are_not_taken_for_mistyped() -> None:
    assert not sound_alike("江", "绿")
    assert respelled("债卷宗", {"债券"}) == ()
    assert respelled("核电站", {"充电站", "加氢站"}) == ()


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        ("第13条讲什么", {13}),
        ("第二十五条", {25}),
        ("第十条和第8项", {10, 8}),
        ("专栏2", {102}),
        ("item 7", {7}),
        ("发展目标", {0}),
        ("绿色建筑", set()),
    ],
)
def test_sections_that_a_question_names(text: str, sections: set[int]) -> None:
    assert named_sections(text) == sections


def test_numerals_and_what_is_about_the_plan() -> None:
    assert [numeral(text) for text in ("十", "十三", "二十", "三十", "7")] == [10, 13, 20, 30, 7]
    assert about_plan("绿色金融由谁牵头")
    assert not about_plan("怎么拿积分")


def test_grams_are_characters_pairs_and_latin_words() -> None:
    assert grams("绿色GDP 45%") == ["绿", "色", "绿色", "GDP", "45%"]


def test_bm25_prefers_rare_words_and_short_documents() -> None:
    index = BM25([["a", "b"], ["a", "a", "b", "c"], ["a"]])
    scores = index.scores(["c"])
    assert scores.argmax() == 1
    assert scores[0] == scores[2] == 0
    assert index.scores(["a"])[2] > index.scores(["a"])[0]
    assert BM25([]).scores(["a"]).size == 0


def test_what_a_document_shares_is_never_more_than_its_mass() -> None:
    index = BM25([["a", "b", "a"], ["b"], []])
    assert index.mass.tolist() == pytest.approx([index.idf("a") + index.idf("b"), index.idf("b"), 0.0])
    assert index.shared(["a", "b", "unheard"]).tolist() == index.mass.tolist()
    assert index.idf("unheard") > index.idf("a") > index.idf("b")


def test_fusion_is_a_weighted_sum_of_spread_scores() -> None:
    dense, lexical = np.array([0.8, 0.9], np.float32), np.array([3.0, 1.0], np.float32)
    assert fuse(dense, lexical, 0.6).tolist() == pytest.approx([0.4, 0.6])
    assert fuse(None, lexical).tolist() == pytest.approx([1.0, 0.0])
    assert spread(np.array([2.0, 2.0], np.float32)).tolist() == [0.0, 0.0]
