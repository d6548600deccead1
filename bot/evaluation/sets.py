"""The folders of frozen questions, and which of their questions nobody may read.

A folder says it in `held_out.txt`, in one of the words of `HeldOut`. A folder of this project that says nothing is held
out whole, since a question that was read once can never be unread.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

import knowledge as package
from bot.rules.measures import Case, case_of
from knowledge.waste.types import Category

FOLDER = Path(package.__file__).resolve().parent / "evaluation"
_FILE = "held_out.txt"


class HeldOut(StrEnum):
    """Which questions of a folder are measured only."""

    NOTHING = "nothing"
    EVERYTHING = "everything"
    TEST_SPLIT = "split test"
    ODD_IDS = "odd ids"  # by the SHA-256 of `id`

    def holds(self, case: Case) -> bool:
        if self is HeldOut.TEST_SPLIT:
            return case.split == "test"
        if self is HeldOut.ODD_IDS:
            return int(sha256(case.id.encode()).hexdigest(), 16) % 2 == 1
        return self is HeldOut.EVERYTHING


def held_out(folder: Path) -> HeldOut:
    """What a folder says; raises ValueError for words that mean nothing here."""
    file = folder / _FILE
    if file.exists():
        return HeldOut(file.read_text(encoding="utf-8").strip())
    ours = FOLDER in (folder.resolve(), *folder.resolve().parents)
    return HeldOut.EVERYTHING if ours else HeldOut.NOTHING


def cases(folder: Path, split: str | None = None) -> Iterator[Case]:
    """The questions of all `*.jsonl` in a folder, or of one split; the file's name says what they are there to show.

    A set without splits that is held out in part has the splits `read` and `unread`.
    """
    rule = held_out(folder)
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                case = _marked(_with_categories(case_of(json.loads(line), path.stem)), rule)
                if split in (None, case.split):
                    yield case


def _marked(case: Case, rule: HeldOut) -> Case:
    held = rule.holds(case)
    named = ("unread" if held else "read") if rule is HeldOut.ODD_IDS else case.split
    return replace(case, held_out=held, split=named)


def _with_categories(case: Case) -> Case:
    """A right sorting answer rules one of the accepted classes, in the words of a ruling; advice may name others."""
    accepted = [Category(category) for category in case.categories]
    ways = [way for category in accepted for way in (f"属于{category.zh.split('（')[0]}", f": {category.en}")]
    ways += ["不确定属于", "not sure"] if Category.UNKNOWN in accepted else []
    return replace(case, must=(tuple(ways),)) if ways else case
