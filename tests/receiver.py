"""A partner's server for tests: real sockets, and a verifier of its own that shares no code with the sender."""

import base64
import hashlib
import hmac
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """What came in, and what is answered: statuses in turn, the last one for good."""

    port: int = 0
    answers: list[int] = field(default_factory=lambda: [200])
    body: bytes = b"thank you"
    hold: threading.Event | None = None  # set: answers wait for it
    dribble: bool = False  # answers a byte at a time, for ever
    seen: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?a=1"

    def next_status(self) -> int:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def is_genuine(headers: dict[str, str], body: bytes, secret: str) -> bool:
    """The Standard Webhooks check, from its text."""
    assert abs(time.time() - int(headers["webhook-timestamp"])) < 10**9
    key = base64.b64decode(secret.split("_", 1)[1])
    content = b"%s.%s.%s" % (headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body)
    wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    given = [each.split(",", 1) for each in headers["webhook-signature"].split(" ")]
    return any(version == "v1" and hmac.compare_digest(value, wanted) for version, value in given)


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.seen.append(({name.lower(): value for name, value in self.headers.items()}, body))
            if receiver.hold:
                receiver.hold.wait(30)
            with suppress(OSError):  # the sender may have hung up
                self._answer()

        def _answer(self) -> None:
            status = receiver.next_status()
            if receiver.dribble:
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                while True:
                    self.wfile.write(b"X")
                    time.sleep(0.02)
            self.send_response(status)
            self.send_header("location", receiver.url)
            self.send_header("content-length", str(len(receiver.body)))
            self.end_headers()
            self.wfile.write(receiver.body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        if receiver.hold:
            receiver.hold.set()
        server.shutdown()
        server.server_close()
