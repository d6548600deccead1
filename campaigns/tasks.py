"""What campaigns have the workers do: draws, drops, lists and challenges go on, and people are told."""

from datetime import time

from backend.outbox.registry import schedule
from backend.outbox.types import Daily, Every
from campaigns import services


def register() -> None:
    """Called once, when the app is ready."""
    schedule("drops advanced", Every(1), lambda now: services.advance_drops(now=now))
    schedule("grants advanced", Every(5), lambda now: services.advance_grants(now=now))
    schedule("draws advanced", Every(15), lambda now: services.advance_draws(now=now))
    schedule("challenges advanced", Every(60), lambda now: services.advance_challenges(now=now))
    schedule("new vouchers told", Every(15), lambda now: services.tell_new_vouchers(now=now))
    schedule("vouchers about to expire told", Daily(time(9, 5)), lambda now: services.tell_expiring_vouchers(now=now))
