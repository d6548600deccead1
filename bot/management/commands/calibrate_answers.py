"""`manage.py calibrate_answers`: fit on the frozen questions what decides whether to answer."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from backend.core import commands as core
from bot import calibration
from knowledge import queries as knowledge
from knowledge.management.ready import ensure_ready
from knowledge.retrieval import kinship, shipped
from knowledge.retrieval.embedder import embedder
from knowledge.rules.fitting import Floats
from knowledge.types import Vector


class Command(core.Command):
    help = (
        "Fits the ears and the beliefs that let a sentence answer, shows by cross-validation what each threshold\n"
        "would answer and refuse, and stores the ears. The beliefs' weights are printed: they stand in\n"
        "bot/rules/evidence.py."
    )
    examples = "\n  manage.py calibrate_answers --dry-run\n"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="print, store nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        ensure_ready()
        engine = embedder()
        if engine is None:
            raise CommandError("No embedding model loads on this machine: there is nothing to calibrate.")
        fitted = calibration.fit(engine)
        for name, weights in (("WEIGHTS", fitted.belief), ("UNASKED_WEIGHTS", fitted.unasked_belief)):
            self.stdout.write(f"{name}, bias last:\n  " + ", ".join(f"{weight:.2f}" for weight in weights))
        for threshold in (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0):
            believed = fitted.scores > threshold
            answered, refused = believed[fitted.labels == 1].mean(), 1 - believed[fitted.labels == 0].mean()
            self.stdout.write(f"threshold {threshold:+.1f}: answered {answered:.3f}, refused {refused:.3f}")
        if not dry_run:
            kinship.keep(kinship=_ear(fitted.kinship), told=_ear(fitted.told))
            shipped.keep(knowledge.asked_vectors() | knowledge.corpus_vectors())
            self.stdout.write(f"stored in {kinship.FILE.name}, {shipped.FILE.name}")


def _ear(fitted: Floats) -> tuple[Vector, float]:
    return fitted[:-1].astype("float32"), float(fitted[-1])
