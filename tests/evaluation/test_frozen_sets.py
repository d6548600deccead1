"""The frozen questions are themselves in order: their gold stands in the documents, and nothing is asked twice."""

import pytest

from knowledge.ingestion.sources import read_corpus
from tests.evaluation.frozen import Case, cases

ALL = list(cases())


def test_there_are_enough_of_each() -> None:
    sizes = {
        split: tuple(
            sum(case["must_answer"] is kind for case in ALL if case["split"] == split) for kind in (True, False)
        )
        for split in ("tune", "test", "later")
    }
    assert all(answerable >= 70 and refusals >= 40 for answerable, refusals in sizes.values()), sizes


def test_no_question_is_asked_twice() -> None:
    asked = [(case["question"], tuple(case["history"])) for case in ALL]
    assert len(set(asked)) == len(asked)
    assert len({case["id"] for case in ALL}) == len(ALL)


@pytest.mark.parametrize("case", [case for case in ALL if case["must_answer"]], ids=lambda case: case["id"])
def test_gold_stands_in_the_documents(case: Case) -> None:
    texts = {source.key: source.text for source in read_corpus()}
    places = case["places"]
    assert case["kind"] == "chat" or places
    assert not places or any(case["anchor"] in texts[place["document"]] for place in places)
