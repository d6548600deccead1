"""The nightly look for fraud signals by hand, or a rehearsal of it on made-up months."""

from argparse import ArgumentParser
from typing import Any

from django.db import transaction

from backend.core import clock
from backend.core import commands as core
from backend.core.readiness import ensure_migrated
from backend.earning import services
from backend.earning.rehearsal import rehearse
from backend.earning.types import SignalKind

SEED = 20260601


class Command(core.Command):
    help = (
        "Looks for fraud signals in the month of yesterday and says how many are new. With --rehearse nothing is read "
        "or written: made-up months show what each signal finds, and how many of the honest it troubles."
    )
    examples = """
  manage.py scan_signals
  manage.py scan_signals --rehearse --months 3
"""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rehearse", action="store_true", help="made-up months instead of the database")
        parser.add_argument("--months", type=int, default=1, choices=range(1, 13), help="how many (1)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rehearse"]:
            self._rehearse(options["months"])
            return
        ensure_migrated()
        for kind in SignalKind:
            with transaction.atomic(durable=True):
                found = services.scan(kind=kind, now=clock.now())
            self.stdout.write(f"{found} new: {kind}")

    def _rehearse(self, months: int) -> None:
        for month in range(months):
            self.stdout.write(f"month {month + 1}: signal, planted found, clean troubled")
            for each in rehearse(SEED + month):
                found, troubled = f"{each.found}/{each.planted}", f"{each.troubled}/{each.clean}"
                self.stdout.write(f"  {each.kind:<18} {found:>7} {troubled:>9}")
