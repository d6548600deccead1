"""`manage.py ask --jsonl`: the assistant on the command line, on the very code path of the doors."""

import sys
import time
from typing import Any

from django.core.management.base import CommandError, CommandParser

from backend.core import commands as core
from bot import asking, services
from knowledge.management.lines import Line, answer_lines
from knowledge.management.ready import ensure_ready


class Command(core.Command):
    help = "Ask the assistant: JSON lines {id, question, history} in, {id, answer, refused, citations, ms} out."
    examples = """
  echo '{"id": 1, "question": "那由谁负责？", "history": ["绿色贷款余额目标是多少？"]}' | manage.py ask --jsonl
  manage.py ask "生活垃圾回收利用率要达到多少？"
"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("question", nargs="?", help="one question; without it use --jsonl")
        parser.add_argument("--jsonl", action="store_true", help="read JSON lines from stdin")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["question"]) == options["jsonl"]:
            raise CommandError("Give one question or --jsonl. See --help for examples.")
        ensure_ready()
        if options["question"]:
            self._one(options["question"])
            return
        try:
            answer_lines(sys.stdin, sys.stdout, _answered)
        except ValueError as wrong:
            raise CommandError(str(wrong)) from wrong

    def _one(self, question: str) -> None:
        """For people: the answer and its places."""
        answer = services.answer(question=question)
        self.stdout.write(answer.text)
        for citation in answer.citations:
            self.stdout.write(f"  [{citation.section}] {citation.title}: {citation.quote}")


def _answered(line: Line) -> Line:
    started = time.perf_counter()
    history = line.get("history") or []
    earlier = [str(asked) for asked in history] if isinstance(history, list) else []
    answer = services.answer(question=str(line.get("question", "")), history=earlier)
    return {
        "id": line.get("id"),
        "answer": answer.text,
        "refused": answer.refused,
        "status": answer.status.value,
        "citations": [asking.citation_body(citation) for citation in answer.citations],
        "ms": round(1000 * (time.perf_counter() - started), 2),
    }
