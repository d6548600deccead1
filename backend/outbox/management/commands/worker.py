"""Does what waits in the outbox and what the calendar wants, until it is stopped."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from backend.core import commands as core
from backend.core.readiness import ensure_migrated
from backend.outbox.crew import THREADS, Crew
from backend.outbox.types import Lane

_MEANINGS = {Lane.MAIN: "our own database", Lane.CALLS: "other people's servers", Lane.BUILDS: "building knowledge"}


class Command(core.Command):
    help = "Works on the outbox and runs the scheduled jobs. Start as many processes as you like; SIGTERM ends one."
    examples = """
  manage.py worker
  manage.py worker --calls 8     eight threads for other people's servers
"""

    def add_arguments(self, parser: ArgumentParser) -> None:
        for lane, number in THREADS.items():
            told = f"threads for {_MEANINGS[lane]} ({number})"
            parser.add_argument(f"--{lane.value}", type=int, default=number, metavar="THREADS", help=told)

    def handle(self, *args: Any, **options: Any) -> None:
        threads = {lane: int(options[lane.value]) for lane in THREADS}
        if min(threads.values()) < 0 or not sum(threads.values()):
            raise CommandError("a worker wants at least one thread")
        ensure_migrated()
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        crew = Crew(threads)
        crew.start()
        self.stderr.write("working")
        stop.wait()
        crew.stop()
        self.stderr.write("stopped")
