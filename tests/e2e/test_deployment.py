"""The deployment without Docker: docker/entrypoint.sh runs two web processes on PostgreSQL, Redis and a Chroma server.

What only shows with more than one process is proved here: sessions, keys and vouchers are shared, and an act at one
process is told to a socket at the other.
"""

import json
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import chromadb
import httpx
import psycopg
import pytest
from chromadb.config import Settings as ChromaSettings

from backend.core.ids import new_id
from tests import servers
from tests.e2e.live import LiveServer, environment_of, is_ready, process, run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgres,
    pytest.mark.redis,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("deployment"),
]

ENTRYPOINT = "docker/entrypoint.sh"
BIN = Path(sys.executable).parent
EVENT_SECONDS = 20


class Deployment:
    """Two web processes, what they share, and the demo data."""

    def __init__(self, a: LiveServer, b: LiveServer, chroma_port: int) -> None:
        self.a, self.b, self.chroma_port = a, b, chroma_port
        self.demo = a.demo()

    def resident(self, number: int) -> str:
        return str(self.demo["residents"][number]["phone"])

    def station_code(self) -> str:
        return str(self.demo["stations"][0]["code"])


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    folder = tmp_path_factory.mktemp("deployment")
    with ExitStack() as stack:
        chroma_port = stack.enter_context(_chroma(folder / "chroma"))
        shared = environment_of(
            DATABASE_URL=stack.enter_context(_database()),
            REDIS_URL=urlunsplit(urlsplit(servers.REDIS_URL)._replace(path="/14")),
            CHROMA_URL=f"http://127.0.0.1:{chroma_port}",
            SECRET_KEY="one-secret-for-every-process-of-the-deployment",
            DATABASE_POOL="4",
            DEMO="1",
        )
        shared["PATH"] = f"{BIN}:{shared['PATH']}"
        run([ENTRYPOINT, "migrate"], shared | {"DATA_DIR": str(folder / "migrate")})
        a, b = (stack.enter_context(_web(name, shared, folder)) for name in "ab")
        yield Deployment(a, b, chroma_port)


@contextmanager
def _database() -> Iterator[str]:
    """A PostgreSQL database of this run's own, dropped at the end."""
    name = f"green_deployment_{new_id().hex}"
    with psycopg.connect(servers.POSTGRES_URL, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(urlsplit(servers.POSTGRES_URL)._replace(path=f"/{name}"))
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def _chroma(folder: Path) -> Iterator[int]:
    command = shutil.which("chroma", path=str(BIN))
    if command is None:
        pytest.skip("the chroma command, which starts a Chroma server, is not in this environment")
    port = servers.free_port()
    words = [command, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with process(words, environment_of(ANONYMIZED_TELEMETRY="False"), log="deployment-chroma") as running:
        running.wait_for(lambda: _beats(port), "the Chroma server")
        yield port


def _beats(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/api/v2/heartbeat", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def _web(name: str, shared: dict[str, str], folder: Path) -> Iterator[LiveServer]:
    port = servers.free_port()
    own = {"DATA_DIR": str(folder / name), "PORT": str(port), "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}"}
    with process([ENTRYPOINT, "web"], shared | own, log=f"deployment-{name}") as running:
        server = LiveServer(port, shared | own, running.log)
        running.wait_for(lambda: is_ready(server.url), f"web process {name}")
        yield server


def test_both_processes_have_all_they_need(deployment: Deployment) -> None:
    for server in (deployment.a, deployment.b):
        checks = server.api.get("health/ready").json()["checks"]
        assert checks
        assert set(checks.values()) == {"ok"}


def test_an_act_at_one_process_is_told_to_a_socket_at_the_other(deployment: Deployment) -> None:
    at_a = deployment.a.api.logged_in(deployment.resident(0))
    key = str(new_id())
    with deployment.a.socket("ws/me") as socket:
        socket.send(json.dumps({"type": "auth", "access": at_a.access}))
        assert json.loads(socket.recv(EVENT_SECONDS)) == {"type": "ready"}
        first = at_a.at(deployment.b.api).post("checkins", {"code": deployment.station_code()}, key=key)
        assert first.status_code == 201, first.text
        event = json.loads(socket.recv(EVENT_SECONDS))
    assert event["type"] == "balance"
    assert event["balance"] == first.json()["balance"] == at_a.get("me/points").json()["balance"] > 0

    replay = at_a.post("checkins", {"code": deployment.station_code()}, key=key)
    assert (replay.status_code, replay.json()) == (201, first.json())
    assert replay.headers["Idempotency-Replayed"] == "true"
    assert at_a.get("me/points").json()["balance"] == first.json()["balance"]


def test_a_voucher_shown_at_two_processes_is_redeemed_once(deployment: Deployment) -> None:
    resident = deployment.a.api.logged_in(deployment.resident(1))
    assert resident.post("checkins", {"code": deployment.station_code()}).status_code == 201
    offer = deployment.demo["offers"][0]
    claimed = resident.at(deployment.b.api).post(f"offers/{offer['id']}/claims", {})
    assert claimed.status_code == 201, claimed.text
    voucher = claimed.json()["voucher"]["id"]
    code = resident.get(f"me/vouchers/{voucher}/code").json()["payload"]

    counter = deployment.b.api.logged_in(deployment.demo["counters"][0]["phone"])
    tills = [counter, counter.at(deployment.a.api)]

    def redeem(number: int) -> httpx.Response:
        bill = {"code": code, "bill_fen": 3000, "order_no": f"till-{number}"}
        return tills[number].post("redemptions", bill)

    with ThreadPoolExecutor(2) as pool:
        won, lost = sorted(pool.map(redeem, range(2)), key=lambda answer: answer.status_code)
    assert won.status_code == 201, won.text
    assert won.json()["payable_fen"] == 3000 - won.json()["discount_fen"] < 3000
    assert (lost.status_code, lost.json()["code"]) in [(409, "code_used"), (409, "voucher_already_redeemed")]
    used = resident.get("me/vouchers", status="redeemed").json()["results"]
    assert [row["id"] for row in used] == [voucher]


def test_the_assistant_answers_from_the_shared_index(deployment: Deployment) -> None:
    index = chromadb.HttpClient(
        host="127.0.0.1", port=deployment.chroma_port, settings=ChromaSettings(anonymized_telemetry=False)
    )
    assert [each.count() > 0 for each in index.list_collections() if each.name.startswith("knowledge-")] == [True]
    question = {"text": "到2027年再生资源回收量要达到多少？"}
    answers = [server.api.post("assistant/questions", question) for server in (deployment.a, deployment.b)]
    assert [answer.status_code for answer in answers] == [200, 200]
    first, second = (answer.json() for answer in answers)
    assert not first["refused"]
    assert first["citations"][0]["quote"]
    assert _substance(first) == _substance(second)


def _substance(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in ("answer", "refused", "citations")}


def test_the_books_agree_and_nothing_went_wrong_unseen(deployment: Deployment) -> None:
    environment = dict(deployment.b.environment)
    assert "transfers" in run([ENTRYPOINT, "prove"], environment)
    run([ENTRYPOINT, "upkeep"], environment)
    for server in (deployment.a, deployment.b):
        assert "Traceback" not in server.log.read_text()
