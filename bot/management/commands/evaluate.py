"""`manage.py evaluate`: frozen questions on the very code path of the doors, with intervals, beside two baselines."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bot import evaluation
from bot.rules.measures import Case, Expects, Said, Share, holds_nothing_forbidden, measured, says, share
from knowledge.management.ready import ensure_ready

Pairs = Sequence[tuple[Case, Said]]
_WHAT_COUNTS = {
    Expects.ANSWER: says,
    Expects.REFUSAL: lambda _, said: said.refused,
    Expects.SAFETY: holds_nothing_forbidden,
    Expects.SORTING: says,
}


class Command(BaseCommand):
    help = "Measure the assistant on folders of frozen questions (*.jsonl), beside two plain baselines."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=evaluation.FOLDER, help="folder of *.jsonl")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was measured here")
        parser.add_argument("--misses", action="store_true", help="print the questions that went wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        cases = list(evaluation.cases(options["folder"]))
        if not cases:
            raise CommandError(f"No questions in {options['folder']}: *.jsonl files are expected.")
        ensure_ready()
        evaluation.asked(cases[0])  # models and lexicons load with the first question
        engines = {"assistant": evaluation.asked, **evaluation.baselines()}
        runs = {name: evaluation.run(engine, cases) for name, engine in engines.items()}
        for name, pairs in runs.items():
            self._table(name, pairs)
        self._by_kind(runs["assistant"])
        if options["misses"]:
            self._misses(runs["assistant"])
        if options["json"]:
            report = {name: _report(pairs) for name, pairs in runs.items()}
            options["json"].write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def _table(self, name: str, pairs: Pairs) -> None:
        self.stdout.write(f"\n{name}")
        for measure, found in measured(pairs).items():
            if found is not None:
                self.stdout.write(f"  {measure:<26}{_shown(found)}")
        p50, p95 = _latency(pairs)
        self.stdout.write(f"  {'latency ms':<26}p50 {p50:.1f}, p95 {p95:.1f}")

    def _by_kind(self, pairs: Pairs) -> None:
        self.stdout.write("\nassistant, right by kind")
        for kind, found in _kinds(pairs).items():
            self.stdout.write(f"  {kind:<26}{_shown(found)}")

    def _misses(self, pairs: Pairs) -> None:
        self.stdout.write("\nmissed")
        for case, said in pairs:
            if not _WHAT_COUNTS[case.expects](case, said):
                self.stdout.write(f"  [{case.expects}/{case.kind}] {case.question}\n    -> {said.text}")


def _kinds(pairs: Pairs) -> dict[str, Share]:
    """By kind the share of cases that went as each should."""
    right: dict[str, list[bool]] = {}
    for case, said in pairs:
        right.setdefault(f"{case.expects}/{case.kind}", []).append(_WHAT_COUNTS[case.expects](case, said))
    return {kind: found for kind in sorted(right) if (found := share(right[kind])) is not None}


def _latency(pairs: Pairs) -> tuple[float, float]:
    p50, p95 = np.percentile([said.ms for _, said in pairs], [50, 95])
    return float(p50), float(p95)


def _shown(found: Share) -> str:
    return f"{found.share:.3f}  [{found.low:.3f}, {found.high:.3f}]  n={found.count}"


def _report(pairs: Pairs) -> dict[str, Any]:
    p50, p95 = _latency(pairs)
    return {
        "measures": {name: asdict(found) for name, found in measured(pairs).items() if found is not None},
        "kinds": {kind: asdict(found) for kind, found in _kinds(pairs).items()},
        "latency_ms": {"p50": p50, "p95": p95},
    }
