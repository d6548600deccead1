"""A crowd of clients on kept-alive connections. Plain sockets: a client library would cost more than what it asks."""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """`code` is the refusal's; empty for a success. `finished` is a reading of the monotonic clock."""

    status: int
    code: str
    replayed: bool
    seconds: float
    finished: float


def post(path: str, token: str, key: str) -> bytes:
    """A POST of `{}` as a phone sends it."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {key}\r\n"
        "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    )
    return head.encode()


def drive(requests: Sequence[bytes], *, port: int, clients: int) -> tuple[list[Answer], float]:
    """Sends every request once, `clients` at a time; the answers, and how many seconds it took in all."""
    return asyncio.run(_drive(requests, port, clients))


async def _drive(requests: Sequence[bytes], port: int, clients: int) -> tuple[list[Answer], float]:
    answers: list[Answer] = []
    waiting = iter(requests)
    started = time.perf_counter()
    await asyncio.gather(*(_client(waiting, port, answers) for _ in range(min(clients, len(requests)))))
    return answers, time.perf_counter() - started


async def _client(waiting: Iterator[bytes], port: int, answers: list[Answer]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in waiting:
        sent = time.perf_counter()
        writer.write(request)
        answers.append(await _answer(reader, sent))
    writer.close()


async def _answer(reader: asyncio.StreamReader, sent: float) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    body = await reader.readexactly(int(head.split("content-length: ")[1].split("\r\n")[0]))
    code = "" if status < 400 else _code_of(body)
    finished = time.perf_counter()
    return Answer(status, code, "idempotency-replayed: true" in head, finished - sent, finished)


def _code_of(body: bytes) -> str:
    try:
        return str(json.loads(body)["code"])
    except (ValueError, KeyError, TypeError):
        return "?"
