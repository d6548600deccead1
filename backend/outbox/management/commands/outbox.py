"""How the outbox stands, and second tries for dead letters."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction

from backend.core import clock
from backend.core import commands as core
from backend.core.errors import NotFound
from backend.core.readiness import ensure_migrated
from backend.outbox import queries, services
from backend.outbox.types import Lane


class Command(core.Command):
    help = "Shows what waits and what is dead, with the reasons; gives dead letters their tries again."
    examples = """
  manage.py outbox
  manage.py outbox --replay 1234
  manage.py outbox --replay-topic webhooks.deliver
"""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--replay", type=int, metavar="ID", help="one dead letter")
        parser.add_argument("--replay-topic", metavar="TOPIC", help="every dead letter of a topic")
        parser.add_argument("--most", type=int, default=20, help="dead letters to show (20)")

    def handle(self, *args: Any, replay: int | None, replay_topic: str | None, most: int, **options: Any) -> None:
        ensure_migrated()
        chosen = queries.dead_letters().filter(topic=replay_topic) if replay_topic else None
        for number in [replay] if replay is not None else list(chosen.values_list("pk", flat=True)) if chosen else []:
            _replay(number)
        self._show(most)

    def _show(self, most: int) -> None:
        for lane in Lane:
            depth = queries.depth(lane, clock.now())
            self.stdout.write(
                f"{lane.value}: {depth.waiting} wait, {depth.dead} are dead, "
                f"the oldest is {depth.oldest_due_seconds or 0:.0f} s late"
            )
        for task in queries.dead_letters()[:most]:
            self.stdout.write(f"  {task.pk}  {task.topic}  {task.key}  after {task.tries} tries: {task.reason}")


def _replay(number: int) -> None:
    try:
        with transaction.atomic(durable=True):
            services.replay(by="operator", task_id=number, now=clock.now())
    except NotFound:
        raise CommandError(f"{number} is no dead letter") from None
