"""Wakes the workers of this process when there is something to do. Other processes look once a second anyway."""

import threading

_bell = threading.Condition()


def ring() -> None:
    with _bell:
        _bell.notify_all()


def wait(seconds: float) -> None:
    """Until the bell rings, at most `seconds`. A ring that nobody waits for is lost: hence the limit."""
    with _bell:
        _bell.wait(seconds)
