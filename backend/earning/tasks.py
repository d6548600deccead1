"""The jobs of earning: signals each night, and evidence whose time is over."""

from datetime import datetime, time

from backend.earning import services
from backend.earning.types import SignalKind
from backend.outbox.registry import schedule
from backend.outbox.types import Daily, Step


def register() -> None:
    """One job for each kind of signal, so that no piece holds SQLite's writer for long."""
    for place, kind in enumerate(SignalKind):
        schedule(f"signals scanned: {kind}", Daily(time(4, 10 + place)), _scan(kind))
    schedule("evidence past its time deleted", Daily(time(4, 20)), lambda now: services.drop_due_evidence(now=now))
    schedule("files without a row deleted", Daily(time(4, 30)), lambda now: services.sweep_files(now=now))


def _scan(kind: SignalKind) -> Step:
    def step(now: datetime) -> int:
        services.scan(kind=kind, now=now)
        return 0  # one look a night is all; what was found is no piece of more

    return step
