"""Operators read what was given up and try it again; nobody else sees that there is such a door."""

import pytest
from django.db import transaction

from backend.audit.models import AuditRow
from backend.outbox import services, worker
from backend.outbox.errors import GiveUp
from backend.outbox.models import Task
from backend.outbox.types import Lane
from tests import factories
from tests.api.clients import client_of, problem
from tests.factories import NOON
from tests.factories_outbox import TOPIC, Recorder, only, task
from tests.factories_people import operator

pytestmark = pytest.mark.django_db(transaction=True)


def given_up(*keys: str) -> None:
    with only(task(Recorder(*[GiveUp(f"no telephone for {key}") for key in keys]))):
        with transaction.atomic():
            for key in keys:
                services.enqueue(topic=TOPIC, payload={"phone": "13900000000"}, key=key, now=NOON)
        for _ in keys:
            worker.work_once(worker="w", lane=Lane.MAIN, read_clock=lambda: NOON)


def test_an_operator_reads_why_and_tries_again() -> None:
    given_up("a", "b")
    client, by = client_of(someone := operator()), str(someone.pk)
    page = client.get("dead-letters?limit=1").json()
    [first] = page["results"]
    assert (first["topic"], first["key"], first["tries"], first["reason"]) == (TOPIC, "b", 1, "no telephone for b")
    assert "13900000000" not in str(page)
    assert [each["key"] for each in client.get(page["next"]).json()["results"]] == ["a"]
    assert client.get("dead-letters?topic=another").json()["results"] == []
    assert client.post(f"dead-letters/{first['id']}/replays").status_code == 202
    again = Task.objects.get(pk=first["id"])
    assert (again.status, again.tries) == ("waiting", 0)
    assert AuditRow.objects.filter(action="outbox.replay", subject=str(again.pk), by=by).count() == 1
    problem(client.post(f"dead-letters/{first['id']}/replays"), 404, "not_found")


def test_nobody_else_reads_or_replays() -> None:
    given_up("a")
    [dead] = Task.objects.all()
    for client, status, code in [
        (client_of(), 401, "unauthenticated"),
        (client_of(factories.person()), 403, "forbidden"),
    ]:
        problem(client.get("dead-letters"), status, code)
        problem(client.post(f"dead-letters/{dead.pk}/replays"), status, code)
    assert Task.objects.get().status == "dead"
