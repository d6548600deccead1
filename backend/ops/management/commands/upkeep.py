"""Every scheduled job at once, whatever the calendar says."""

from typing import Any

from backend.core import commands as core
from backend.core.readiness import ensure_migrated
from backend.ops import upkeep


class Command(core.Command):
    help = "Runs every scheduled job now and ends: expiry, time-outs, seal. Safe beside workers, and twice."
    examples = """
  manage.py upkeep
"""

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_migrated()
        for name, count in upkeep.run_once().items():
            self.stdout.write(f"{count} {name}")
