"""What a version keeps to judge likeness by, and what the ear that hears a question's topic was and was not told."""

import json
from pathlib import Path

import numpy as np
import pytest

from bot import calibration
from bot.evaluation import FOLDER
from knowledge import queries
from knowledge.models import Version
from knowledge.retrieval import kinship
from knowledge.retrieval.embedder import NAME

pytest_plugins = ["tests.shelf"]


@pytest.mark.django_db
def test_a_version_keeps_its_background(shelf: None) -> None:
    kept = Version.objects.get(pk=queries.active_version()).background
    background = queries.library().background
    assert kept == {"mean": background.mean, "spread": background.spread, "curve": list(background.curve)}
    assert background.curve == tuple(sorted(background.curve))
    assert background.curve[0] < background.mean < background.curve[-1]


@pytest.mark.django_db
@pytest.mark.parametrize(("question", "ours"), [("垃圾分类要做到什么程度", True), ("明天会下雨吗", False)])
def test_the_ear_tells_the_documents_questions_from_foreign_ones(shelf: None, question: str, ours: bool) -> None:
    assert (queries.passages_for(question).kinship > 0) is ours


def test_the_ear_is_silent_beside_another_embedding_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = np.full(3, 2.0, dtype=np.float32)
    monkeypatch.setattr(kinship, "FILE", tmp_path / "ear.json")
    kinship.keep(kinship=(weights, 0.5))
    try:
        assert kinship.kinship(np.ones(3, dtype=np.float32)) == pytest.approx(6.5)
        kept = json.loads(kinship.FILE.read_text())
        kinship.FILE.write_text(json.dumps({**kept, "embedder": f"not {NAME}"}))
        kinship._ears.cache_clear()
        assert kinship.kinship(weights) == 0.0
    finally:
        kinship._ears.cache_clear()


def test_nothing_is_learned_from_the_unread_questions() -> None:
    lines = (FOLDER / "broad" / "answerable.jsonl").read_text(encoding="utf-8").splitlines()
    rows = map(json.loads, lines)
    unread = {(row["question"], tuple(row["history"])) for row in rows if row["split"] == "test"}
    learned = {(case.question, case.history) for case in calibration.learnable()}
    assert len(learned) > 500
    assert not learned & unread
