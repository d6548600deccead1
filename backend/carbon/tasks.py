"""The job of the carbon book: adjusting it to a later version of a method."""

from backend.carbon import services
from backend.outbox.registry import schedule
from backend.outbox.types import Every


def register() -> None:
    schedule("carbon rebooked", Every(seconds=60), lambda now: services.rebook_due(now=now))
