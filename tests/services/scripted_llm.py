"""An OpenAI-compatible server that says what a test tells it to, over real HTTP, well or badly behaved."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MOST_STALL_SECONDS = 30


@dataclass
class Script:
    """What the server does to each request. `chunks` are streamed one by one."""

    chunks: list[str] = field(default_factory=list)
    status: int = 200
    stall_before: int | None = None  # index of the chunk before which it falls silent
    drop_after: int | None = None  # index of the chunk after which the connection is closed
    finish_reason: str | None = "stop"
    echo_instructions: bool = False  # says what it was told, word by word


class ScriptedLLM:
    """Listens on a free port of 127.0.0.1 within its block; `asked` holds the bodies of all requests."""

    def __init__(self) -> None:
        self.script = Script()
        self.asked: list[dict[str, Any]] = []
        self.go_on = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/v1"

    def __enter__(self) -> "ScriptedLLM":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def events(self, body: dict[str, Any]) -> Iterator[bytes]:
        chunks = [body["messages"][0]["content"]] if self.script.echo_instructions else self.script.chunks
        for number, words in enumerate(chunks):
            if number == self.script.stall_before:
                self.go_on.wait(MOST_STALL_SECONDS)
            yield _event({"content": words}, None)
            if number == self.script.drop_after:
                return
        yield _event({}, self.script.finish_reason)
        yield b"data: [DONE]\n\n"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                owner.asked.append(body)
                self.send_response(owner.script.status)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                if owner.script.status == 200:
                    self._stream(body)

            def _stream(self, body: dict[str, Any]) -> None:
                try:
                    for event in owner.events(body):
                        self.wfile.write(event)
                        self.wfile.flush()
                except (BrokenPipeError, ConnectionResetError):
                    pass  # the client gave up waiting, as some tests want

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler


def _event(delta: dict[str, str], finish_reason: str | None) -> bytes:
    choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish_reason}
    body = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "scripted", "choices": [choice]}
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n".encode()
