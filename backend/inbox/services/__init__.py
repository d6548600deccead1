"""The verbs: tell somebody what happened, read it, choose what is sent out, forget."""

from backend.inbox.services.delivery import TOPIC, send_out
from backend.inbox.services.expiring import tell_expiring_lots
from backend.inbox.services.keeping import choose, drop_old, forget, read, read_all
from backend.inbox.services.telling import tell

__all__ = ["TOPIC", "choose", "drop_old", "forget", "read", "read_all", "send_out", "tell", "tell_expiring_lots"]
