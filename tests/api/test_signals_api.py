"""Signals and reviews at the operators' door."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import User
from backend.audit.models import AuditRow
from backend.core import clock
from backend.core.ids import new_id
from backend.earning.models import Signal
from backend.earning.types import Activity
from tests import factories
from tests.api.clients import client_of, problem
from tests.factories_evidence import PHOTO_RULE, operator, waiting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chief() -> User:
    return operator()


def signal(**changes: Any) -> Signal:
    now = clock.now()
    fields: dict[str, Any] = {
        "kind": "few_people", "subject_kind": "witness", "subject_id": new_id(), "score": 0.7, "threshold": 0.45,
        "zh": "多为三人", "en": "mostly three people", "since": now - timedelta(days=9), "until": now,
        "watch_until": now + timedelta(days=30), "found_at": now,
    }  # fmt: skip
    return Signal.objects.create(**fields | changes)


def decide(by: User | None, row: Signal, confirm: bool) -> Any:
    return client_of(by).post(f"signals/{row.pk}/decisions", {"confirm": confirm, "reason": "已核实"})


def test_operators_see_and_decide(chief: User) -> None:
    row, other = signal(), signal(kind="velocity", subject_kind="person", score=30, threshold=25)
    seen = client_of(chief)
    assert [each["id"] for each in seen.get("signals").json()["results"]] == [str(other.pk), str(row.pk)]
    [told] = seen.get("signals?kind=few_people&state=open", HTTP_ACCEPT_LANGUAGE="en").json()["results"]
    assert (told["explanation"], told["score"], told["subject"]) == ("mostly three people", 0.7, str(row.subject_id))
    assert decide(chief, row, True).json()["state"] == "confirmed"
    assert decide(chief, row, False).json()["state"] == "dismissed"
    problem(decide(chief, row, True), 409, "signal_decided")
    assert AuditRow.objects.filter(action="earning.signal").count() == 2


def test_nobody_else_does(chief: User) -> None:
    row, anna = signal(), factories.person()
    problem(client_of(anna).get("signals"), 403, "forbidden")
    problem(decide(anna, row, False), 403, "forbidden")
    problem(decide(None, row, False), 401, "unauthenticated")
    problem(client_of(chief).get("signals?state=gone"), 400, "invalid_request")
    row.pk = new_id()
    problem(decide(chief, row, False), 404, "not_found")
    assert Signal.objects.get().state == "open"


@pytest.mark.parametrize("wrong", [{"state": "confirmed"}, {"score": 0.1}, {"kind": "hunch"}, {"subject_kind": "cat"}])
def test_the_table_refuses_what_is_no_signal(wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        signal(**wrong)


def test_the_queue_costs_the_same_for_one_and_for_many(chief: User) -> None:
    factories.rule(Activity.CLEAN_PLATE, **PHOTO_RULE)
    counts, seen = [], client_of(chief)
    for _ in range(2):
        for _ in range(4):
            waiting(factories.person())
        with CaptureQueriesContext(connection) as asked:
            rows = seen.get("reviews").json()["results"]
        counts.append((len(asked), len(rows)))
    (few, four), (many, eight) = counts
    assert (four, eight) == (4, 8)
    assert many <= few


def test_the_look_by_hand_and_the_rehearsal() -> None:
    told = StringIO()
    call_command("scan_signals", stdout=told)
    assert told.getvalue().splitlines()[0] == "0 new: velocity"
    call_command("scan_signals", "--rehearse", stdout=told)
    assert "weight_outlier" in told.getvalue().split("month 1")[1]
    assert Signal.objects.count() == 0
