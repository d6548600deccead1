"""Which frozen questions may be read: what the folders say, and what holds where one says nothing."""

import json
from pathlib import Path

import pytest

from bot.evaluation import FOLDER, cases, sets
from bot.evaluation.sets import HeldOut, held_out

SAID = {
    ".": HeldOut.NOTHING,
    "broad": HeldOut.TEST_SPLIT,
    "independent": HeldOut.ODD_IDS,
    "items": HeldOut.TEST_SPLIT,
    "plain": HeldOut.TEST_SPLIT,
}


@pytest.mark.parametrize("name", SAID)
def test_each_folder_says_what_it_holds_out(name: str) -> None:
    assert held_out(FOLDER / name) is SAID[name]


def test_about_half_of_the_independent_set_is_unread() -> None:
    halves = list(cases(FOLDER / "independent"))
    unread = [case for case in halves if case.held_out]
    assert {case.split for case in unread} == {"unread"}
    assert {case.split for case in halves if not case.held_out} == {"read"}
    assert 0.45 < len(unread) / len(halves) < 0.55
    assert [case.id for case in cases(FOLDER / "independent", "unread")] == [case.id for case in unread]


@pytest.mark.parametrize(("ours", "held"), [(True, True), (False, False)])
def test_a_folder_that_says_nothing_is_held_out_if_it_is_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ours: bool, held: bool
) -> None:
    folder = tmp_path / "fresh"
    folder.mkdir()
    (folder / "refuse.jsonl").write_text(json.dumps({"question": "q"}), encoding="utf-8")
    monkeypatch.setattr(sets, "FOLDER", tmp_path if ours else tmp_path / "elsewhere")
    assert [case.held_out for case in cases(folder)] == [held]
