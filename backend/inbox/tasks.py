"""What the inbox has the workers do: send messages out, and tell in the morning what expires soon."""

from datetime import datetime, time
from uuid import UUID

from backend.inbox import services
from backend.inbox.types import Channel
from backend.outbox import registry
from backend.outbox.types import Daily, Lane, Policy, Work


def register() -> None:
    """Called once, when the app is ready."""
    registry.register(services.TOPIC, send, Policy(lane=Lane.CALLS))
    registry.schedule("points about to expire told", Daily(time(9)), lambda now: services.tell_expiring_lots(now=now))
    registry.schedule("old messages dropped", Daily(time(3, 30)), lambda now: services.drop_old(now=now))


def send(work: Work, now: datetime) -> None:
    services.send_out(message_id=UUID(work.payload["message"]), channel=Channel(work.payload["channel"]), now=now)
