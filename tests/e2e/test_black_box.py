"""The main job over real HTTP and WebSocket, against one process on SQLite that knows nothing of the test."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.e2e.live import LiveServer, embedded
from tests.servers import free_port

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("black-box")]
WAIT = 20


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with embedded(tmp_path_factory.mktemp("black-box"), log="black-box") as running:
        yield running


@pytest.fixture(scope="module")
def demo(server: LiveServer) -> dict[str, Any]:
    return server.demo()


def told(socket: Any) -> dict[str, Any]:
    """The next event that is not a line of the inbox, which comes when the commit after it does."""
    while (event := json.loads(socket.recv(WAIT)))["type"] == "message":
        continue
    found: dict[str, Any] = event
    return found


def test_from_login_to_redemption(server: LiveServer, demo: dict[str, Any]) -> None:
    resident = server.api.logged_in(demo["residents"][0]["phone"])
    counter = server.api.logged_in(demo["counters"][0]["phone"])
    with server.socket("ws/me") as mine:
        mine.send(json.dumps({"type": "auth", "access": resident.access}))
        assert json.loads(mine.recv(WAIT)) == {"type": "ready"}

        earned = resident.post("checkins", {"code": server.demo()["stations"][0]["code"]})
        assert (earned.status_code, earned.json()["status"]) == (201, "awarded")
        assert told(mine)["balance"] == earned.json()["balance"]
        assert resident.get("me/points").json()["available"] == earned.json()["balance"]

        offer = demo["offers"][0]
        claimed = resident.post(f"offers/{offer['id']}/claims", {})
        voucher = claimed.json()["voucher"]
        assert (claimed.status_code, voucher["status"]) == (201, "claimed")
        assert {told(mine)["type"] for _ in range(2)} == {"voucher", "balance"}

        code = resident.get(f"me/vouchers/{voucher['id']}/code").json()["payload"]
        redeemed = counter.post("redemptions", {"code": code, "bill_fen": 5000, "order_no": "A-1"})
        assert redeemed.status_code == 201, redeemed.text
        assert redeemed.json()["payable_fen"] == 5000 - voucher["face_value_fen"]
        assert {told(mine)["type"] for _ in range(2)} == {"voucher", "redemption"}

    again = counter.post("redemptions", {"code": code, "bill_fen": 5000, "order_no": "A-2"})
    assert (again.status_code, again.json()["code"]) == (409, "voucher_already_redeemed")
    entries = resident.get("me/points/entries").json()["results"]
    assert [entry["points"] for entry in entries] == [-offer["points_price"], earned.json()["points"]]
    assert all(entry["why"] for entry in entries)


def test_the_assistant_answers_with_the_item_that_it_cites(server: LiveServer) -> None:
    answer = server.api.post("assistant/questions", {"text": "到2027年要培育几家绿色商场？"}).json()
    assert (answer["refused"], answer["citations"][0]["section"]) == (False, 13)
    assert "1家" in answer["answer"]
    with server.socket("ws/assistant") as socket:
        socket.send(json.dumps({"type": "ask", "id": "q1", "text": "附件1的内容是什么"}))
        events = [json.loads(socket.recv(WAIT))]
        while events[-1]["type"] not in {"done", "error"}:
            events.append(json.loads(socket.recv(WAIT)))
    assert events[-1]["type"] == "done"
    assert events[-1]["refused"] is True
    assert [event["seq"] for event in events] == sorted({event["seq"] for event in events})


def test_the_stream_arrives_as_events(server: LiveServer) -> None:
    headers = {"Accept": "text/event-stream"}
    url = f"{server.url}/api/v1/assistant/questions"
    with httpx.stream("POST", url, json={"text": "绿色贷款余额目标是多少"}, headers=headers, timeout=30) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        names = [line.removeprefix("event: ") for line in answer.iter_lines() if line.startswith("event: ")]
    assert names[0] == "sources"
    assert names[-1] == "done"


def test_the_commands_answer_beside_the_server(server: LiveServer) -> None:
    asked = json.loads(server.manage("ask", "--jsonl", stdin='{"id": 7, "question": "绿地率目标是多少"}\n'))
    assert (asked["id"], asked["refused"], asked["citations"][0]["section"]) == (7, False, 17)
    assert "✓" in server.manage("prove")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "checkins", b"{", 401),
        ("POST", "auth/otp", b"\xff\xfe", 400),
        ("POST", "auth/otp", b'{"phone": ' + b"9" * 10_000_000 + b"}", 413),
        ("GET", "me/points", None, 401),
        ("GET", "offers/x/claims", None, 404),
        ("DELETE", "offers", None, 405),
    ],
)
def test_bad_input_is_a_problem(server: LiveServer, method: str, path: str, body: bytes | None, status: int) -> None:
    headers = {"Content-Type": "application/json", "Idempotency-Key": "k"}
    answer = httpx.request(method, f"{server.url}/api/v1/{path}", content=body, headers=headers, timeout=30)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["code"]


def test_a_body_without_an_announced_length_is_cut_off(server: LiveServer) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(200):
            yield b"x" * 65_536

    answer = httpx.post(f"{server.url}/api/v1/codes/decode", content=endless(), headers={"Content-Type": "image/png"})
    assert (answer.status_code, answer.json()["code"]) == (413, "request_too_large")


def test_a_foreign_page_opens_no_socket(server: LiveServer) -> None:
    with pytest.raises(InvalidStatus):
        connect(f"ws://127.0.0.1:{server.port}/ws/me", origin=Origin("https://evil.example"))
    with connect(f"ws://127.0.0.1:{server.port}/ws/me") as app:
        app.send("not json")
        assert json.loads(app.recv(WAIT))["type"] == "error"


def test_a_wrong_setting_is_refused_loudly_at_the_start() -> None:
    command = [sys.executable, "manage.py", "check"]
    environment = {"PATH": "/usr/bin:/bin", "DATABASE_URL": "mysql://x", "PORT": str(free_port())}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode != 0
    assert "DATABASE_URL wants sqlite:///… or postgres://…" in run.stderr
