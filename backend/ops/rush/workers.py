"""The real application in processes of its own, as a deployment runs it, with one address more: the bare view."""

import multiprocessing
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import urlopen

import uvicorn
from django.conf import settings

_START_SECONDS = 120


@contextmanager
def workers(number: int, *, database: str, connections: int) -> Iterator[int]:
    """Serves `database` by `number` processes, each of at most `connections`, on one loopback port, which is given."""
    spawn = multiprocessing.get_context("spawn")
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
        port = int(listener.getsockname()[1])
        started = [
            spawn.Process(target=_serve, args=(listener, database, connections), daemon=True) for _ in range(number)
        ]
        for each in started:
            each.start()
        try:
            _wait_for(port)
            yield port
        finally:
            for each in started:
                each.terminate()
            for each in started:
                each.join()


def _serve(listener: socket.socket, database: str, connections: int) -> None:
    configured = settings.DATABASES["default"]
    configured |= {"NAME": database, "OPTIONS": {"pool": {"min_size": 2, "max_size": connections, "timeout": 10}}}
    settings.ROOT_URLCONF = "backend.ops.rush.urls"
    application = "backend.config.asgi:application"
    config = uvicorn.Config(
        application, log_level="warning", access_log=False, proxy_headers=False, server_header=False
    )
    uvicorn.Server(config).run(sockets=[listener])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}/api/v1/health/live", timeout=5):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
