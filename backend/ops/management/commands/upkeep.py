"""What must happen as time passes; once, or again and again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from backend.core import commands as core
from backend.core.readiness import ensure_migrated
from backend.ops import upkeep


class Command(core.Command):
    help = "Expires points and vouchers, times out holds, seals the journal. Safe to run twice or beside itself."
    examples = """
  manage.py upkeep
  manage.py upkeep --loop 15
"""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", type=float, metavar="SECONDS", help="go on, with a pause of SECONDS")

    def handle(self, *args: Any, loop: float | None, **options: Any) -> None:
        if loop is not None and loop <= 0:
            raise CommandError("--loop wants seconds above 0")
        ensure_migrated()
        for name, count in upkeep.run_once().items():
            self.stdout.write(f"{count} {name}")
        if loop is not None:
            upkeep.run_forever(loop)
