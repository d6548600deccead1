"""Consent per purpose: nothing is kept without it, withdrawing deletes, nobody verifies themselves."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from backend.accounts import queries, rules, services
from backend.accounts.models import Consent, Member, User
from backend.accounts.types import ConsentPurpose
from backend.audit.models import AuditRow
from backend.core import clock
from tests.api.clients import client_of, problem
from tests.factories import person
from tests.factories_people import household, operator, tell

pytestmark = pytest.mark.django_db(transaction=True)
ADULT, CHILD = 1990, clock.now().year - 8
TOLD = {"birth_year": ADULT, "street": "大坪街道", "household_size": 3}


def patch(user: User, body: Any) -> Any:
    return client_of(user).patch("/api/v1/me", body, format="json")


def put(user: User, path: str, body: Any = None) -> Any:
    return client_of(user).put(f"/api/v1/{path}", body, format="json")


def delete(user: User, path: str) -> Any:
    return client_of(user).delete(f"/api/v1/{path}")


def told(user: User) -> dict[str, str]:
    return {each["name"]: each["value"] for each in client_of(user).get("me").json()["attributes"]}


@pytest.mark.parametrize("name", TOLD)
def test_nothing_is_kept_without_its_consent(name: str) -> None:
    anna = person()
    body = problem(patch(anna, {name: TOLD[name]}), 409, "consent_required")
    assert told(anna) == {}
    assert put(anna, f"me/consents/{body['purpose']}").status_code == 200
    assert patch(anna, {name: TOLD[name]}).status_code == 200
    assert told(anna) == {name: str(TOLD[name])}


def test_one_refused_attribute_keeps_none_of_the_others() -> None:
    anna = person()
    put(anna, "me/consents/age")
    problem(patch(anna, {"name": "安娜", **TOLD}), 409, "consent_required")
    assert (told(anna), client_of(anna).get("me").json()["name"]) == ({}, "")


def test_withdrawing_is_one_call_and_deletes() -> None:
    anna = person()
    tell(anna, ConsentPurpose.RESIDENCE, "大坪街道")
    tell(anna, ConsentPurpose.AGE, ADULT)
    answer = delete(anna, "me/consents/residence")
    assert (answer.status_code, answer.json()["given_at"]) == (200, None)
    assert delete(anna, "me/consents/residence").status_code == 200
    assert told(anna) == {"birth_year": str(ADULT)}
    actions = AuditRow.objects.filter(by=str(anna.pk), data__purpose="residence").order_by("id")
    assert list(actions.values_list("action", flat=True)) == ["accounts.consent", "accounts.withdraw"]


def test_the_words_are_shown_before_and_after() -> None:
    anna = person()
    put(anna, "me/consents/age")
    rows = client_of(anna).get("me/consents", headers={"Accept-Language": "en"}).json()["results"]
    assert [(row["purpose"], row["given_at"] is not None) for row in rows] == [
        ("age", True),
        ("residence", False),
        ("household", False),
    ]
    assert rows[0]["text"] == rules.CONSENTS[ConsentPurpose.AGE].en
    assert client_of(anna).get("me/consents/age").json()["text"] == rules.CONSENTS[ConsentPurpose.AGE].zh
    problem(client_of(anna).get("me/consents/everything"), 404, "not_found")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"birth_year": 1899}, "attribute_invalid"),
        ({"birth_year": 2999}, "attribute_invalid"),
        ({"street": "解放西路"}, "attribute_invalid"),
        ({"household_size": 21}, "attribute_invalid"),
        ({"birth_year": "1990"}, "invalid_request"),
        ({"household_size": True}, "invalid_request"),
        ({"household_size": 0}, "invalid_request"),
    ],
)
def test_what_cannot_be_is_not_kept(body: Any, code: str) -> None:
    anna = person()
    for purpose in ConsentPurpose:
        put(anna, f"me/consents/{purpose}")
    problem(patch(anna, body), 422 if code == "attribute_invalid" else 400, code)
    assert told(anna) == {}


def test_all_streets_of_the_district_are_taken() -> None:
    assert len(set(rules.STREETS)) == 11


def test_the_owner_the_housemate_and_the_stranger() -> None:
    anna, ben = person(), person()
    household(anna, ben)
    tell(anna, ConsentPurpose.AGE, ADULT)
    assert [told(user) for user in (anna, ben, person())] == [{"birth_year": str(ADULT)}, {}, {}]
    problem(client_of().get("me/consents"), 401, "unauthenticated")


class TestVerification:
    def test_an_operator_confirms_what_they_have_seen(self) -> None:
        anna, desk = person(), operator()
        tell(anna, ConsentPurpose.AGE, 1991)
        body = {"number": ADULT, "method": "身份证"}
        assert put(desk, f"people/{anna.pk}/attributes/age", body).status_code == 200
        found = queries.attributes_of(anna.pk)
        assert (found.birth_year, found.birth_year_verified) == (ADULT, True)
        patch(anna, {"birth_year": 1991})
        assert not queries.attributes_of(anna.pk).birth_year_verified

    @pytest.mark.parametrize("who", ["resident", "oneself"])
    def test_others_confirm_nothing(self, who: str) -> None:
        desk = operator()
        by, of = (person(), desk) if who == "resident" else (desk, desk)
        tell(of, ConsentPurpose.AGE, ADULT)
        answer = put(by, f"people/{of.pk}/attributes/age", {"number": 1950, "method": "身份证"})
        problem(answer, 403, "forbidden" if who == "resident" else "self_verification")
        found = queries.attributes_of(of.pk)
        assert (found.birth_year, found.birth_year_verified) == (ADULT, False)

    def test_the_database_refuses_who_verifies_themselves(self) -> None:
        anna = person()
        tell(anna, ConsentPurpose.AGE, ADULT)
        with pytest.raises(IntegrityError), transaction.atomic():
            Consent.objects.update(verified_by=anna.pk, verified_at=clock.now())

    def test_without_consent_nothing_is_confirmed(self) -> None:
        anna, desk = person(), operator()
        answer = put(desk, f"people/{anna.pk}/attributes/residence", {"text": "大坪街道", "method": "居住证"})
        problem(answer, 409, "consent_required")
        problem(put(desk, f"people/{anna.pk}/attributes/age", {"method": "x"}), 400, "invalid_request")
        assert Consent.objects.count() == 0


class TestChildren:
    def test_a_child_needs_the_household_of_who_invited_it(self) -> None:
        mother, child = person(), person()
        put(child, "me/consents/age")
        problem(patch(child, {"birth_year": CHILD}), 409, "guardian_required")
        assert told(child) == {}
        household(mother, child)
        assert patch(child, {"birth_year": CHILD}).status_code == 200
        assert queries.attributes_of(child.pk).guardian_id == mother.pk

    def test_neither_leaves_the_other(self) -> None:
        mother, child = person(), person()
        household(mother, child)
        tell(child, ConsentPurpose.AGE, CHILD)
        for who in (child, mother):
            problem(delete(who, "me/household"), 409, "guardian_required")
        assert Member.objects.count() == 2
        assert delete(child, "me/consents/age").status_code == 200
        assert [delete(who, "me/household").status_code for who in (mother, child)] == [200, 200]

    def test_who_has_grown_up_leaves(self) -> None:
        mother, child = person(), person()
        household(mother, child)
        tell(child, ConsentPurpose.AGE, CHILD)
        later = clock.now().replace(year=CHILD + rules.ADULT_FROM + 1, day=1)
        with transaction.atomic():
            services.leave_household(by=child, now=later)
        assert Member.objects.get().wards == 0

    def test_a_child_is_nobody_s_guardian(self) -> None:
        mother, child, sibling = person(), person(), person()
        household(mother, child)
        tell(child, ConsentPurpose.AGE, CHILD)
        with transaction.atomic():
            services.invite(by=child, invitee=sibling.pk, now=clock.now())
            services.accept_invitation(by=sibling, now=clock.now())
        put(sibling, "me/consents/age")
        problem(patch(sibling, {"birth_year": CHILD}), 409, "guardian_required")
        assert told(sibling) == {}

    def test_a_guardian_can_be_forgotten(self) -> None:
        mother, child = person(), person()
        household(mother, child)
        tell(child, ConsentPurpose.AGE, CHILD)
        assert delete(mother, "me").status_code == 200
        assert queries.attributes_of(child.pk).guardian_id is None


def test_what_a_campaign_asks_costs_two_reads(django_assert_num_queries: Any) -> None:
    anna, ben = person(), person()
    household(anna, ben)
    for purpose, value in zip(ConsentPurpose, TOLD.values(), strict=True):
        tell(anna, purpose, value)
    with django_assert_num_queries(2):
        found = queries.attributes_of(anna.pk)
    assert (found.birth_year, found.street, found.household_size) == tuple(TOLD.values())
    shared = Member.objects.get(user=ben).household_id
    assert (found.registered_at, found.household_id, found.street_verified) == (anna.created_at, shared, False)


class TestDevices:
    def login(self, user: User, device: str) -> Any:
        phone = services.login.crypto.unseal(user.phone_sealed)
        with transaction.atomic():
            code = services.send_code(phone=phone, address="10.0.0.1", now=clock.now()).code
        body = {"phone": phone, "code": code}
        return client_of().post("auth/token", body, headers={"X-Device-Id": device})

    def test_two_accounts_on_one_device_are_one_person_until_an_appeal(self) -> None:
        anna, ben, desk = person(), person(), operator()
        assert self.login(anna, "a-device-of-anna").status_code == 200
        refresh = self.login(ben, "").json()["refresh"]
        assert queries.person_of(ben.pk) == ben.pk
        client_of().post("auth/token/refresh", {"refresh": refresh}, headers={"X-Device-Id": "a-device-of-anna"})
        assert queries.person_of(ben.pk) == anna.pk
        for who, status in [(ben, 403), (desk, 200)]:
            answer = client_of(who).post(f"people/{ben.pk}/separation", {"reason": "二手手机"})
            assert (answer.status_code, queries.person_of(ben.pk) == ben.pk) == (status, status == 200)
        problem(client_of(desk).post(f"people/{ben.pk}/separation", {"reason": "再来"}), 404, "not_found")

    @pytest.mark.parametrize("device", ["short", "x" * 65, "no spaces in a device", "汉字汉字汉字汉字汉字汉字"])
    def test_what_is_no_device_is_refused(self, device: str) -> None:
        anna = person()
        header = device.encode() if device.isascii() else device.encode("utf-8")
        problem(self.login(anna, header.decode("latin-1")), 400, "invalid_request")
        assert services.clusters.MarkHolder.objects.count() == 0
