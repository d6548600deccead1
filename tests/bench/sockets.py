"""The assistant over WebSocket on one warm process: eight who ask, then twenty beside five hundred idle sockets.

    python -m tests.bench.sockets [--asks 30] [--data FOLDER]

The floor is a greeting, asked by the same people at the same server in the same run: it passes the same doors, is
answered in fixed words and kept, and is neither embedded nor searched. The frozen questions are asked once each as long
as they last, so that no vector is remembered. A second passes between an answer and the next question.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

import numpy as np
from websockets.asyncio.client import ClientConnection, connect

from tests.bench.processes import MISSING, cpu_seconds, megabytes
from tests.e2e.live import environment_of, is_ready, process
from tests.evaluation.frozen import cases
from tests.servers import free_port

THINK_SECONDS = 1.0
ASKERS, IDLE, BUSY = 8, 500, 20
FIRST_MS, WHOLE_MS = 150, 250  # what a person who waits should not notice
_OPENED_AT_ONCE = 50
_GREETING = "你好"


@dataclass(frozen=True)
class Took:
    """What one question took, in milliseconds, and what its `done` says."""

    first_ms: float
    whole_ms: float
    done: dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--asks", type=int, default=30, help="questions of each person")
    parser.add_argument("--data", help="a DATA_DIR to serve from; a fresh one otherwise")
    given = parser.parse_args()
    if MISSING:
        print(MISSING)
        return 0
    with tempfile.TemporaryDirectory() as fresh:
        port = free_port()
        environment = environment_of(DATA_DIR=given.data or fresh, PORT=str(port))
        command = [sys.executable, "manage.py", "serve", "--port", str(port)]
        with process(command, environment, log="bench_sockets") as running:
            running.wait_for(lambda: is_ready(f"http://127.0.0.1:{port}"), "the server to be ready")
            server = running.child.pid
            return asyncio.run(_measure(f"ws://127.0.0.1:{port}/ws/assistant", server, given.asks))


async def _measure(url: str, server: int, asks: int) -> int:
    texts = cycle(dict.fromkeys(str(case["question"]) for case in cases() if not case["history"]))
    floor = await _crowd(url, ASKERS, [[_GREETING] * asks] * ASKERS)
    before = cpu_seconds(server)
    took = await _crowd(url, ASKERS, _shared_out(texts, ASKERS, asks))
    spent = 1000 * (cpu_seconds(server) - before) / max(len(took), 1)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, questions included")
    _tell(f"{ASKERS} askers", took, floor)
    print(f"processor time of the server: {spent:.0f} ms a question", flush=True)
    many = await _many(url, server, texts, asks)
    return 0 if took and many and not any("error" in one.done for one in [*floor, *took, *many]) else 1


async def _many(url: str, server: int, texts: Iterator[str], asks: int) -> list[Took]:
    """Five hundred who only listen, and twenty who ask; prints what that takes of memory."""
    began = megabytes(server)
    idle: list[ClientConnection] = []
    try:
        while len(idle) < IDLE:
            idle += await asyncio.gather(*(connect(url) for _ in range(_OPENED_AT_ONCE)))
        opened = megabytes(server)
        floor = await _crowd(url, BUSY, [[_GREETING] * (asks // 3)] * BUSY)
        took = await _crowd(url, BUSY, _shared_out(texts, BUSY, asks // 3))
        _tell(f"{BUSY} askers beside {IDLE} idle sockets", took, floor)
        alive = sum([await _is_alive(socket) for socket in idle])
        print(
            f"memory: {began:.0f} MB warm, {opened:.0f} MB with {IDLE} idle sockets "
            f"({1024 * (opened - began) / IDLE:.0f} kB each), {megabytes(server):.0f} MB after; {alive} still open",
            flush=True,
        )
        return took if alive == IDLE else []
    finally:
        await asyncio.gather(*(socket.close() for socket in idle))


async def _is_alive(socket: ClientConnection) -> bool:
    await asyncio.wait_for(await socket.ping(), timeout=10)
    return True


async def _crowd(url: str, people: int, questions: Sequence[Sequence[str]]) -> list[Took]:
    """Everybody asks at once, each the own questions one after the other; they begin spread over a second."""
    told = await asyncio.gather(*(_person(url, questions[one], one / people) for one in range(people)))
    return [one for took in told for one in took]


async def _person(url: str, questions: Sequence[str], wait_seconds: float) -> list[Took]:
    await asyncio.sleep(wait_seconds * THINK_SECONDS)
    took = []
    async with connect(url) as socket:
        for number, text in enumerate(questions):
            took.append(await _ask(socket, str(number), text))
            await asyncio.sleep(THINK_SECONDS)
    return took


async def _ask(socket: ClientConnection, name: str, text: str) -> Took:
    started = time.perf_counter()
    await socket.send(json.dumps({"type": "ask", "id": name, "text": text}))
    event = json.loads(await socket.recv())
    first = time.perf_counter() - started
    while event["type"] not in ("done", "error"):
        event = json.loads(await socket.recv())
    whole = time.perf_counter() - started
    done = event if event["type"] == "done" else {"error": event["code"]}
    return Took(1000 * first, 1000 * whole, done)


def _shared_out(texts: Iterator[str], people: int, asks: int) -> list[list[str]]:
    return [list(islice(texts, asks)) for _ in range(people)]


def _tell(who: str, took: Sequence[Took], floor: Sequence[Took]) -> None:
    engines = sorted({engine for one in took for engine in one.done.get("engines", ())})
    errors = [one.done["error"] for one in took if "error" in one.done]
    print(f"{who}: {len(took)} answers by {', '.join(engines)}; errors: {errors or 'none'}")
    _row("first event", FIRST_MS, [one.first_ms for one in took], [one.first_ms for one in floor])
    _row("whole answer", WHOLE_MS, [one.whole_ms for one in took], [one.whole_ms for one in floor])
    print(f"  as `done` says, p50/p95 ms: {_phases(took)}", flush=True)


def _row(what: str, limit_ms: int, took_ms: Sequence[float], floor_ms: Sequence[float]) -> None:
    (p50, p95), (bare50, bare95) = _p(took_ms), _p(floor_ms)
    print(
        f"  {what}: p50 {p50:.0f} ms, p95 {p95:.0f} ms (under {limit_ms}: {'held' if p95 < limit_ms else 'NOT HELD'}); "
        f"floor p50 {bare50:.0f}, p95 {bare95:.0f}; ratio of p50 {p50 / bare50:.1f}, of p95 {p95 / bare95:.1f}"
    )


def _phases(took: Sequence[Took]) -> str:
    timings = [one.done.get("timings_ms", {}) for one in took]
    names = dict.fromkeys(name for each in timings for name in each)
    found = {name: _p([each[name] for each in timings if name in each]) for name in names}
    return ", ".join(f"{name} {p50:.0f}/{p95:.0f}" for name, (p50, p95) in found.items())


def _p(values: Sequence[float]) -> tuple[float, float]:
    """The median and the 95th percentile."""
    p50, p95 = np.percentile(values, [50, 95])
    return float(p50), float(p95)


if __name__ == "__main__":
    sys.exit(main())
