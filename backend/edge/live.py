"""Live push: events to every socket of one person, after the commit that made them true."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

Event = dict[str, Any]
log = logging.getLogger(__name__)
_readers: dict[str, Callable[[UUID], Event]] = {}
_server: asyncio.AbstractEventLoop | None = None  # of this process, where it serves


def group_of(user_id: UUID) -> str:
    """The channel-layer group of one person's sockets."""
    return f"person.{user_id.hex}"


def push(user_id: UUID, *events: Event) -> None:
    """Sends `events` to the person's open sockets, in one message, once the transaction has committed.

    Best effort: a push that fails is dropped, because the client can always read the same truth over REST.
    """
    transaction.on_commit(lambda: _send(group_of(user_id), events), robust=True)


def tell(group: str, event: Callable[[], Event]) -> None:
    """The same for a group of sockets that is not a person's, with an event that is read after the commit."""
    transaction.on_commit(lambda: _send(group, (event(),)), robust=True)


def read_by(kind: str, read: Callable[[UUID], Event]) -> None:
    """Says how the rest of an event of this kind is read. It is read where a socket listens, and nowhere else."""
    _readers[kind] = read


def whole(event: Event, user_id: UUID) -> Event:
    """The event with what must be read of it, as it is now."""
    read = _readers.get(event["type"])
    return event | read(user_id) if read else event


def send_from(loop: asyncio.AbstractEventLoop | None) -> None:
    """From now on pushes of this process go out on the loop of its server, and no answer waits for them."""
    global _server
    _server = loop


def _send(group: str, events: tuple[Event, ...]) -> None:
    if _server is not None and _server.is_running():
        asyncio.run_coroutine_threadsafe(_sent(group, events), _server)
    else:
        async_to_sync(_sent)(group, events)


async def _sent(group: str, events: tuple[Event, ...]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        await layer.group_send(group, {"type": "live.events", "events": events})
    except Exception:  # whatever a channel layer may raise: nothing that was committed depends on it
        log.warning("a live push was lost", exc_info=True)
