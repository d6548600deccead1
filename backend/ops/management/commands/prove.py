"""Re-derives what the books say and compares it with every stored figure."""

import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction
from tqdm import tqdm

from backend.core import triggers
from backend.core.readiness import ensure_migrated
from backend.ledger import proof
from campaigns import queries as campaigns

CHECKS: list[tuple[str, Callable[[], Iterator[str]]]] = [
    (
        "triggers stand",
        lambda: iter(f"trigger {name} is missing" for name in triggers.missing(connection)),
    ),
    ("both sides count one asset", proof.assets),
    ("balances equal the journal", proof.balances),
    ("each transfer left the right balance", proof.chains),
    ("offers, vouchers and redemptions equal the journal", campaigns.disagreements),
]


class Command(BaseCommand):
    help = (
        "Re-derives every balance, voucher count and stock from the journal, in one consistent snapshot.\n"
        "Exit 0: all agrees. Exit 1: the first disagreements are named.\n\nExample:\n  manage.py prove"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--most", type=int, default=20, help="disagreements to name for each check (20)")

    def handle(self, *args: Any, most: int, **options: Any) -> None:
        ensure_migrated()
        started = time.monotonic()
        with transaction.atomic():
            _take_snapshot()
            found = {title: _some(check(), most) for title, check in tqdm(CHECKS, desc="prove", unit="check")}
            sizes = proof.sizes()
        for title, wrong in found.items():
            self.stdout.write(f"{'✗' if wrong else '✓'} {title}")
            for sentence in wrong:
                self.stdout.write(f"    {sentence}")
        looked = ", ".join(f"{count} {name}" for name, count in sizes.items())
        self.stdout.write(f"{looked} in {time.monotonic() - started:.1f} s")
        if any(found.values()):
            raise SystemExit(1)


def _take_snapshot() -> None:
    """One consistent view under traffic: PostgreSQL by isolation, SQLite by its transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


def _some(sentences: Iterator[str], most: int) -> list[str]:
    return [sentence for sentence, _ in zip(sentences, range(most), strict=False)]
