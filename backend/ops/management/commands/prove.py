"""Re-derives what the books say and compares it with every stored figure."""

import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import connection, transaction
from django.utils.dateparse import parse_datetime
from tqdm import tqdm

from backend.core import commands as core
from backend.core.clock import ZONE
from backend.core.readiness import ensure_migrated
from backend.ledger import proof as ledger
from backend.ledger import services
from backend.ops.proof import Check, checks


class Command(core.Command):
    help = (
        "Re-derives every balance, lot, hold, budget and voucher count from the journal, in one consistent snapshot. "
        "Exit 0: all agrees. Exit 1: the disagreements are named, the first first."
    )
    examples = """
  manage.py prove
  manage.py prove --as-of 2026-06-30T18:00
  manage.py prove --against checkpoint.txt
  manage.py prove --rebuild
"""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", metavar="INSTANT", help="ask the journal up to and including this instant")
        parser.add_argument("--against", metavar="FILE", type=Path, help="a checkpoint that was kept elsewhere")
        parser.add_argument("--rebuild", action="store_true", help="first make balances and lots anew from the journal")
        parser.add_argument("--most", type=int, default=20, help="disagreements to name for each check (20)")

    def handle(
        self, *args: Any, as_of: str | None, against: Path | None, rebuild: bool, most: int, **options: Any
    ) -> None:
        ensure_migrated()
        started = time.monotonic()
        if rebuild:
            with transaction.atomic(durable=True):
                self.stdout.write(f"{services.rebuild()} balances made anew from the journal")
        with _one_snapshot():
            asked = checks(_instant(as_of), _note(against))
            wrong = [self._ask(title, check, most) for title, check in tqdm(asked, unit="check")]
            sizes = ledger.sizes()
        seconds = time.monotonic() - started
        rate = sizes["transfers"] / max(seconds, 0.001)
        self.stdout.write(
            f"{sizes['transfers']} transfers, {sizes['accounts']} accounts in {seconds:.1f} s ({rate:,.0f}/s)"
        )
        if any(wrong):
            raise SystemExit(1)

    def _ask(self, title: str, check: Check, most: int) -> bool:
        found = [sentence for sentence, _ in zip(check(), range(most), strict=False)]
        self.stdout.write("\n".join([f"{'✗' if found else '✓'} {title}", *(f"    {sentence}" for sentence in found)]))
        return bool(found)


def _note(file: Path | None) -> str | None:
    try:
        return file.read_text(encoding="utf-8") if file else None
    except (OSError, UnicodeDecodeError) as wrong:
        raise CommandError(f"--against wants a checkpoint file (open-data/checkpoints/latest): {wrong}") from None


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        instant = parse_datetime(text)
    except ValueError:
        instant = None
    if instant is None:
        raise CommandError(f"--as-of wants an instant such as 2026-06-30T18:00 or 2026-06-30T10:00:00Z, got {text!r}")
    return instant if instant.tzinfo else instant.replace(tzinfo=ZONE)


@contextmanager
def _one_snapshot() -> Iterator[None]:
    """One consistent view under traffic that holds up nobody: a read-only snapshot on both databases."""
    if connection.vendor == "postgresql":
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
        return
    sqlite: Any = connection
    mode, sqlite.transaction_mode = sqlite.transaction_mode, "DEFERRED"  # IMMEDIATE would lock the writers out
    try:
        with transaction.atomic(durable=True):
            yield
    finally:
        sqlite.transaction_mode = mode
