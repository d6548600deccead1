"""Reads a file of a partner's events (JSON lines), however long, in bounded memory."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from typing import IO, Any

from django.core.management.base import CommandError
from django.db import transaction

from backend.core import clock
from backend.core.commands import Command as Base
from backend.core.errors import NotFound
from backend.travel import queries, services
from backend.travel.models import Partner
from backend.travel.rules.rides import MOST_EVENTS
from backend.travel.types import Recorded

MOST_LINE_BYTES = 4096  # a longer line is read to its end and refused
_TELL_EVERY = 5_000
Line = tuple[int, bytes | None]


class Command(Base):
    help = "Records a file of a partner's events, one JSON object a line. Running it again changes nothing."
    examples = """
  manage.py ingest_events rides.ndjson --partner metro
  gunzip -c rides.ndjson.gz | manage.py ingest_events - --partner metro > refused.ndjson

What was refused goes to stdout, one JSON object a line with its line number and why; progress goes to stderr.
The rides are counted for the people who linked their accounts at the end, or later by upkeep (--record-only)."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="JSON lines; - reads stdin")
        parser.add_argument("--partner", required=True, help="its code")
        parser.add_argument("--record-only", action="store_true", help="leave the counting to upkeep")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            partner = queries.partner(options["partner"])
        except NotFound:
            raise CommandError(f"no partner {options['partner']!r}") from None
        with ExitStack() as stack:
            source = sys.stdin.buffer if options["file"] == "-" else stack.enter_context(_opened(options["file"]))
            recorded, refused = self._record(partner, source)
        self.stderr.write(f"recorded {recorded:,}, refused {refused:,}")
        if not options["record_only"]:
            self.stderr.write(f"counted for riders: {self._settle():,}")

    def _record(self, partner: Partner, source: IO[bytes]) -> tuple[int, int]:
        recorded = refused = 0
        lines = _lines(source)
        while chunk := list(islice(lines, MOST_EVENTS)):
            for (number, _), each in zip(chunk, _recorded(partner, chunk), strict=True):
                recorded += each.refusal is None
                if each.refusal is not None:
                    refused += 1
                    why = {"line": number, "reference": each.reference, "why": str(each.refusal)}
                    self.stdout.write(json.dumps(why, ensure_ascii=False))
            if (recorded + refused) % _TELL_EVERY == 0:
                self.stderr.write(f"{recorded + refused:,} events …")
        return recorded, refused

    def _settle(self) -> int:
        total = 0
        while done := _settle_one():
            total += done
        return total


def _recorded(partner: Partner, chunk: list[Line]) -> list[Recorded]:
    with transaction.atomic(durable=True):
        events = [_parsed(line) for _, line in chunk]
        return services.record_rides(partner=partner, events=events, now=clock.now())


def _settle_one() -> int:
    with transaction.atomic(durable=True):
        return services.settle_due(now=clock.now())


def _opened(path: str) -> IO[bytes]:
    try:
        return open(path, "rb")
    except OSError as wrong:
        raise CommandError(f"cannot read {path}: {wrong.strerror}") from None


def _lines(source: IO[bytes]) -> Iterator[Line]:
    """Numbered lines that are not blank; None for one too long, of which no more than the limit is ever held."""
    number = 0
    while line := source.readline(MOST_LINE_BYTES + 1):
        number += 1
        if len(line) <= MOST_LINE_BYTES:
            if line.strip():
                yield number, line
            continue
        while not line.endswith(b"\n") and (line := source.readline(MOST_LINE_BYTES)):
            pass
        yield number, None


def _parsed(line: bytes | None) -> object:
    try:
        return json.loads(line) if line is not None else None
    except (ValueError, RecursionError):
        return None
