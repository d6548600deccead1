"""Live push: an event to every socket of one person, after the commit that made it true."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction


def group_of(user_id: UUID) -> str:
    """The channel-layer group of one person's sockets."""
    return f"person.{user_id.hex}"


def push(user_id: UUID, event: dict[str, Any] | Callable[[], dict[str, Any]]) -> None:
    """Sends `event` to the person's open sockets once the transaction has committed.

    An event that must be read first is given as a function: it runs after the commit too, so that no reading is
    done while rows are held. Best effort: a push that fails is dropped, because the client can always read the same
    truth over REST.
    """
    transaction.on_commit(lambda: _send(group_of(user_id), event() if callable(event) else event), robust=True)


def _send(group: str, event: dict[str, Any]) -> None:
    layer = get_channel_layer()
    if layer is not None:
        async_to_sync(layer.group_send)(group, {"type": "live.event", "event": event})
