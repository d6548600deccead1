"""`manage.py search_knowledge --jsonl`: what the retriever finds, for measuring and for the curious."""

import json
import sys
import time
from typing import Any

from django.core.management.base import CommandError, CommandParser

from backend.core import commands as core
from knowledge import queries
from knowledge.management.lines import Line, answer_lines
from knowledge.management.ready import ensure_ready


class Command(core.Command):
    help = "Search the documents: JSON lines {id, question} in, {id, hits, ms} out; or one question."
    examples = """
  echo '{"id": 1, "question": "绿色贷款余额目标"}' | manage.py search_knowledge --jsonl
  manage.py search_knowledge "山城步道"
"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("question", nargs="?", help="one question; without it use --jsonl")
        parser.add_argument("--jsonl", action="store_true", help="read JSON lines from stdin")
        parser.add_argument("--limit", type=int, default=10, help="hits for each question (default 10)")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["question"]) == options["jsonl"]:
            raise CommandError("Give one question or --jsonl. See --help for examples.")
        ensure_ready()
        source = sys.stdin if options["jsonl"] else [json.dumps({"id": 1, "question": options["question"]})]
        try:
            answer_lines(source, sys.stdout, lambda line: _hits(line, options["limit"]))
        except ValueError as wrong:
            raise CommandError(str(wrong)) from wrong


def _hits(line: Line, limit: int) -> Line:
    started = time.perf_counter()
    hits = queries.sections_for(str(line.get("question", "")), limit=limit)
    return {
        "id": line.get("id"),
        "hits": [
            {
                "document": hit.passage.document,
                "section": hit.passage.section,
                "score": round(hit.score, 4),
                "text": hit.passage.text,
            }
            for hit in hits
        ],
        "ms": round(1000 * (time.perf_counter() - started), 2),
    }
