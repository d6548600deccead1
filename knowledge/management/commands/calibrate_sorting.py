"""`manage.py calibrate_sorting`: teach the guesser, and learn by cross-validation what its scores are worth."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from knowledge.waste import catalogue
from knowledge.waste.rules.guessing import calibrate
from knowledge.waste.rules.learning import learn, outcomes

RIGHT_AT_THRESHOLD = 0.5  # under this share of right guesses the answer is "not sure"


class Command(BaseCommand):
    help = (
        "Teaches the guesser the catalogue, cross-validates it, stores its weights and its curve. A minute; run it "
        "after the catalogue changed.\n\n"
        "Example:\n  manage.py calibrate_sorting"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="print the curve, store nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        results = outcomes(catalogue.examples())
        curve = calibrate(results, wanted=RIGHT_AT_THRESHOLD)
        right = sum(ok for _, ok in results) / len(results)
        self.stdout.write(f"{len(results)} names, {right:.1%} right when always answering")
        for floor in (curve.threshold, 0.5, 0.7, 0.9, 0.99):
            answered = [ok for score, ok in results if score >= floor]
            share = len(answered) / len(results)
            self.stdout.write(
                f"score ≥ {floor:.3f}: {share:.1%} answered, {sum(answered) / len(answered):.1%} of them right"
            )
        if not dry_run:
            self.stdout.write(f"stored in {catalogue.write_guesser(learn(catalogue.examples()).weights).name}")
            self.stdout.write(f"stored in {catalogue.write_calibration(curve).name}")
