"""Offline redemption over HTTP: the owner, the teammate, the stranger; and answers that a device can use."""

import base64
import json
from dataclasses import asdict

import pytest

from backend.core import clock
from backend.ledger.models import Transfer
from backend.tokens.rendering import decode_image
from backend.tokens.rules import signed_by
from campaigns.models import OfflineAllowance, OfflineEntry
from tests.api.clients import client_of, problem
from tests.factories import person
from tests.factories_campaigns import USCCS, claim, counter, store
from tests.factories_offline import offline_code, phone, reserved_offer

pytestmark = pytest.mark.django_db
LIMITS = {"max_count": 5, "each_fen": 1000, "total_fen": 3000, "minutes": 60}


@pytest.fixture
def world():
    """A store with a device, an offer with a reserve, a resident with a voucher."""
    now = clock.now()
    shop, of, resident = store(now=now), reserved_offer(now=now), person(points=50, now=now)
    device = phone(shop, now=now)
    return {"now": now, "shop": shop, "offer": of, "resident": resident, "device": device,
            "voucher": claim(resident, of, now), "cashier": client_of(device.by)}  # fmt: skip


def ask(world, by=None, device=None, **changes):
    body = LIMITS | {"campaign": str(world["offer"].campaign_id)} | changes
    header = {"X-Counter-Device": world["device"].header if device is None else device}
    return (by or world["cashier"]).post("counters/offline/allowances", body, headers=header)


def body_of(line):
    return asdict(line) | {"allowance": str(line.allowance)}


def test_an_allowance_comes_signed_and_is_one(world):
    answer = ask(world)
    assert answer.status_code == 201
    made = answer.json()
    document = made["document"]
    assert signed_by(made["keys"][str(document["key_id"])], document["text"], document["signature"])
    said = json.loads(document["text"])
    assert (said["id"], said["max_count"], said["total_fen"]) == (made["id"], 5, 3000)
    assert ask(world).json()["id"] == made["id"]


@pytest.mark.parametrize(
    "changes", [{"max_count": 51}, {"total_fen": 200_001}, {"minutes": 721}, {"each_fen": 0}, {"campaign": "x"}]
)
def test_limits_are_limits(world, changes):
    before = Transfer.objects.count()
    problem(ask(world, **changes), 400, "invalid_request")
    assert (Transfer.objects.count(), OfflineAllowance.objects.count()) == (before, 0)


def test_the_stranger_the_resident_and_a_device_of_nobody_get_none(world):
    stranger = counter(store("乙店", uscc=USCCS[1], now=world["now"]), now=world["now"])
    problem(ask(world, client_of(stranger)), 403, "forbidden")
    problem(ask(world, client_of(world["resident"])), 403, "forbidden")
    problem(ask(world, client_of()), 401, "unauthenticated")
    problem(ask(world, device=""), 403, "device_unknown")
    assert OfflineAllowance.objects.count() == 0


def test_only_its_owner_gets_a_voucher_s_offline_code(world):
    path = f"me/vouchers/{world['voucher'].pk}/offline-codes"
    answer = client_of(world["resident"]).post(path, {})
    assert answer.status_code == 201
    made = answer.json()
    picture = base64.b64decode(made["qr"].split(",")[1])
    assert decode_image(picture) == [made["url"]]
    assert made["holder"].isdigit()
    problem(world["cashier"].post(path, {}), 404, "not_found")
    problem(world["cashier"].post("redemptions", {"code": made["payload"], "bill_fen": 2500, "order_no": "A"}), 422,
            "code_wrong_purpose")  # fmt: skip


def test_a_line_is_settled_once_and_a_gap_is_told(world):
    device, now = world["device"], world["now"]
    device.open(world["offer"], now=now)
    code = offline_code(world["resident"], world["voucher"], now)
    first, second = (device.accept(code, now=now) for _ in range(2))
    gap = problem(world["cashier"].post("counters/offline/uploads", body_of(second)), 409, "offline_lines_missing")
    assert gap["expected"] == 1
    answers = [world["cashier"].post("counters/offline/uploads", body_of(first)) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["verdict"] == "charged"
    assert OfflineEntry.objects.count() == 1
    closing = f"counters/offline/allowances/{device.allowance.pk}/closing"
    problem(world["cashier"].post(closing, {"lines": 2}), 409, "offline_lines_missing")
    assert world["cashier"].post(closing, {"lines": 1}).json()["state"] == "closed"


@pytest.mark.parametrize(
    "changes",
    [{"seq": 0}, {"prev": "x"}, {"accepted_at": "2026-02-31T00:00:00.000Z"}, {"signature": "AA=="}, {"bill_fen": "1"}],
)
def test_a_line_that_is_none_is_no_upload(world, changes):
    device = world["device"]
    device.open(world["offer"], now=world["now"])
    line = body_of(device.accept("A" * 175, now=world["now"]))
    problem(world["cashier"].post("counters/offline/uploads", line | changes), 400, "invalid_request")
    assert OfflineEntry.objects.count() == 0


def test_the_revocation_list_is_signed(world):
    made = world["cashier"].get("counters/offline/revocations").json()
    assert signed_by(made["keys"][str(made["key_id"])], made["text"], made["signature"])
    assert json.loads(made["text"])["ids"] == []
    problem(client_of(world["resident"]).get("counters/offline/revocations"), 403, "forbidden")
