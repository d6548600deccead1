"""The verbs of webhooks. Each runs inside its caller's transaction."""

from backend.webhooks.services.deliveries import (
    give_up,
    give_up_stale,
    message_for,
    record,
    replay_delivery,
    replay_piece,
    replay_since,
)
from backend.webhooks.services.endpoints import change_endpoint, register_endpoint, rotate_secret
from backend.webhooks.services.publishing import fan_out, forget_old, publish, somebody_listens

__all__ = [
    "change_endpoint",
    "fan_out",
    "forget_old",
    "give_up",
    "give_up_stale",
    "message_for",
    "publish",
    "record",
    "register_endpoint",
    "replay_delivery",
    "replay_piece",
    "replay_since",
    "rotate_secret",
    "somebody_listens",
]
