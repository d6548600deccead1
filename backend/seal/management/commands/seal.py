"""Seals what the journal has gained and publishes the day's checkpoint; once, or again and again."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction
from tqdm import tqdm

from backend.core import clock
from backend.core import commands as core
from backend.core.readiness import ensure_migrated
from backend.seal import queries, services
from backend.seal.models import Checkpoint

_BY = "sealer"


class Command(core.Command):
    help = "Seals the transfers that wait and publishes the day's checkpoint. Any number of sealers may run at once."
    examples = """
  manage.py seal              seal what waits, publish, end
  manage.py seal --loop 5     do so every 5 seconds until stopped
"""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", type=float, metavar="SECONDS", help="go on, with a pause of SECONDS")

    def handle(self, *args: Any, loop: float | None, **options: Any) -> None:
        if loop is not None and loop <= 0:
            raise CommandError("--loop wants seconds above 0")
        ensure_migrated()
        try:
            self._once()
            while loop is not None:
                time.sleep(loop)
                self._once()
        except KeyboardInterrupt:
            self.stderr.write("stopped")

    def _once(self) -> None:
        sealed = _seal_all()
        if sealed:
            self.stdout.write(f"sealed {sealed} transfers")
        today = clock.local(clock.now()).date()
        if queries.tree().size and not Checkpoint.objects.filter(day=today).exists():
            with transaction.atomic(durable=True):
                made = services.publish_checkpoint(by=_BY, now=clock.now())
            self.stdout.write(f"published the checkpoint of {made.day}: {made.size} leaves, {bytes(made.root).hex()}")


def _seal_all() -> int:
    """Seals in pieces, each in a transaction of its own, until nothing waits."""
    waiting, total = queries.lag(clock.now()).unsealed, 0
    with tqdm(total=waiting, desc="seal", unit="leaf", disable=None if waiting else True) as bar:
        while queries.unsealed(queries.tree().horizon).exists():
            total += (done := _seal_piece())
            bar.update(done)
    if queries.tree().horizon < queries.tree().seen:
        total += _seal_piece()  # brings the horizon up, so that a row inserted below it later is a stranger at once
    return total


def _seal_piece() -> int:
    with transaction.atomic(durable=True):
        return services.seal_pending(by=_BY, now=clock.now())
