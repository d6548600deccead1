"""Whatever comes in, the answer is problem+json with a code, nothing has moved, and no fault shows its text."""

import threading
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection, transaction

from backend.core.errors import Refusal
from backend.earning import services
from backend.earning.models import Award, Station
from backend.edge.models import RememberedAnswer
from backend.ledger.models import Transfer
from tests import factories
from tests.api.clients import Client, client_of, problem
from tests.concurrency.race import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client() -> Client:
    return client_of(factories.person())


@pytest.fixture(autouse=True)
def _nothing_moves() -> Any:
    yield
    assert not Award.objects.exists()
    assert not Transfer.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        "",
        '{"code": "x", "lat": 1e400, "lng": 0}',
        "{",
        "[",
        "nul",
        '{"code": NaN}',
        '{"code": "a", "code": "b"}',
        "[" * 100_000,
        '{"code": "\ud800"}'.encode("utf-8", "surrogatepass"),
    ],
    ids=["empty", "infinite", "open", "array", "word", "nan", "twice", "deep", "surrogate"],
)
def test_what_is_not_json_is_malformed(client: Client, body: str | bytes) -> None:
    answer = client.post("checkins", body)
    assert answer.status_code == 400
    assert answer.json()["code"] in {"malformed_json", "invalid_request"}


@pytest.mark.parametrize(
    "body",
    [
        [], 7, "text", None, {}, {"code": None}, {"code": 5}, {"code": {}}, {"code": []}, {"code": True}, {"code": ""},
        {"code": "x" * 513}, {"code": "a\x00b"}, {"code": "\u202eabc"}, {"code": "x", "lat": "north", "lng": 1},
        {"code": "x", "lat": 91, "lng": 0},
    ],
)  # fmt: skip
def test_a_body_of_the_wrong_shape_is_named(client: Client, body: Any) -> None:
    answer = client.post("checkins", body)
    assert answer.status_code == 400
    assert answer.json()["code"] in {"invalid_request", "malformed_json"}


def test_the_errors_say_which_field(client: Client) -> None:
    assert "code" in problem(client.post("checkins", {}), 400, "invalid_request")["errors"]


def test_a_body_of_ten_megabytes_is_refused(client: Client) -> None:
    problem(client.post("checkins", b'{"code": "' + b"x" * 10_000_000 + b'"}'), 413, "request_too_large")


def test_another_content_type_is_refused(client: Client) -> None:
    problem(client.post("checkins", b"code=x", content_type="text/xml"), 415, "unsupported_media_type")


def test_another_method_is_refused(client: Client) -> None:
    problem(client.put("/api/v1/checkins", {}, format="json"), 405, "method_not_allowed")


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v2/checkins", "/api/", "/api/v1/stations/not-a-uuid"])
def test_an_unknown_address_is_a_problem_too(client: Client, path: str) -> None:
    problem(client.get(path), 404, "not_found")


def test_a_foreign_id_is_not_found(client: Client) -> None:
    problem(client.get("stations/00000000-0000-7000-8000-000000000000"), 404, "not_found")


def test_the_language_follows_the_client(client: Client) -> None:
    chinese = problem(client.get("nothing"), 404, "not_found")["detail"]
    english = problem(client.get("nothing", headers={"Accept-Language": "en-GB,en;q=0.9"}), 404, "not_found")["detail"]
    assert "没有找到" in chinese
    assert "Not found" in english


def test_a_request_id_is_kept_or_made(client: Client) -> None:
    given = client.get("nothing", headers={"X-Request-ID": "abcdef123456"})
    assert given.headers["X-Request-ID"] == given.json()["request_id"] == "abcdef123456"
    made = client.get("nothing", headers={"X-Request-ID": "<script>"})
    assert made.headers["X-Request-ID"] == made.json()["request_id"] != "<script>"


def test_a_fault_is_a_500_without_its_text_and_may_be_retried(client: Client) -> None:
    client.raise_request_exception = False
    with patch.object(services, "check_in", side_effect=ValueError("the secret is forty-two")):
        answer = client.post("checkins", {"code": "x"}, key="fault")
    assert "secret" not in answer.content.decode()
    problem(answer, 500, "internal_error")
    assert not RememberedAnswer.objects.exists()
    problem(client.post("checkins", {"code": "x"}, key="fault"), 422, "code_malformed")


def test_a_busy_database_is_said_and_may_be_retried(client: Client) -> None:
    with patch.object(services, "check_in", side_effect=OperationalError("database is locked")):
        body = problem(client.post("checkins", {"code": "x"}), 503, "busy")
    assert "locked" not in str(body)
    assert not RememberedAnswer.objects.exists()


def test_what_was_written_before_a_refusal_is_undone(client: Client) -> None:
    class No(Refusal):
        code = "no"

    def write_then_refuse(**_: object) -> None:
        factories.station(name="half done")
        raise No

    with patch.object(services, "check_in", write_then_refuse):
        problem(client.post("checkins", {"code": "x"}), 400, "no")
    assert not Station.objects.exists()
    assert RememberedAnswer.objects.count() == 1


def test_a_request_that_comes_again_while_it_runs() -> None:
    """PostgreSQL tells that the first is in flight; SQLite, with one writer, waits for it and replays."""
    person = factories.person()
    inside, finish = threading.Event(), threading.Event()

    def slow(**_: object) -> None:
        inside.set()
        finish.wait(20)
        raise Refusal

    def first() -> Any:
        return client_of(person).post("checkins", {"code": "x"}, key="same")

    def second() -> Any:
        inside.wait(20)
        threading.Timer(0.5, finish.set).start()
        return again.post("checkins", {"code": "x"}, key="same")

    again = client_of(person)  # logged in beforehand: on SQLite a login would wait for the writer too
    with patch.object(services, "check_in", slow):
        one, two = race([first, second])
    problem(one, 400, "refused")
    if connection.vendor == "postgresql":
        problem(two, 409, "idempotency_in_flight")
    else:
        problem(two, 400, "refused")
        assert two.headers["Idempotency-Replayed"] == "true"


def test_many_at_once_with_one_key_act_once() -> None:
    """SQLite waits and replays; PostgreSQL may say "in flight", and a retry then replays."""
    person, acts = factories.person(), []

    def act(**_: object) -> None:
        acts.append(1)
        raise Refusal

    def ask() -> Any:
        return client_of(person).post("checkins", {"code": "x"}, key="same")

    with patch.object(services, "check_in", act):
        answers = race([ask] * 16)
        judged = len(acts)
        answers.append(ask())
    assert {getattr(answer, "status_code", answer) for answer in answers} <= {400, 409}
    assert answers[-1].headers["Idempotency-Replayed"] == "true"
    assert len({answer.content for answer in answers if answer.status_code == 400}) == 1
    # What is refused has moved nothing, so it may be judged again until the first judgement is remembered.
    assert 1 <= judged <= 16
    assert len(acts) == judged


def test_no_service_runs_outside_a_door() -> None:
    with pytest.raises(RuntimeError), transaction.atomic(durable=True), transaction.atomic(durable=True):
        pass
    assert not connection.in_atomic_block
