"""One POST to a stranger's server, within a time, without following it anywhere.

The name is resolved once, every address it has must be public, and the connection goes to one of those addresses: a
name that changes its mind between the look and the call leads nowhere. No proxy, no redirect, no cookie. TLS is
verified against the name.
"""

import socket
import ssl
import threading
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from backend.webhooks import rules
from backend.webhooks.types import Answer, Message

SECONDS = 10.0  # for all of it, from the first packet to the head of the answer
HEAD_BYTES = 300


def post(message: Message, *, allow_private: bool, seconds: float = SECONDS) -> Answer:
    """Sends `message`. Never raises for what the network or the other side does: the answer says it."""
    started = time.monotonic()
    try:
        status, head = _exchange(message, allow_private, seconds)
        return Answer(status, _since(started), head=head)
    except (OSError, HTTPException, ValueError) as wrong:
        late = isinstance(wrong, TimeoutError) or time.monotonic() - started >= seconds
        reason = f"no answer within {seconds:g} s" if late else f"{type(wrong).__name__}: {wrong}"
        return Answer(None, _since(started), reason=_plain(reason))


def _exchange(message: Message, allow_private: bool, seconds: float) -> tuple[int, str]:
    parts = urlsplit(message.url)
    connection = _connection(parts.scheme, str(parts.hostname), parts.port, allow_private, seconds)
    # A socket's own timeout begins anew with every byte; this one ends the whole exchange.
    over = threading.Event()
    guillotine = threading.Timer(seconds, _cut, [connection, over])
    guillotine.daemon = True
    guillotine.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body=message.body, headers=message.headers | {"connection": "close"})
        answer = connection.getresponse()
        head = answer.read(HEAD_BYTES)
        if over.is_set():
            raise TimeoutError  # headers that were cut off look like whole ones
        return answer.status, _plain(head.decode(errors="replace"))
    finally:
        guillotine.cancel()
        connection.close()


def _connection(scheme: str, host: str, port: int | None, allow_private: bool, seconds: float) -> HTTPConnection:
    made: Any
    if scheme == "https":
        made = HTTPSConnection(host, port, timeout=seconds, context=ssl.create_default_context())
    else:
        made = HTTPConnection(host, port, timeout=seconds)
    addresses = _addresses(host, made.port, allow_private)
    # The name stays with the connection for TLS and the Host header; only where it dials is ours.
    made._create_connection = lambda _, timeout, source: _dial(addresses, made.port, timeout)
    return made  # type: ignore[no-any-return]


def _addresses(host: str, port: int, allow_private: bool) -> list[str]:
    found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    closed = [each for each in found if not rules.is_public(each)]
    if closed and not allow_private:
        raise ValueError(f"{host} leads to {closed[0]}, which is not on the open internet")
    return list(dict.fromkeys(found))


def _dial(addresses: list[str], port: int, timeout: float) -> socket.socket:
    wrong: OSError | None = None
    for address in addresses[:2]:
        try:
            made = socket.create_connection((address, port), timeout / 2)
            made.settimeout(timeout)
            return made
        except OSError as failed:
            wrong = failed
    raise wrong or OSError("no address")


def _cut(connection: HTTPConnection, over: threading.Event) -> None:
    over.set()
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            connection.close()


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def _plain(text: str) -> str:
    """What a log and PostgreSQL can hold of a stranger's words."""
    return "".join(each if each.isprintable() else " " for each in text)[:HEAD_BYTES]
