"""A copy of what is held, and being forgotten: the books stay, the person is gone."""

from typing import Any

import pytest
from django.db import transaction

from backend.accounts import services as accounts
from backend.accounts.models import Consent, Grant, Mark, MarkHolder, Member, Session, User
from backend.accounts.queries import points_account
from backend.accounts.types import ConsentPurpose, MarkKind, Role
from backend.core import clock
from backend.core.ids import new_id
from backend.ledger import proof
from backend.ledger import queries as ledger
from bot.models import Conversation, Turn
from tests import factories
from tests.api.clients import client_of, problem
from tests.factories_people import tell

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "13900001234"


@pytest.fixture
def anna() -> User:
    """Somebody who has left traces everywhere."""
    now = clock.now()
    with transaction.atomic():
        anna = accounts.person_of(phone=PHONE, now=now)
        accounts.rename(by=anna, name="安娜", now=now)
        accounts.grant(by="t", user=anna, role=Role.COUNTER, scope_kind="store", scope_id=new_id(), now=now)
        factories.give_points(anna, 30, now)
        accounts.invite(by=anna, invitee=factories.person().pk, now=now)
    talk = Conversation.objects.create(owner=anna, created_at=now)
    Turn.objects.create(conversation=talk, at=now, question="绿地率是多少", answer="40%", status="answered")
    return anna


def test_a_copy_of_everything(anna: User) -> None:
    answer = client_of(anna).get("me/export")
    body = answer.json()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (body["profile"]["name"], body["profile"]["phone"]) == ("安娜", "139****1234")
    assert ([entry["points"] for entry in body["points"]], body["questions"][0]["question"]) == ([30], "绿地率是多少")
    assert (body["roles"], body["household"] is None) == (["resident", "counter"], False)


def test_what_one_told_and_is_known_by_is_in_the_copy_and_goes(anna: User) -> None:
    tell(anna, ConsentPurpose.RESIDENCE, "大坪街道")
    with transaction.atomic():
        accounts.note_mark(user=anna, kind=MarkKind.DEVICE, value="a-device-of-anna", now=clock.now())
    client = client_of(anna)
    body = client.get("me/export").json()
    assert [(each["purpose"], each["value"]) for each in body["consents"]] == [("residence", "大坪街道")]
    assert [(each["kind"], each["holding"]) for each in body["seen_with"]] == [("device", "joined")]
    assert (body["counts_as"], body["wechat_bound"]) == (str(anna.pk), False)
    client.delete("/api/v1/me")
    assert (Consent.objects.count(), MarkHolder.objects.count(), Mark.objects.count()) == (0, 0, 0)


def test_nobody_gets_anothers(anna: User) -> None:
    assert client_of(factories.person()).get("me/export").json()["points"] == []
    problem(client_of().get("me/export"), 401, "unauthenticated")


def test_to_be_forgotten(anna: User) -> None:
    client = client_of(anna)
    assert client.delete("/api/v1/me").status_code == 200
    problem(client.get("me"), 401, "unauthenticated")
    kept = User.objects.get(pk=anna.pk)
    assert (kept.name, kept.is_active, kept.phone_digest == anna.phone_digest) == ("", False, False)
    gone: list[Any] = [Session.objects.filter(user=kept), Grant.objects.filter(user=kept), Turn.objects.all()]
    assert [rows.count() for rows in [*gone, Member.objects.filter(user=kept)]] == [0, 0, 0, 0]
    assert ledger.balance(points_account(anna.pk)) == 30
    assert [*proof.balances(), *proof.lots()] == []


def test_the_same_number_is_somebody_new(anna: User) -> None:
    client_of(anna).delete("/api/v1/me")
    with transaction.atomic():
        again = accounts.person_of(phone=PHONE, now=clock.now())
    assert (again.pk == anna.pk, again.name) == (False, "")
    assert client_of(again).get("me/points").json()["balance"] == 0
