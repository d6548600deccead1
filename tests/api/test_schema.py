"""The OpenAPI document as a fuzzer: what it promises is what the service answers, for good input and bad.

Bounded: a few dozen requests an operation, from a fixed seed, against the real WSGI stack and database.
"""

import json
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backend.accounts import services as accounts
from backend.accounts.types import Role
from backend.core import clock
from backend.core.ids import new_id
from backend.earning.models import Station
from backend.edge.throttles import PerCaller
from backend.ops import demo
from backend.recycling.models import Zone

pytest_plugins = ["tests.shelf"]
pytestmark = pytest.mark.django_db(transaction=True)
CHECKS = (not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance)


@cache
def operations() -> dict[str, Any]:
    """Every operation of the document by its label, for instance `GET /api/v1/offers`."""
    document = json.loads(json.dumps(SchemaGenerator().get_schema(public=True)))
    schema = schemathesis.openapi.from_dict(document)
    schema.app = get_wsgi_application()
    return {operation.ok().label: operation.ok() for operation in schema.get_all_operations()}


@pytest.fixture
def bearer(monkeypatch: pytest.MonkeyPatch) -> str:
    """A session of a person who holds every role, so that no door is closed to the fuzzer."""
    monkeypatch.setattr(PerCaller, "rate", None, raising=False)
    now = clock.now()
    demo.load(now=now)
    with transaction.atomic():
        person = accounts.person_of(phone=demo.COUNTER, now=now)
        station, zone = Station.objects.order_by("pk")[0], Zone.objects.order_by("pk")[0]
        scopes = {
            Role.OPERATOR: ("service", None),
            Role.ATTENDANT: ("station", station.pk),
            Role.COLLECTOR: ("zone", zone.pk),
        }
        for role, (kind, scope) in scopes.items():
            accounts.grant(by="test", user=person, role=role, scope_kind=kind, scope_id=scope, now=now)
        return accounts.open_session(person, now).access


@pytest.mark.parametrize("label", sorted(operations()))
def test_every_operation_keeps_its_promise(label: str, bearer: str, request: pytest.FixtureRequest) -> None:
    if "assistant" in label or "ready" in label:
        request.getfixturevalue("shelf_in_life")

    @seed(20260605)
    @settings(
        max_examples=25,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operations()[label].as_strategy())
    def fuzz(case: Any) -> None:
        response = case.call(headers={"Authorization": f"Bearer {bearer}", "Idempotency-Key": str(new_id())})
        case.validate_response(response, checks=CHECKS)

    fuzz()


def test_the_document_names_every_problem_and_key(client: Any) -> None:
    paths = json.loads(client.get("/api/schema/").content)["paths"]
    silent = [
        path for path, each in paths.items() for operation in each.values() if "4XX" not in operation["responses"]
    ]
    assert silent == []
    parameters = paths["/api/v1/checkins"]["post"]["parameters"]
    assert any(each["name"] == "Idempotency-Key" and each["required"] for each in parameters)
