"""Runs callables at the same instant on threads of their own, each with its own database connection."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

from django.db import connections

from backend.core.batch import Write

Result = TypeVar("Result")


def race(acts: Sequence[Callable[[], Result]]) -> list[Result | Exception]:
    """Each act's result or exception, in order. All threads wait at a barrier before they begin."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Result]) -> Result | Exception:
        try:
            start.wait(timeout=60)
            return act()
        except Exception as wrong:
            return wrong
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def written(value: Any) -> Write:
    """What a guard that was switched off returns: a write that was done already, past the batch."""
    done = Write("", (), AssertionError, None)
    done.value = value
    return done
