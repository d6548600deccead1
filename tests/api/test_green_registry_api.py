"""The registry of what is green and the occasions, over HTTP: open to read, for operators to write."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.types import Role
from backend.audit.models import AuditRow
from backend.core import clock
from backend.earning.types import Activity
from backend.purchases.models import Attendance, Certification, Goods, Occasion, Permit, TillKey
from tests import factories
from tests.api.clients import Client, client_of, problem
from tests.factories import person
from tests.factories_campaigns import counter, store

pytestmark = pytest.mark.django_db(transaction=True)


def period(start: str = "valid_from", end: str = "valid_to", days: int = 30) -> dict[str, str]:
    now = clock.now()
    return {start: (now - timedelta(days=1)).isoformat(), end: (now + timedelta(days=days)).isoformat()}


@pytest.fixture
def operator() -> Client:
    user = person()
    with transaction.atomic():
        accounts.grant(by="test", user=user, role=Role.OPERATOR, scope_kind="service", scope_id=None, now=clock.now())
    return client_of(user)


def certificate(**changes: Any) -> dict[str, Any]:
    return {"kind": "green_hotel", "number": "H-1", "issuer": "市商务委", **period()} | changes


def goods(**changes: Any) -> dict[str, Any]:
    named = {"title": "有机食品", "title_en": "Organic food"}
    return {"category": "food", "label": "organic", **named, **period()} | changes


def test_anyone_reads_what_operators_registered(operator: Client) -> None:
    at = store()
    made = operator.post("green/certifications", certificate(store=str(at.pk)))
    assert made.status_code == 201, made.content
    assert (
        operator.post("green/permits", {"store": str(at.pk), "activity": "green_hotel", **period()}).status_code == 201
    )
    assert operator.post("green/products", goods()).status_code == 201
    [shown] = client_of().get("green/stores").json()["results"]
    assert (shown["name"], [each["title"] for each in shown["certifications"]]) == ("较场口店", ["绿色饭店"])
    assert [each["activity"] for each in shown["activities"]] == ["green_hotel"]
    [row] = client_of().get("green/products", headers={"Accept-Language": "en"}).json()["results"]
    assert (row["title"], row["label_title"], row["category_title"]) == ("Organic food", "Organic", "Food")
    for path in ("certifications", "permits", "products"):
        [kept] = operator.get(f"green/{path}").json()["results"]
        ended = operator.delete(f"/api/v1/green/{path}/{kept['id']}")
        assert (ended.status_code, ended.json()["ended_at"] is not None) == (200, True)
        problem(operator.delete(f"/api/v1/green/{path}/{kept['id']}"), 409, "registration_ended")
    assert client_of().get("green/stores").json()["results"] == []
    assert client_of().get("green/products").json()["results"] == []
    assert AuditRow.objects.filter(action__startswith="purchases.").count() == 6


def test_what_is_registered_twice_or_upside_down_is_refused(operator: Client) -> None:
    at = store()
    assert operator.post("green/certifications", certificate(store=str(at.pk))).status_code == 201
    problem(operator.post("green/certifications", certificate(store=str(at.pk))), 409, "registration_exists")
    problem(operator.post("green/products", goods(**period(days=-2))), 422, "period_invalid")
    weighing = {"store": str(at.pk), "activity": "weighing", **period()}
    problem(operator.post("green/permits", weighing), 400, "invalid_request")
    nobody = "01900000-0000-7000-8000-000000000000"
    problem(operator.post("green/certifications", certificate(store=nobody, number="H-2")), 404, "not_found")
    assert (Certification.objects.count(), Goods.objects.count(), Permit.objects.count()) == (1, 0, 0)


def test_only_operators_write(operator: Client) -> None:
    at = store()
    cashier, stranger = client_of(counter(at)), client_of(person())
    for path, body in [
        ("green/certifications", certificate(store=str(at.pk))),
        ("green/permits", {"store": str(at.pk), "activity": "own_cup", **period()}),
        ("green/products", goods()),
        ("occasions", occasion()),
        (f"stores/{at.pk}/till-keys", None),
    ]:
        problem(cashier.post(path, body), 403, "forbidden")
        problem(stranger.post(path, body), 403, "forbidden")
        problem(client_of().post(path, body), 401, "unauthenticated")
    made = (Certification, Permit, Goods, Occasion, TillKey)
    assert [each.objects.count() for each in made] == [0] * 5


def test_a_till_s_key_is_shown_once_and_revoked(operator: Client) -> None:
    at = store()
    key = operator.post(f"stores/{at.pk}/till-keys").json()
    assert len(key["secret"]) > 30
    [kept] = operator.get(f"stores/{at.pk}/till-keys").json()["results"]
    assert (kept["key_id"], kept["revoked_at"], "secret" in kept) == (key["key_id"], None, False)
    assert operator.delete(f"/api/v1/stores/{at.pk}/till-keys/{key['key_id']}").status_code == 200
    problem(operator.delete(f"/api/v1/stores/{at.pk}/till-keys/{key['key_id']}"), 404, "not_found")


def occasion(**changes: Any) -> dict[str, Any]:
    told = {"title": "植树", "title_en": "Planting trees", "organiser": "街道办", "place": "山城步道"}
    time = period("starts_at", "ends_at")
    return {"activity": "volunteering", "organiser_phone": "13900007777", "capacity": 30, **told, **time} | changes


def test_an_occasion_from_its_making_to_its_end(operator: Client) -> None:
    factories.rule(Activity.VOLUNTEERING, points=30, min_interval_seconds=0)
    made = operator.post("occasions", occasion())
    assert made.status_code == 201, made.content
    path = f"occasions/{made.json()['id']}"
    with transaction.atomic():
        organiser: User = accounts.person_of(phone="13900007777", now=clock.now())
    problem(client_of(person()).get(f"{path}/code"), 403, "forbidden")
    problem(client_of().get(f"{path}/code"), 401, "unauthenticated")
    shown = client_of(organiser).get(f"{path}/code").json()
    assert (shown["occasion"]["title"], shown["qr"][:10]) == ("植树", "data:image")
    who = client_of(person())
    there = who.post("occasions/attendances", {"code": shown["payload"]})
    assert (there.status_code, there.json()["points"]) == (201, 30)
    problem(who.post("occasions/attendances", {"code": shown["payload"]}), 409, "already_attended")
    [open_now] = client_of().get("occasions").json()["results"]
    assert (open_now["left"], open_now["activity_title"]) == (29, "环保志愿服务")
    assert operator.delete(f"/api/v1/{path}").json()["cancelled_at"] is not None
    problem(client_of(person()).post("occasions/attendances", {"code": shown["payload"]}), 409, "occasion_not_open")
    assert client_of().get("occasions").json()["results"] == []
    assert Attendance.objects.count() == 1
