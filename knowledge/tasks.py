"""What the worker does for the knowledge: it alone builds, so that one process writes the embedded index."""

from datetime import datetime

from backend.outbox import registry
from backend.outbox.types import Lane, Policy, Work
from knowledge import services

SLOW = Policy(tries=3, lease_seconds=900, lane=Lane.BUILDS)


def register() -> None:
    registry.register(services.REBUILD, rebuild, SLOW)


def rebuild(work: Work, now: datetime) -> None:
    """The version that serves becomes one of what may be quoted now; what no process serves is forgotten."""
    services.build(by="worker", now=now)
    services.prune()
