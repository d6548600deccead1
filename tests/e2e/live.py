"""Live servers for black-box tests: processes of their own on loopback, spoken to by HTTP and WebSocket only.

    with embedded(tmp_path, log="story") as server:
        server.api.get("stations")

Every process is ended by its own pid. Its output is kept in tests/artifacts/<log>.log, which git ignores.
"""

import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from backend.accounts.rules import OTP_RESEND_AFTER
from backend.core.ids import new_id
from tests.servers import free_port

ROOT = Path(__file__).parents[2]
ARTIFACTS = ROOT / "tests" / "artifacts"
READY_SECONDS = 180  # a first start migrates and embeds the corpus on a busy machine
STOP_SECONDS = 20
_code_asked: dict[tuple[str, str], float] = {}  # by server and telephone
_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR")


def await_turn(base: str, phone: str) -> None:
    """Waits, as a person must, until this telephone may ask for another code. Tests share a server's demo people."""
    again = _code_asked.get((base, phone), -math.inf) + OTP_RESEND_AFTER.total_seconds() + 1
    time.sleep(max(0.0, again - time.monotonic()))
    _code_asked[base, phone] = time.monotonic()


@dataclass(frozen=True)
class Api:
    """One caller of `/api/v1/` at one server; an access token makes it a person."""

    base: str
    access: str = ""

    def get(self, path: str, **params: Any) -> httpx.Response:
        return httpx.get(f"{self.base}/api/v1/{path}", params=params, headers=self._headers(), timeout=30)

    def post(self, path: str, body: Any, *, key: str = "") -> httpx.Response:
        """POSTs JSON with a fresh Idempotency-Key, or with `key`."""
        headers = self._headers() | {"Idempotency-Key": key or str(new_id())}
        return httpx.post(f"{self.base}/api/v1/{path}", json=body, headers=headers, timeout=60)

    def logged_in(self, phone: str) -> "Api":
        """The same server as the person with this telephone. Demo mode only: the answer holds the code."""
        await_turn(self.base, phone)
        sent = self.post("auth/otp", {"phone": phone})
        assert sent.status_code == 202, sent.text
        tokens = self.post("auth/token", {"phone": phone, "code": sent.json()["demo_code"]})
        assert tokens.status_code == 200, tokens.text
        return Api(self.base, tokens.json()["access"])

    def at(self, other: "Api") -> "Api":
        """The same person at another server."""
        return Api(other.base, self.access)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access}"} if self.access else {}


@dataclass(frozen=True)
class LiveServer:
    """A running server and the environment that it runs in."""

    port: int
    environment: Mapping[str, str]
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def api(self) -> Api:
        return Api(self.url)

    def socket(self, path: str) -> ClientConnection:
        """A WebSocket as a page of this server opens it; a context manager."""
        return connect(f"ws://127.0.0.1:{self.port}/{path}", origin=Origin(self.url))

    def manage(self, *words: str, stdin: str | None = None) -> str:
        """What a manage.py command prints in the server's environment; it must succeed."""
        return run([sys.executable, "manage.py", *words], self.environment, stdin=stdin)

    def demo(self) -> dict[str, Any]:
        """`demo --json`: whom to log in as, with fresh station codes."""
        found: dict[str, Any] = json.loads(self.manage("demo", "--json"))
        return found


@contextmanager
def embedded(folder: Path, *, log: str, **environment: str) -> Iterator[LiveServer]:
    """`manage.py serve` in demo mode on an empty `folder`: SQLite, local Chroma, one process."""
    port = free_port()
    settings = environment_of(DATA_DIR=str(folder), DEMO="1", PORT=str(port), **environment)
    command = [sys.executable, "manage.py", "serve", "--port", str(port)]
    with process(command, settings, log=log) as running:
        server = LiveServer(port, settings, running.log)
        running.wait_for(lambda: is_ready(server.url), "the server to be ready")
        yield server


def environment_of(**settings: str) -> dict[str, str]:
    """What a process needs of this machine, and `settings`; nothing is inherited by accident."""
    return {name: os.environ[name] for name in _INHERITED if name in os.environ} | settings


def is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/v1/health/ready", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def run(command: list[str], environment: Mapping[str, str], *, stdin: str | None = None) -> str:
    """Runs a command at the top of the tree to its end and returns its stdout; fails with its stderr."""
    done = subprocess.run(
        command, cwd=ROOT, env=environment, input=stdin, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr[-4000:]}"
    return done.stdout


@dataclass(frozen=True)
class Running:
    """A process that was started here."""

    child: subprocess.Popen[bytes]
    log: Path

    def wait_for(self, happened: Callable[[], bool], what: str) -> None:
        """Waits until something is true; fails with the log when the process ends or the time is over."""
        deadline = time.monotonic() + READY_SECONDS
        while not happened():
            ended = self.child.poll() is not None
            if ended or time.monotonic() > deadline:
                tail = self.log.read_text(errors="replace")[-4000:]
                raise AssertionError(f"waited in vain for {what} ({'ended' if ended else 'too slow'})\n{tail}")
            time.sleep(0.2)


@contextmanager
def process(command: list[str], environment: Mapping[str, str], *, log: str) -> Iterator[Running]:
    """Runs a command at the top of the tree until the block ends; then ends it by its pid."""
    ARTIFACTS.mkdir(exist_ok=True)
    path = ARTIFACTS / f"{log}.log"
    with path.open("wb") as output:
        child = subprocess.Popen(command, cwd=ROOT, env=dict(environment), stdout=output, stderr=subprocess.STDOUT)
    try:
        yield Running(child, path)
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
