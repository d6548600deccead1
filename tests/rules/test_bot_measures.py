"""The judge of the frozen questions, judged."""

import pytest

from bot.evaluation import CHUNK_CHARS, split
from bot.rules.measures import Case, Expects, Said, case_of, measured, says, share


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
    found = {name: got.share for name, got in measured(pairs).items() if got is not None}
    assert found == {
        "says what it must": 1,
        "figures exact": 1,
        "right place cited": 1,
        "right place cited first": 1,
        "citation precision": 0.5,
        "recall@1": 0,
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


def test_the_splitter_loses_no_text_and_cuts_small() -> None:
    text = "。".join(f"第{number}句" + "字" * (number % 90) for number in range(200)) + "\n\n" + "长" * 1200
    chunks = split(text)
    assert all(len(chunk) <= CHUNK_CHARS and text[at : at + len(chunk)] == chunk for at, chunk in chunks)
    covered = {place for at, chunk in chunks for place in range(at, at + len(chunk))}
    assert all(place in covered for place, character in enumerate(text) if character.strip())
