"""Installs what a service needs before its first day."""

from typing import Any

from django.db import transaction

from backend.core import clock
from backend.core.commands import Command as BaseCommand
from backend.core.readiness import ensure_migrated
from backend.ops.setting_up import set_up


class Command(BaseCommand):
    help = "Install the standard counting methods and award rules that are missing. Doing it again changes nothing."
    examples = """
  manage.py set_up
  manage.py set_up --by "district office"
"""

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--by", default="set_up", help="who answers for it, as the audit trail should name them")

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_migrated()
        with transaction.atomic(durable=True):
            methods, rules = set_up(by=options["by"], now=clock.now())
        self.stdout.write(f"{methods} methods, {rules} rules installed")
