"""The frozen questions of `knowledge/evaluation/`, and what a right answer to each is."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.types import Answer

FOLDER = Path(__file__).resolve().parents[2] / "knowledge" / "evaluation"
Case = dict[str, Any]


def cases(split: str | None = None) -> Iterator[Case]:
    """All questions, or those of one split (see the README beside them)."""
    for name, must_answer in (("answerable", True), ("refusals", False)):
        for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            if split in (None, case["split"]):
                yield {**case, "must_answer": must_answer}


def says_it(case: Case, answer: Answer) -> bool:
    """Whether the answer holds every word or figure that a right one must."""
    return not answer.refused and all(words in answer.text for words in case["must_say"])


def cites_it(case: Case, answer: Answer) -> bool:
    """Whether a citation stands in one of the right places; chat needs none."""
    wanted = {(place["document"], place["section"]) for place in case["places"]}
    return not wanted or any((c.document, c.section) in wanted for c in answer.citations)


def cites_it_first(case: Case, answer: Answer) -> bool:
    """Whether the best citation is a right one."""
    wanted = {(place["document"], place["section"]) for place in case["places"]}
    first = answer.citations[:1]
    return not wanted or any((c.document, c.section) in wanted for c in first)
