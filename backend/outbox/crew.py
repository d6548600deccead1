"""The workers of one process: supervised threads, a few for each lane, that end together."""

import logging
import threading
import time
from collections.abc import Callable

from django.db import connections, transaction

from backend.core import clock
from backend.outbox import bell, services, worker
from backend.outbox.types import Lane

log = logging.getLogger("backend.outbox")
THREADS = {Lane.MAIN: 1, Lane.CALLS: 4, Lane.BUILDS: 1}
STOP_SECONDS = 25  # under the 30 that a container is given to stop
_FIRST_SECONDS, _MOST_SECONDS = 1.0, 60.0


class Crew:
    """Starts its threads, restarts one that crashes after a growing pause, and stops them all.

    What is cut off at the end comes back when its lease has run out.
    """

    def __init__(self, threads: dict[Lane, int] = THREADS) -> None:
        self._stop = threading.Event()
        name = worker.name_of_this_process()
        self._threads = [
            self._thread(f"{name}:{lane.value}{number}", lane) for lane in threads for number in range(threads[lane])
        ]

    def start(self) -> None:
        """Also writes the rows of jobs that this release adds."""
        with transaction.atomic(durable=True):
            services.plan_jobs(now=clock.now())
        for each in self._threads:
            each.start()

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Takes nothing new, and waits up to `seconds` for what is under way."""
        self._stop.set()
        bell.ring()
        until = time.monotonic() + seconds
        for each in self._threads:
            each.join(max(0, until - time.monotonic()))

    def _thread(self, name: str, lane: Lane) -> threading.Thread:
        def run() -> None:
            worker.run_forever(worker=name, lane=lane, stop=self._stop)

        return threading.Thread(target=supervise, args=[run, self._stop], name=name, daemon=True)


def supervise(run: Callable[[], None], stop: threading.Event, *, first_seconds: float = _FIRST_SECONDS) -> None:
    """Runs `run` again whenever it crashes, after a pause that doubles up to a minute, until `stop` is set."""
    pause = first_seconds
    while not stop.is_set():
        try:
            run()
        except BaseException:
            log.exception("%s crashed; it starts again in %s s", threading.current_thread().name, pause)
            stop.wait(pause)
            pause = min(2 * pause, _MOST_SECONDS)
        finally:
            connections.close_all()
