"""`manage.py expire_vouchers`: returns the money of vouchers past their time to their campaigns."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from backend.core import clock
from backend.core.readiness import ensure_migrated
from campaigns import services


class Command(BaseCommand):
    """Runs until none is due, one transaction a batch. Meant for a scheduler; running it twice does no harm."""

    help = "Expires vouchers whose time has passed and returns their money to the campaign."

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints how many vouchers were due."""
        ensure_migrated()
        now, total = clock.now(), 0
        while due := self._batch(now):
            total += due
        self.stdout.write(f"{total}")

    def _batch(self, now: datetime) -> int:
        with transaction.atomic(durable=True):
            return services.expire_due(by="expire_vouchers", now=now)
