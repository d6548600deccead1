"""`manage.py evaluate`: frozen questions on the very code path of the doors, with intervals, beside two baselines."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from tqdm import tqdm

from backend.core import clock
from backend.core import commands as core
from bot import evaluation
from bot.evaluation import last
from bot.evaluation.page import page
from bot.evaluation.report import ASSISTANT, Report, report_of
from bot.evaluation.text import lines
from bot.rules.measures import Case
from knowledge.management.ready import ensure_ready


class Command(core.Command):
    help = (
        "Measures the assistant on a folder of frozen questions (*.jsonl), beside two plain baselines, and says what\n"
        "is better or worse than in the last run of them. Held-out questions are measured and never shown."
    )
    examples = """
  manage.py evaluate                                          the house's own sets
  manage.py evaluate --misses --html report.html              what went wrong, and a page for people
  manage.py evaluate knowledge/evaluation/broad --split test  a held-out part: shares only
  manage.py evaluate my-questions --no-baselines --json report.json

A set is a file of JSON lines whose name says what it shows: refus* must be refused, inject* must have no effect,
sorting* must be ruled as `category`, everything else must be answered. See docs/assistant.md.
"""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=evaluation.FOLDER, help="folder of *.jsonl")
        parser.add_argument("--split", help="only the questions of this split, where the set has splits")
        parser.add_argument("--no-baselines", action="store_true", help="the assistant alone; a third of the time")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was measured here")
        parser.add_argument("--html", type=Path, metavar="FILE", help="write a page for people here")
        parser.add_argument("--misses", action="store_true", help="print the questions that went wrong")
        parser.add_argument(
            "--read-held-out", action="store_true", help="show held-out questions too: they are spent by that"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = self._measured(options)
        for line in lines(report, misses=options["misses"]):
            self.stdout.write(line)
        if options["json"]:
            text = json.dumps(asdict(report), ensure_ascii=False, indent=1, default=str)
            options["json"].write_text(text + "\n", encoding="utf-8")
        if options["html"]:
            options["html"].write_text(page(report), encoding="utf-8")

    def _measured(self, options: dict[str, Any]) -> Report:
        folder, split = options["folder"], options["split"]
        cases = _cases(folder, split)
        ensure_ready()
        evaluation.asked(cases[0])  # models and lexicons load with the first question
        engines = {ASSISTANT: evaluation.asked} | ({} if options["no_baselines"] else evaluation.baselines())
        runs = {name: evaluation.run(engine, cases, partial(_bar, name)) for name, engine in engines.items()}
        now, file = clock.local(clock.now()), last.file_of(settings.DATA_DIR, folder, split)
        change = last.since_last(file, runs[ASSISTANT])
        last.keep(file, runs[ASSISTANT], now)
        return report_of(
            runs,
            folder=folder.resolve().name,
            split=split or "",
            at=now,
            change=change,
            read_held_out=options["read_held_out"],
        )


def _cases(folder: Path, split: str | None) -> list[Case]:
    try:
        found = list(evaluation.cases(folder, split))
    except ValueError as wrong:
        raise CommandError(f"The questions in {folder} cannot be read: {wrong}") from wrong
    if not found:
        raise CommandError(
            f"No questions{f' of the split {split}' if split else ''} in {folder}: *.jsonl are expected."
        )
    return found


def _bar(name: str, cases: Sequence[Case]) -> Iterable[Case]:
    shown: Iterable[Case] = tqdm(cases, desc=name, unit="question", file=sys.stderr)
    return shown
