"""A server of our own that answers `code2Session` as WeChat's documentation says. No test reaches WeChat itself."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

APPID, SECRET = "wx0123456789abcdef", "the-secret-of-the-app"
SESSION_KEY = "tiihtNczf5v6AKRyjwEUhQ=="


class Wechat(ThreadingHTTPServer):
    """Each `js_code` is good once for the openid that it was given for; `answers` overrides what it says."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.codes: dict[str, str] = {}
        self.answers: dict[str, bytes | tuple[int, bytes]] = {}
        self.asked: list[dict[str, str]] = []
        self.silent: set[str] = set()  # codes that get no answer before the test is over
        self.over = Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, asked: dict[str, str]) -> dict[str, Any]:
        if asked.get("appid") != APPID:
            return {"errcode": 40013, "errmsg": "invalid appid"}
        if asked.get("secret") != SECRET:
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        openid = self.codes.pop(asked.get("js_code", ""), None)
        if openid is None or asked.get("grant_type") != "authorization_code":
            return {"errcode": 40029, "errmsg": "invalid code"}
        return {"openid": openid, "session_key": SESSION_KEY}


class _Handler(BaseHTTPRequestHandler):
    server: Wechat

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.server.asked.append({"path": parts.path, **asked})
        if asked.get("js_code") in self.server.silent:
            self.server.over.wait()
        given = self.server.answers.get(asked.get("js_code", ""))
        status, body = given if isinstance(given, tuple) else (200, given)
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")  # as theirs does
        self.end_headers()
        self.wfile.write(body if body is not None else json.dumps(self.server.answer(asked)).encode())

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def running() -> Iterator[Wechat]:
    server = Wechat()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
