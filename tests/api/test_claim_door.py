"""What a claim costs the database, and what the door does when the same key was answered while it worked."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.core import clock
from backend.earning import queries as earning
from backend.edge import doors
from backend.edge.models import RememberedAnswer
from campaigns.models import Voucher
from tests.api.clients import client_of, problem
from tests.factories import person
from tests.factories_campaigns import offer

pytestmark = pytest.mark.django_db(transaction=True)
# The most statements that one claim may send, with those that begin and end its transaction. PostgreSQL gets the
# writes as one; SQLite, which lives in the same process, gets them one by one.
MOST_STATEMENTS = {"postgresql": 8, "sqlite": 18}


def claims(*, points: int = 100, **terms: Any) -> tuple[Any, str, Any]:
    """A resident, the address of an offer's claims, and the resident's client."""
    now = clock.now()
    who, of = person(points=points, now=now), offer(now=now, per_person_limit=3, **terms)
    return who, f"offers/{of.pk}/claims", client_of(who)


def test_a_claim_sends_no_more_statements_than_it_did() -> None:
    """By a process that remembers what does not change. Each statement more costs every rush."""
    _, path, client = claims()
    for _ in range(2):  # the first makes an account, the second reads it
        assert client.post(path, {}).status_code == 201
    with CaptureQueriesContext(
        connection,
    ) as sent:
        assert client.post(path, {}).status_code == 201
    statements = [each["sql"] for each in sent]
    assert len(statements) <= MOST_STATEMENTS[connection.vendor], "\n".join(statements)


def blind_once() -> Any:
    """The first look finds nothing, as if the other request had not committed yet."""
    real: Callable[..., Any] = doors._look_up
    looks: list[Any] = []

    def look(*asked: Any) -> Any:
        looks.append(real(*asked))
        return None if len(looks) == 1 else looks[-1]

    return patch.object(doors, "_look_up", look)


def test_a_key_that_was_answered_meanwhile_is_replayed_and_moves_nothing() -> None:
    who, path, client = claims()
    first = client.post(path, {}, key="k")
    with blind_once():
        again = client.post(path, {}, key="k")
    assert (again.status_code, again.json(), again["Idempotency-Replayed"]) == (201, first.json(), "true")
    assert (Voucher.objects.count(), RememberedAnswer.objects.count()) == (1, 1)
    assert earning.points_of(who.pk, clock.now()).balance == 80


def test_a_refusal_that_was_remembered_meanwhile_is_replayed() -> None:
    who, path, client = claims(points=10)
    first = problem(client.post(path, {}, key="k"), 409, "insufficient_points")
    with blind_once():
        again = client.post(path, {}, key="k")
    assert problem(again, 409, "insufficient_points") == first
    assert again["Idempotency-Replayed"] == "true"
    assert (Voucher.objects.count(), RememberedAnswer.objects.count()) == (0, 1)
    assert earning.points_of(who.pk, clock.now()).balance == 10


def test_another_body_under_a_key_that_was_answered_meanwhile_is_told_so() -> None:
    _, path, client = claims()
    other, _, _ = claims()
    assert client.post(path, {}, key="k").status_code == 201
    with blind_once():
        problem(client.post(path, {"note": str(other.pk)}, key="k"), 422, "idempotency_key_reused")
    assert Voucher.objects.count() == 1


def test_without_the_unique_answer_the_same_key_is_done_twice() -> None:
    """The control: the look alone does not keep two requests apart."""
    _, path, client = claims()
    assert client.post(path, {}, key="k").status_code == 201
    with blind_once(), patch.object(doors, "_remember", lambda batch, *_: batch.send()):
        again = client.post(path, {}, key="k")
    assert (again.status_code, Voucher.objects.count()) == (201, 2)
