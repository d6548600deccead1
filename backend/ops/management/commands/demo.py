"""Loads the demo data and says whom to log in as."""

import json
from argparse import ArgumentParser
from typing import Any

from backend.core import clock
from backend.core import commands as core
from backend.core.readiness import ensure_migrated
from backend.ops import demo


class Command(core.Command):
    help = "Loads the demo data (again and again without harm)."
    examples = """
  manage.py demo --json
"""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print everything as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_migrated()
        demo.load(now=clock.now())
        found = demo.description(now=clock.now())
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
        else:
            self.stdout.write(guide(found))


def guide(found: dict[str, Any]) -> str:
    """The demo data in a few lines for people."""
    return "\n".join(
        [
            f"  居民 resident    {found['residents'][0]['phone']}",
            f"  站点 attendant   {found['attendants'][0]['phone']}   /display/{found['attendants'][0]['station']}",
            f"  收银 counter     {found['counters'][0]['phone']}   /counter",
            "  验证码显示在登录页上 (in demo mode the login page shows the code)",
        ]
    )
