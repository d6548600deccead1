"""How well unseen things are guessed, on our own catalogue, and the development sample where it lies beside us."""

import csv
from pathlib import Path

import pytest

from knowledge.management.commands.calibrate_sorting import RIGHT_AT_THRESHOLD
from knowledge.waste import catalogue, queries
from knowledge.waste.rules.guessing import calibrate, outcomes

SAMPLE = Path(__file__).resolve().parents[2].parent / "shared" / "eval" / "waste_items_dev.tsv"


@pytest.fixture(scope="module")
def results():
    return outcomes(catalogue.examples())


def test_cross_validated_accuracy_holds(results):
    """Blocks of neighbours are held out together, so this is harder than a random split."""
    assert sum(right for _, right in results) / len(results) >= 0.71


def test_what_is_answered_is_right_more_often_than_what_is_not(results):
    threshold = catalogue.calibration().threshold
    answered = [right for score, right in results if score >= threshold]
    silent = [right for score, right in results if score < threshold]
    assert len(answered) / len(results) >= 0.85
    assert sum(answered) / len(answered) >= 0.75
    assert sum(silent) / len(silent) <= RIGHT_AT_THRESHOLD


def test_the_stored_curve_belongs_to_this_catalogue(results):
    """After a change of the catalogue: manage.py calibrate_sorting."""
    assert catalogue.calibration() == calibrate(results, wanted=RIGHT_AT_THRESHOLD)


def test_confidence_is_what_it_says(results):
    curve = catalogue.calibration()
    told = sum(curve.confidence(score) for score, _ in results) / len(results)
    assert told == pytest.approx(sum(right for _, right in results) / len(results), abs=0.03)


@pytest.mark.skipif(not SAMPLE.is_file(), reason="the development sample is not beside this repository")
def test_the_development_sample_is_sorted():
    """Counts only: the sample is for measuring, and a failure must not print what it holds."""
    right, size = _right_in_sample()
    assert size == 400
    assert right / size >= 0.85


def _right_in_sample():
    with SAMPLE.open(encoding="utf-8") as lines:
        sample = list(csv.DictReader(lines, delimiter="\t"))
    return sum(queries.sort(row["item"]).first.category == row["category"] for row in sample), len(sample)
