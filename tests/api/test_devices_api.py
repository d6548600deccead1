"""A smart bin at the door: signed or not heard at all, and the operators' side of its keys."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from backend.core import clock
from backend.core.ids import new_id
from backend.earning.models import Award
from backend.edge import signing
from backend.edge.throttles import PerDevice
from backend.recycling.models import Device, DeviceEvent
from tests import factories
from tests.api.clients import Client, client_of, problem
from tests.factories import NOON, person
from tests.factories_recycling import attendant, code_of, device, key, operator, standard_rules

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    standard_rules()
    with patch.object(clock, "now", lambda: NOON):
        yield


class Machine:
    """A device's firmware in a few lines."""

    def __init__(self, of: Device, secret: Any = None) -> None:
        self.device, self.key = of, secret or key(of)
        self.path = f"/api/v1/devices/{of.pk}/events"

    def headers(self, body: bytes, **changes: str) -> dict[str, str]:
        said = {"timestamp": str(int(NOON.timestamp())), "nonce": new_id().hex} | changes
        signature = signing.sign(
            secret=self.key.secret.encode(), method="POST", path=self.path, key_id=self.key.key_id, body=body, **said
        )
        return {
            "X-Key-Id": self.key.key_id, "X-Timestamp": said["timestamp"], "X-Nonce": said["nonce"],
            "X-Signature": signature,
        }  # fmt: skip

    def send(self, *events: Any, headers: dict[str, str] | None = None) -> Any:
        body = json.dumps({"events": list(events)})
        sent = headers if headers is not None else self.headers(body.encode())
        return Client().post(self.path.removeprefix("/api/v1/"), body, headers=sent, key="")


@pytest.fixture
def machine() -> Machine:
    return Machine(device())


def full(seq: int = 1, **changes: Any) -> dict[str, Any]:
    return {"seq": seq, "at": NOON.isoformat(), "kind": "status", "status": "full"} | changes


def heard() -> tuple[int, int]:
    return DeviceEvent.objects.count(), Award.objects.count()


def test_a_batch_is_answered_event_by_event(machine: Machine) -> None:
    drop = {
        "seq": 2, "at": NOON.isoformat(), "kind": "drop", "resident_code": code_of(person()),
        "lines": [{"material": "pet", "grams": 420}],
    }  # fmt: skip
    answer = machine.send(full(1), drop, full(4))
    body = answer.json()
    assert answer.status_code == 202
    assert [each["status"] for each in body["results"]] == ["applied", "applied", "waiting"]
    assert (body["results"][1]["result"]["points"], body["next_seq"], body["missing"]) == (6, 3, [[3, 3]])
    again = machine.send(full(1), drop, full(4))
    assert again.json() == body
    assert Award.objects.count() == 1


def test_each_wrong_signature_has_its_own_refusal_and_moves_nothing(machine: Machine) -> None:
    body = json.dumps({"events": [full()]}).encode()
    good = machine.headers(body)
    late = machine.headers(body, timestamp=str(int(NOON.timestamp()) - 301))
    other = Machine(device(machine.device.station, name="二号箱"))
    for headers, code in [
        ({}, "signature_missing"),
        ({"X-Signature": "0" * 64}, "signature_missing"),
        (good | {"X-Signature": "0" * 64}, "signature_invalid"),
        (good | {"X-Key-Id": "dev-unknown"}, "signature_invalid"),
        (other.headers(body), "signature_invalid"),
        (late, "signature_stale"),
    ]:
        problem(machine.send(full(), headers=headers), 401, code)
    assert heard() == (0, 0)
    assert machine.send(full(), headers=good).status_code == 202
    problem(machine.send(full(), headers=good), 409, "nonce_used")
    assert heard() == (1, 0)


def test_a_key_of_one_device_opens_no_other(machine: Machine) -> None:
    other = device(machine.device.station, name="二号箱")
    problem(Machine(other, machine.key).send(full()), 401, "signature_invalid")
    assert heard() == (0, 0)


@pytest.mark.parametrize(
    "event",
    [
        full(0), full(2**53), full("1"), full(kind="open_door"), full(status="burning"), full(at="yesterday"),
        full(lines=[]), full(resident_code="A"), {"seq": 1}, {"seq": 1, "at": NOON.isoformat(), "kind": "drop"},
    ],
)  # fmt: skip
def test_what_is_no_event_refuses_the_batch(machine: Machine, event: Any) -> None:
    problem(machine.send(full(1), event), 400, "invalid_request")
    assert heard() == (0, 0)


def test_a_batch_is_bounded(machine: Machine) -> None:
    problem(machine.send(), 400, "invalid_request")
    problem(machine.send(*[full(seq) for seq in range(1, 202)]), 400, "invalid_request")
    problem(machine.send(full(status="x" * 300_000)), 413, "request_too_large")
    assert heard() == (0, 0)


def test_a_device_has_a_rate_of_its_own(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PerDevice, "rate", "2/min", raising=False)
    assert [machine.send(full(seq)).status_code for seq in (1, 2)] == [202, 202]
    problem(machine.send(full(3)), 429, "rate_limited")
    assert Machine(device(machine.device.station, name="二号箱")).send(full()).status_code == 202


def test_operators_register_devices_and_change_keys() -> None:
    by, station = client_of(operator()), factories.station()
    made = by.post("devices", {"station": str(station.pk), "name": "一号箱"}).json()
    problem(by.post("devices", {"station": str(station.pk), "name": "一号箱"}), 409, "device_exists")
    old = by.post(f"devices/{made['id']}/keys").json()
    new = by.post(f"devices/{made['id']}/keys").json()
    problem(by.post(f"devices/{made['id']}/keys"), 409, "device_key_limit")
    [shown] = by.get("devices").json()["results"]
    assert old["secret"] not in json.dumps(shown)
    assert [each["key_id"] for each in shown["keys"]] == [old["key_id"], new["key_id"]]
    box = Device.objects.get()
    keys = [type("Key", (), each) for each in (old, new)]
    assert [Machine(box, each).send(full()).status_code for each in keys] == [202, 202]
    assert by.delete(f"/api/v1/devices/{made['id']}/keys/{old['key_id']}").status_code == 200
    problem(Machine(box, keys[0]).send(full()), 401, "signature_invalid")
    assert Machine(box, keys[1]).send(full()).status_code == 202


def test_a_gap_is_skipped_by_an_operator_with_a_reason(machine: Machine) -> None:
    machine.send(full(5))
    by = client_of(operator())
    problem(by.post(f"devices/{machine.device.pk}/skips", {}), 400, "invalid_request")
    assert by.post(f"devices/{machine.device.pk}/skips", {"reason": "换主板"}).json() == {"skipped": 4}
    assert machine.send(full(6, at=(NOON - timedelta(minutes=1)).isoformat())).json()["next_seq"] == 7


def test_devices_are_the_operators(machine: Machine) -> None:
    for who in (None, person(), attendant(machine.device.station)):
        client = client_of(who)
        for path in ("devices", f"devices/{machine.device.pk}/keys", f"devices/{machine.device.pk}/skips"):
            assert client.post(path, {"reason": "x"}).status_code in (401, 403)
        assert client.get("devices").status_code in (401, 403)
        assert client.delete(f"/api/v1/devices/{machine.device.pk}/keys/{machine.key.key_id}").status_code in (401, 403)
    assert machine.send(full()).status_code == 202
