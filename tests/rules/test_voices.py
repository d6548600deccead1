"""What questions asked before say to a new one."""

from bot.rules.voices import heard
from bot.types import Asks
from knowledge.types import Asked, Echo


def echo(text: str, likeness: float, *passages: str, missing: str = "") -> Echo:
    return Echo(Asked(text, "原文", missing), text, likeness, passages)


def test_silence() -> None:
    voices = heard((), Asks.WHAT)
    assert (voices.answered, voices.unanswered, voices.doubt, voices.denial) == (0.0, 0.0, 0.0, "")


def test_the_nearest_question_speaks_for_its_sentence_and_section() -> None:
    voices = heard((echo("积分有多少", 0.8, "a#1.2"), echo("积分怎么用", 0.6, "a#1.2", "a#1.0")), Asks.FIGURE)
    assert dict(voices.by_passage) == {"a#1.2": 0.8, "a#1.0": 0.6}
    assert dict(voices.by_section) == {"a#1": 0.8}
    assert dict(voices.of_kind) == {"a#1.2": 0.8}
    assert voices.doubt == 0.0


def test_questions_without_an_answer_raise_doubt_and_speak_for_no_place() -> None:
    voices = heard((echo("哪家店", 0.6, "a#1.0", missing="没有列店名"), echo("几家店", 0.6, "a#1.0")), Asks.FIGURE)
    assert (voices.unanswered, voices.doubt) == (0.6, 0.5)
    assert dict(voices.by_passage) == {"a#1.0": 0.6}
    assert voices.denial == ""


def test_only_nearly_the_same_question_of_the_same_kind_denies() -> None:
    without = echo("碳惠通的电话是多少", 0.9, missing="没有写电话")
    assert heard((without,), Asks.CONTACT).denial == "没有写电话"
    assert heard((without,), Asks.FIGURE).denial == ""
    assert heard((without, echo("碳惠通的热线有吗", 0.88, "a#1.0")), Asks.CONTACT).denial == ""
