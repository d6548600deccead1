"""Applications, suspension, stores, staff and devices over HTTP: who may, who may not, and what a no leaves alone."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from backend.accounts.models import Grant
from backend.core import clock
from backend.merchants.models import Application, Device, Merchant, Store
from campaigns.models import Redemption
from tests import factories_settlement as make
from tests.api.clients import client_of, problem
from tests.factories import person
from tests.factories_campaigns import USCCS, claim, code_of, counter, offer, store

pytestmark = pytest.mark.django_db
PLACE = {"name": "新店", "address": "民生路 2 号", "lat": 29.55, "lng": 106.57}
HOURS = [{"weekdays": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "21:30"}]


@pytest.fixture
def shop():
    return store(now=clock.now())


def rows() -> tuple[int, ...]:
    return tuple(each.objects.count() for each in (Application, Merchant, Store, Device, Grant))


def refused(answer, status: int, code: str, before: tuple[int, ...]):
    body = problem(answer, status, code)
    assert rows() == before
    return body


# -- applications -----------------------------------------------------------------------------------------------------


def apply(user, **changes):
    return client_of(user).post("merchants/applications", {"name": "小店", "uscc": USCCS[0], "contact": "王"} | changes)


def test_an_approved_applicant_owns_the_merchant_and_opens_a_store():
    boss, clerk = person(), make.operator()
    asked = apply(boss)
    assert (asked.status_code, asked.json()["status"]) == (201, "pending")
    decided = client_of(clerk).post(
        f"merchants/applications/{asked.json()['id']}/decision", {"approve": True, "reason": "执照相符"}
    )
    assert decided.status_code == 200
    merchant = decided.json()["merchant"]
    made = client_of(boss).post(f"merchants/{merchant}/stores", PLACE | {"hours": HOURS})
    assert (made.status_code, made.json()["hours"]) == (201, HOURS)
    (mine,) = client_of(boss).get("me/stores").json()["results"]
    assert mine["id"] == made.json()["id"]
    (own,) = client_of(boss).get("merchants/applications").json()["results"]
    assert (own["status"], own["reason"]) == ("approved", "执照相符")


def test_a_rejected_one_may_apply_again_and_a_decision_is_made_once():
    boss, clerk = person(), make.operator()
    path = f"merchants/applications/{apply(boss).json()['id']}/decision"
    assert client_of(clerk).post(path, {"approve": False, "reason": "照片不清"}).json()["status"] == "rejected"
    for approve in (True, False):
        refused(client_of(clerk).post(path, {"approve": approve, "reason": "x"}), 409, "application_decided", rows())
    assert apply(boss).status_code == 201


def test_an_application_is_refused_with_its_reason():
    boss = person()
    before = rows()
    refused(apply(boss, uscc="91350100M000100Y4Z"), 422, "uscc_invalid", before)
    refused(apply(boss, name=""), 400, "invalid_request", before)
    apply(boss)
    refused(apply(boss, uscc=USCCS[1]), 409, "application_pending", rows())
    refused(apply(person()), 409, "application_pending", rows())
    store(uscc=USCCS[2])
    refused(apply(person(), uscc=USCCS[2]), 409, "merchant_exists", rows())


def test_nobody_but_an_operator_decides_or_suspends(shop):
    asked = apply(person(), uscc=USCCS[1]).json()["id"]
    for user in (person(), make.owner(shop), make.manager(shop), counter(shop)):
        refused(client_of(user).post(f"merchants/applications/{asked}/decision", {}), 403, "forbidden", rows())
        refused(client_of(user).post(f"merchants/{shop.merchant_id}/suspension", {}), 403, "forbidden", rows())
        assert len(client_of(user).get("merchants/applications").json()["results"]) == 0


# -- suspension -------------------------------------------------------------------------------------------------------


def redemption(shop, cashier, order_no="A-1", **headers):
    now = clock.now()
    voucher = claim(person(points=100, now=now), offer(now=now), now)
    body = {"code": code_of(voucher, now), "bill_fen": 2500, "order_no": order_no}
    return client_of(cashier).post("redemptions", body, headers=headers)


def test_a_suspension_stops_redemption_explains_itself_and_is_lifted(shop):
    cashier, clerk = counter(shop, now=clock.now()), client_of(make.operator())
    answer = clerk.post(f"merchants/{shop.merchant_id}/suspension", {"reason": "年检过期"})
    assert (answer.status_code, answer.json()["status"], answer.json()["reason"]) == (200, "suspended", "年检过期")
    told = problem(redemption(shop, cashier), 409, "merchant_suspended")
    assert "年检过期" in told["detail"]
    [mine] = client_of(cashier).get("me/counter-stores").json()["results"]
    assert (mine["id"], mine["takes_vouchers"], mine["why_not"]) == (str(shop.pk), False, "年检过期")
    problem(clerk.get("me/counter-stores"), 403, "forbidden")
    assert Redemption.objects.count() == 0
    clerk.post(f"merchants/{shop.merchant_id}/reinstatement", {"reason": "已补"})
    assert client_of(cashier).get("me/counter-stores").json()["results"][0]["why_not"] == ""
    assert redemption(shop, cashier).status_code == 201


def test_a_store_that_joins_a_suspended_merchant_takes_no_vouchers(shop):
    boss = make.owner(shop)
    client_of(make.operator()).post(f"merchants/{shop.merchant_id}/suspension", {"reason": "核查"})
    made = client_of(boss).post(f"merchants/{shop.merchant_id}/stores", PLACE)
    assert (made.status_code, made.json()["takes_vouchers"]) == (201, False)


# -- stores and staff -------------------------------------------------------------------------------------------------


def test_an_owner_changes_a_store_of_their_own_and_no_other(shop):
    other = store("乙店", uscc=USCCS[1])
    changed = client_of(make.owner(shop)).patch(f"/api/v1/stores/{shop.pk}", {"hours": HOURS}, format="json")
    assert (changed.status_code, changed.json()["hours"]) == (200, HOURS)
    for user in (make.owner(other), make.manager(other)):
        answer = client_of(user).patch(f"/api/v1/stores/{shop.pk}", {"name": "我的"}, format="json")
        problem(answer, 404, "not_found")
        refused(client_of(user).post(f"merchants/{shop.merchant_id}/stores", PLACE), *_not_theirs(user), rows())
    shop.refresh_from_db()
    assert shop.name == "较场口店"


def _not_theirs(user):
    return (404, "not_found") if "owner" in user.roles() else (403, "forbidden")


@pytest.mark.parametrize(
    "change",
    [{"lat": 91}, {"hours": [{"weekdays": [8], "opens": "09:00", "closes": "10:00"}]}, {"name": ""},
     {"hours": [{"weekdays": [1], "opens": "9:00", "closes": "10:00"}]}, {"hours": "always"}],
)  # fmt: skip
def test_a_store_that_cannot_be_is_refused(shop, change):
    answer = client_of(make.owner(shop)).post(f"merchants/{shop.merchant_id}/stores", PLACE | change)
    refused(answer, 400, "invalid_request", rows())


def test_hours_that_overlap_and_a_name_that_is_taken_are_refused(shop):
    boss, path = client_of(make.owner(shop)), f"merchants/{shop.merchant_id}/stores"
    refused(boss.post(path, PLACE | {"hours": HOURS * 2}), 422, "hours_invalid", rows())
    refused(boss.post(path, PLACE | {"name": shop.name}), 409, "store_exists", rows())


def test_owner_names_managers_a_manager_names_counters(shop):
    boss, lead = client_of(make.owner(shop)), client_of(make.manager(shop))
    path = f"stores/{shop.pk}/staff"
    assert boss.post(path, {"phone": "13700000001", "role": "manager"}).status_code == 201
    hired = lead.post(path, {"phone": "13700000002", "role": "counter"}).json()
    assert hired["phone"] == "137****0002"
    refused(lead.post(path, {"phone": "13700000003", "role": "manager"}), 403, "forbidden", rows())
    refused(boss.post(path, {"phone": "13700000003", "role": "operator"}), 400, "invalid_request", rows())
    assert lead.delete(f"/api/v1/{path}/{hired['id']}").status_code == 200
    roles = [each["role"] for each in boss.get(path).json()["results"]]
    assert roles == ["manager", "manager"]
    (boss_named, *_) = boss.get(path).json()["results"]
    refused(lead.delete(f"/api/v1/{path}/{boss_named['id']}"), 403, "forbidden", rows())


def test_a_stranger_sees_and_names_nobody(shop):
    other = store("乙店", uscc=USCCS[1])
    for user in (make.owner(other), make.manager(other)):
        problem(client_of(user).get(f"stores/{shop.pk}/staff"), 404, "not_found")
        answer = client_of(user).post(f"stores/{shop.pk}/staff", {"phone": "13700000001", "role": "counter"})
        refused(answer, 404, "not_found", rows())
    problem(client_of(counter(shop)).get(f"stores/{shop.pk}/staff"), 403, "forbidden")


# -- devices ----------------------------------------------------------------------------------------------------------


def enrolled(shop, boss, cashier, **body):
    code = client_of(boss).post(f"stores/{shop.pk}/enrolments", {"name": "一号收银台"}).json()["code"]
    return client_of(cashier).post("counters", {"code": f"{code[:5]}-{code[5:].lower()}"} | body), code


def test_a_device_is_enrolled_once_listed_and_revoked(shop):
    boss, cashier = make.owner(shop), counter(shop, now=clock.now())
    answer, code = enrolled(shop, boss, cashier)
    device = answer.json()
    assert (answer.status_code, device["store"], device["name"]) == (201, str(shop.pk), "一号收银台")
    for again in (code, "ABCDE23456"):
        refused(client_of(cashier).post("counters", {"code": again}), 422, "enrolment_refused", rows())
    client_of(boss).patch(f"/api/v1/stores/{shop.pk}", {"devices_only": True}, format="json")
    proof = {"X-Counter-Device": f"{device['id']}.{device['secret']}"}
    assert redemption(shop, cashier, **proof).status_code == 201
    for wrong in ({}, {"X-Counter-Device": "x"}, {"X-Counter-Device": device["id"] + ".wrong"}):
        problem(redemption(shop, cashier, "A-2", **wrong), 403, "device_required")
    assert client_of(boss).delete(f"/api/v1/stores/{shop.pk}/devices/{device['id']}").status_code == 200
    problem(redemption(shop, cashier, "A-2", **proof), 403, "device_required")
    (listed,) = client_of(boss).get(f"stores/{shop.pk}/devices").json()["results"]
    assert listed["revoked_at"]
    assert listed["last_used_at"]
    assert "secret" not in listed
    assert Redemption.objects.count() == 1


def test_a_device_brings_its_own_key(shop):
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    spki = base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    answer, _ = enrolled(shop, make.owner(shop), counter(shop), public_key=spki)
    assert Device.objects.get(pk=answer.json()["id"]).public_key == spki
    other = ec.generate_private_key(ec.SECP384R1()).public_key()
    wrong = base64.b64encode(other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()[:200]
    for bad in ("AAAA", "###", wrong):
        answer, _ = enrolled(shop, make.owner(shop), counter(shop), public_key=bad)
        problem(answer, 422, "device_key_invalid")
    assert Device.objects.count() == 1


def test_only_who_looks_after_the_store_issues_codes(shop):
    other = store("乙店", uscc=USCCS[1])
    path = f"stores/{shop.pk}/enrolments"
    refused(client_of(make.manager(other)).post(path, {"name": "x"}), 404, "not_found", rows())
    refused(client_of(counter(shop)).post(path, {"name": "x"}), 403, "forbidden", rows())
