"""The broad set: its gold stands in the documents, its splits are kept apart, and its unread part has a floor."""

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from bot import evaluation
from bot.evaluation import FOLDER
from bot.rules.measures import Case, Expects, Said, right_places, says
from knowledge.ingestion.sources import read_corpus

pytest_plugins = ["tests.shelf"]
BROAD, PLAIN = FOLDER / "broad", FOLDER / "plain"
UNREAD = "test"


def rows(name: str, folder: Path = BROAD) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def folded(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).lower()


@pytest.mark.parametrize("folder", [BROAD, PLAIN], ids=["broad", "plain"])
def test_every_gold_word_stands_in_the_documents(folder: Path) -> None:
    corpus = folded("".join(source.text for source in read_corpus()))
    for row in rows("answerable", folder):
        for ways in row["must"]:
            assert any(folded(way) in corpus for way in ways), row["question"]


def test_nothing_is_asked_twice_and_no_split_is_empty() -> None:
    everything = rows("answerable") + rows("refuse") + rows("refuse_foreign")
    asked = [(row["question"], tuple(row["history"])) for row in everything]
    assert len(set(asked)) == len(asked)
    assert len({row["id"] for row in everything}) == len(everything)
    assert {row["split"] for row in rows("answerable")} == {"tune", "second", UNREAD}
    assert {row["split"] for row in rows("refuse")} == {"tune", "second", UNREAD}


@pytest.fixture
def unread(shelf: None) -> list[tuple[Case, Said]]:
    return [(case, evaluation.asked(case)) for case in evaluation.cases(BROAD, UNREAD)]


@pytest.mark.django_db
def test_the_unread_part_stays_above_its_floor(unread: list[tuple[Case, Said]]) -> None:
    answerable = [(case, said) for case, said in unread if case.expects is Expects.ANSWER]
    refused = [said.refused for case, said in unread if case.expects is Expects.REFUSAL]
    first = [any(right_places(case, said.places[:1])) for case, said in answerable]
    assert sum(says(case, said) for case, said in answerable) / len(answerable) >= 0.87
    assert sum(first) / len(first) >= 0.87
    assert sum(refused) / len(refused) >= 0.90
    assert sum(said.refused for _, said in answerable) / len(answerable) <= 0.07
