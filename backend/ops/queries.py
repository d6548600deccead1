"""Whether the service can serve."""

import logging
from collections.abc import Callable

from django.core.cache import cache
from django.db import connection

from knowledge import queries as knowledge

log = logging.getLogger("backend.ops")


def readiness() -> dict[str, str]:
    """`ok` or `down` for each thing the service needs. Why one is down goes to the log, not to the caller."""
    checks: dict[str, Callable[[], object]] = {
        "database": _database,
        "cache": lambda: cache.set("ready", 1, timeout=5),
        "knowledge": lambda: knowledge.passages_for("绿色积分", limit=1),  # the first one loads index and model
    }
    return {name: _state(name, check) for name, check in checks.items()}


def _state(name: str, check: Callable[[], object]) -> str:
    try:
        check()
    except Exception:
        log.exception("not ready: %s", name)
        return "down"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
