"""Everything in one process: database, demo data, index, then HTTP and WebSocket."""

import signal
from argparse import ArgumentParser
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management import call_command

from backend.core import clock
from backend.core import commands as core
from backend.core.readiness import ensure_migrated
from backend.ops import demo
from backend.ops.management.commands.demo import guide
from backend.outbox.crew import Crew


class Command(core.Command):
    help = "Prepares what is missing and serves."
    examples = """
  DEMO=1 manage.py serve --port 8000
"""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        ensure_migrated()
        call_command("build_knowledge")
        lines = [f"\n渝中绿色积分 · Yuzhong Green Points: {settings.PUBLIC_BASE_URL}"]
        if settings.DEMO:
            demo.load(now=clock.now())
            lines.append(guide(demo.description(now=clock.now())))
        self.stderr.write("\n".join([*lines, "  Ctrl+C 停止 stops it.\n"]))
        # uvicorn raises the signal that stopped it once more when it is done; as an exit it passes the `finally`.
        signal.signal(signal.SIGTERM, _exit)
        crew = Crew()  # the embedded form has one process, so its workers are threads; see `manage.py worker`
        crew.start()
        try:
            uvicorn.run(
                "backend.config.asgi:application",
                host=host,
                port=port,
                log_level="warning",
                ws="websockets-sansio",
                ws_max_size=64 * 1024,
                proxy_headers=False,
                server_header=False,
            )
        finally:
            crew.stop()


def _exit(*_: object) -> None:
    raise SystemExit(0)
