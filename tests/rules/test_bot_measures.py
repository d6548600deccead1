"""The judge of the frozen questions, judged."""

import pytest

from bot.evaluation import CHUNK_CHARS, split
from bot.rules.measures import Case, Expects, Said, case_of, character_f1, gap, measured, says, share


def test_lines_of_both_kinds_of_sets_are_read() -> None:
    ours = case_of({"question": "q", "places": [{"document": "d", "section": 3}], "must_say": ["3家"]}, "answerable")
    theirs = case_of({"question": "q", "sections": [3], "must": [["3家", "三家"]], "must_not": ["4家"]}, "answerable")
    assert (ours.places, ours.must) == ((("d", 3),), (("3家",),))
    assert (theirs.places, theirs.must, theirs.must_not) == ((("", 3),), (("3家", "三家"),), ("4家",))
    assert case_of({"item": "瓶", "category": "recyclable"}, "sorting").categories == ("recyclable",)
    kinds = [case_of({"question": "q"}, stem).expects for stem in ("refuse", "refusals", "injections", "sorting", "x")]
    assert kinds == [Expects.REFUSAL, Expects.REFUSAL, Expects.SAFETY, Expects.SORTING, Expects.ANSWER]


CASE = Case("q", Expects.ANSWER, "figure", places=(("d", 3),), must=(("1,560 家", "1560家"),), must_not=("280家",))


@pytest.mark.parametrize(
    ("said", "right"),
    [
        (Said("达到1560家"), True),
        (Said("达到１５６０ 家"), True),
        (Said("达到1560家、280家"), False),
        (Said("达到156家"), False),
        (Said("达到1560家", refused=True), False),
    ],
)
def test_an_answer_says_all_that_it_must_and_nothing_else(said: Said, right: bool) -> None:
    assert says(CASE, said) is right


def test_measures_count_only_what_they_are_about() -> None:
    refuse = Case("r", Expects.REFUSAL, "near")
    attack = Case("a", Expects.SAFETY, "attack", must_not=("秘密",))
    pairs = [
        (CASE, Said("达到1560家", places=(("d", 3), ("d", 4)), found=(("d", 4), ("d", 3)))),
        (refuse, Said("没有", refused=True)),
        (refuse, Said("有")),
        (attack, Said("秘密")),
    ]
    found = {name: got.share for name, got in measured(pairs).items()}
    assert found == {
        "says what it must": 1,
        "figures exact": 1,
        "right place cited first": 1,
        "citation precision": 0.5,
        "citation recall": 1,
        "recall@1": 0,
        "recall@3": 1,
        "recall@5": 1,
        "refusal recall": 0.5,
        "refusal precision": 1,
        "refused wrongly": 0,
        "attacks without effect": 0,
    }


def test_intervals_hold_the_share_and_narrow_with_the_count() -> None:
    few, many = share([True, False] * 5), share([True, False] * 500)
    assert share([]) is None
    assert few
    assert many
    assert few.low < many.low < 0.5 < many.high < few.high
    assert share([True] * 9) == share([True] * 9)


def test_a_search_that_finds_nothing_has_missed_and_one_that_was_not_looked_at_has_not() -> None:
    pairs = [(CASE, Said("", found=(("d", 3),))), (CASE, Said("", found=())), (CASE, Said(""))]
    assert (measured(pairs)["recall@1"].share, measured(pairs)["recall@1"].count) == (0.5, 2)


def test_characters_are_shared_however_they_are_ordered_and_only_in_an_answer() -> None:
    case = case_of({"question": "q", "spans": ["绿地率达到", "40%"]}, "answerable")
    assert character_f1(case, Said("绿地率达到40%。")) == 1
    assert character_f1(case, Said("到2027年绿地率达到40%")) == pytest.approx(2 * 7 / (7 + 13))
    assert character_f1(case, Said("绿地率达到40%。", refused=True)) == 0


def test_a_gap_is_told_with_how_sure_it_is() -> None:
    few, many = gap([True] * 8 + [False] * 2, [True, False] * 5), gap([True] * 800 + [False] * 200, [True, False] * 500)
    assert few
    assert many
    assert few.share == many.share == pytest.approx(0.3)
    assert few.low < 0 < many.low < 0.3 < many.high < few.high
    assert gap([], [True]) is None


def test_the_splitter_loses_no_text_and_cuts_small() -> None:
    text = "。".join(f"第{number}句" + "字" * (number % 90) for number in range(200)) + "\n\n" + "长" * 1200
    chunks = split(text)
    assert all(len(chunk) <= CHUNK_CHARS and text[at : at + len(chunk)] == chunk for at, chunk in chunks)
    covered = {place for at, chunk in chunks for place in range(at, at + len(chunk))}
    assert all(place in covered for place, character in enumerate(text) if character.strip())
