"""`manage.py sort_waste --jsonl`: one thing a line in, one verdict a line out, as they come."""

import json
import sys
from argparse import ArgumentParser
from typing import IO, Any

from django.core.management.base import CommandError

from backend.core import commands as core
from knowledge.waste import queries

_MOST_LINE_CHARS = 10_000


class Command(core.Command):
    help = (
        "Says where things are thrown away. Needs no database.\n\n"
        'stdin lines {"id", "item"} → stdout lines {"id", "item", "category", "confidence", "advice"}'
    )
    examples = """
  echo '{"id": 1, "item": "大骨头"}' | manage.py sort_waste --jsonl
  manage.py sort_waste 大骨头 充电宝
"""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--jsonl", action="store_true", help="JSON lines in and out")
        parser.add_argument("items", nargs="*", help="things to look up, instead of standard input")

    def handle(self, *args: Any, items: list[str], jsonl: bool, **options: Any) -> None:
        if items:
            self._print_for_people(items)
        elif jsonl:
            self._stream(sys.stdin)
        else:
            raise CommandError("Name a thing, or pass --jsonl and write lines to standard input.")

    def _print_for_people(self, items: list[str]) -> None:
        for item in items:
            for verdict in queries.sort(item).verdicts:
                self.stdout.write(
                    f"{verdict.item}: {verdict.category.zh} ({verdict.confidence:.2f}) {verdict.advice.zh}"
                )

    def _stream(self, lines: IO[str]) -> None:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                self.stdout.write(json.dumps(_answer(line, number), ensure_ascii=False))
                self.stdout.flush()


def _answer(line: str, number: int) -> dict[str, Any]:
    asked = _read(line, number)
    verdict = queries.sort(asked["item"]).first
    return {
        "id": asked.get("id"),
        "item": asked["item"],
        "category": verdict.category.value,
        "confidence": verdict.confidence,
        "advice": verdict.advice.zh,
    }


def _read(line: str, number: int) -> dict[str, Any]:
    try:
        asked = json.loads(line[:_MOST_LINE_CHARS])
    except ValueError as wrong:
        raise CommandError(f"line {number} is not JSON") from wrong
    if not isinstance(asked, dict) or not isinstance(asked.get("item"), str):
        raise CommandError(f'line {number} has no text "item"')
    return asked
