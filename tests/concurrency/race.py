"""Runs callables at the same instant on threads of their own, each with its own database connection."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connections

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
