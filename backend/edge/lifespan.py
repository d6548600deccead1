"""What a process does before it takes its first request, as ASGI servers ask it to: ASGI's `lifespan`."""

import asyncio
import logging
from collections.abc import Callable

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope
from channels.db import database_sync_to_async

from backend.edge import live

log = logging.getLogger(__name__)


class Lifespan:
    """Runs `prepare` once, in a thread, and lends the server's loop to live pushes.

    The preparation is a favour and no condition: a process where it fails still starts, says why in its log, and
    `health/ready` tells what is missing.
    """

    def __init__(self, prepare: Callable[[], None]) -> None:
        self._prepare = prepare

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        while (await receive())["type"] != "lifespan.shutdown":
            live.send_from(asyncio.get_running_loop())
            await database_sync_to_async(self._prepared, thread_sensitive=False)()
            await send({"type": "lifespan.startup.complete"})
        live.send_from(None)
        await send({"type": "lifespan.shutdown.complete"})

    def _prepared(self) -> None:
        try:
            self._prepare()
        except Exception:
            log.exception("The process starts without what it should have loaded.")
