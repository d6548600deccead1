"""What the city's acts tell partners: the events that stand in docs/partners.md, and nobody's name."""

import json
import re
from typing import Any

import pytest
from django.db import transaction

from backend.accounts import services as accounts
from backend.accounts.types import Role
from backend.core import clock
from backend.merchants.types import STORE_SCOPE
from backend.tokens import services as tokens
from backend.tokens.types import Purpose
from backend.webhooks.types import EventType
from campaigns import services as campaigns
from tests import factories, factories_campaigns
from tests.api.clients import client_of
from tests.architecture.reading import text
from tests.factories_webhooks import endpoint, work
from tests.receiver import is_genuine, receiving

pytestmark = pytest.mark.django_db(transaction=True)


def documented() -> dict[str, set[str]]:
    rows = re.findall(r"^\| `([a-z]+\.[a-z]+)` \| [^|]+ \| ([^|]+) \|$", text("docs/partners.md"), re.MULTILINE)
    return {name: set(re.findall(r"`([a-z_]+)`", data)) for name, data in rows}


def test_every_event_is_documented_and_none_that_is_gone() -> None:
    assert documented().keys() == set(EventType)


def test_an_award_is_told(settings: Any) -> None:
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    factories.rule()
    code = tokens.issue(purpose=Purpose.STATION_SCREEN, subject=factories.station().pk, now=clock.now()).payload
    with receiving() as partner:
        endpoint(partner.url)
        answer = client_of(factories.person()).post("checkins", {"code": code}).json()
        work(clock.now())
    [body] = [json.loads(body) for _, body in partner.seen]
    assert (body["type"], body["data"]["id"], body["data"]["points"]) == ("award.made", answer["id"], answer["points"])
    assert {"activity", "points", "status"} == body["data"].keys() - {"id"}


def test_a_claim_and_a_redemption_are_told(settings: Any) -> None:
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    now = clock.now()
    with receiving() as partner:
        _, secret = endpoint(partner.url)
        shop, resident = factories_campaigns.store(now=now), factories.person(points=100, now=now)
        voucher = factories_campaigns.claim(resident, factories_campaigns.offer(now=now), now)
        cashier = factories.person()
        with transaction.atomic():
            accounts.grant(by="t", user=cashier, role=Role.COUNTER, scope_kind=STORE_SCOPE, scope_id=shop.pk, now=now)
            code = tokens.issue(purpose=Purpose.VOUCHER, subject=voucher.pk, now=now).payload
            redemption = campaigns.redeem(by=cashier, code=code, bill_fen=5000, order_no="1", now=now)
        work(clock.now())
    told = {json.loads(body)["type"]: json.loads(body)["data"] for _, body in partner.seen}
    assert all(is_genuine(headers, body, secret) for headers, body in partner.seen)
    subjects = {name: told[name]["id"] for name in ("voucher.claimed", "voucher.redeemed")}
    assert subjects == {"voucher.claimed": str(voucher.pk), "voucher.redeemed": str(redemption.pk)}
    for name, data in told.items():
        if name in subjects:
            assert data.keys() - {"id"} == documented()[name]
        assert str(resident.pk) not in json.dumps(data)


def test_a_return_is_told(settings: Any) -> None:
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    now = clock.now()
    cashier = factories_campaigns.counter(factories_campaigns.store(now=now), now=now)
    voucher = factories_campaigns.claim(factories.person(points=100, now=now), factories_campaigns.offer(now=now), now)
    redemption = factories_campaigns.redeem(cashier, voucher, now=now)
    with receiving() as partner:
        endpoint(partner.url)
        with transaction.atomic():
            made = campaigns.give_back(by=cashier, redemption_id=redemption.pk, refund_fen=2000, now=now)
        work(now)
    [body] = [json.loads(body) for _, body in partner.seen]
    assert body["data"] == {
        "id": str(made.pk), "voucher": str(voucher.pk), "redemption": str(redemption.pk), "refund_fen": 2000,
    }  # fmt: skip
    assert body["type"] == "voucher.returned"
