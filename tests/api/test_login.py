"""Login by SMS code: every rule of the field's conventions, at the door that clients use."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection

from backend.accounts import rules
from backend.accounts.models import OtpChallenge, SendCount, Session, User
from backend.core import clock
from tests.api.clients import Client, client_of, problem
from tests.factories import NOON

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "13912345678"


class Sms:
    """Stands for the operator's gateway."""

    sent: list[tuple[str, str]] = []

    def send(self, *, phone: str, code: str) -> None:
        self.sent.append((phone, code))


class At:
    """The instant at which requests arrive."""

    def __init__(self) -> None:
        self.now = clock.now()

    def later(self, **delta: float) -> datetime:
        self.now += timedelta(**delta)
        return self.now


@pytest.fixture(autouse=True)
def at(settings: Any) -> Iterator[At]:
    settings.SMS_SENDER = f"{__name__}.Sms"
    Sms.sent.clear()
    instant = At()
    with patch.object(clock, "now", lambda: instant.now):
        yield instant


def ask(phone: str = PHONE) -> Any:
    return Client().post("auth/otp", {"phone": phone})


def enter(code: str, phone: str = PHONE) -> Any:
    return Client().post("auth/token", {"phone": phone, "code": code})


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_code_is_sent_and_opens_a_session() -> None:
    answer = ask("+86 139-1234-5678")
    assert (answer.status_code, answer.json()) == (202, {"expires_in": 300, "resend_after": 60})
    [(number, code)] = Sms.sent
    assert number == PHONE
    assert re.fullmatch(r"\d{6}", code)
    body = enter(code).json()
    assert body["user"]["roles"] == ["resident"]
    me = Client().get("me", headers={"Authorization": f"Bearer {body['access']}"})
    assert me.json()["phone"] == "139****5678"


def test_known_and_unknown_numbers_get_the_same_answer(at: At) -> None:
    first = ask().json()
    enter(Sms.sent[0][1])
    at.later(seconds=61)
    assert ask().json() == first


def test_a_code_works_once() -> None:
    ask()
    code = Sms.sent[0][1]
    assert enter(code).status_code == 200
    problem(enter(code), 401, "otp_invalid")
    assert Session.objects.count() == 1


def test_a_code_is_dead_after_three_wrong_tries_even_when_it_is_right() -> None:
    ask()
    code = Sms.sent[0][1]
    for _ in range(3):
        problem(enter(wrong(code)), 401, "otp_invalid")
    problem(enter(code), 401, "otp_invalid")
    assert not User.objects.exists()


def test_the_third_try_may_still_be_right() -> None:
    ask()
    code = Sms.sent[0][1]
    enter(wrong(code))
    enter(wrong(code))
    assert enter(code).status_code == 200


def test_a_wrong_try_stays_counted_though_it_was_refused() -> None:
    ask()
    enter(wrong(Sms.sent[0][1]))
    assert OtpChallenge.objects.get().tries == 1


@pytest.mark.parametrize(("seconds", "status"), [(299.999999, 200), (300, 401)])
def test_a_code_lives_five_minutes(at: At, seconds: float, status: int) -> None:
    ask()
    at.later(seconds=seconds)
    assert enter(Sms.sent[0][1]).status_code == status


def test_sixty_seconds_between_sends_also_after_a_login(at: At) -> None:
    ask()
    body = problem(ask(), 429, "otp_too_soon")
    assert body["retry_after_seconds"] == 60
    enter(Sms.sent[0][1])
    at.later(seconds=59)
    assert problem(ask(), 429, "otp_too_soon")["retry_after_seconds"] == 1
    at.later(seconds=1)
    assert ask().status_code == 202
    assert len(Sms.sent) == 2


def test_a_new_code_replaces_the_old(at: At) -> None:
    ask()
    at.later(seconds=61)
    ask()
    old, new = (code for _, code in Sms.sent)
    if old != new:
        assert enter(old).status_code == 401
    assert enter(new).status_code == 200


def test_ten_codes_a_day_for_one_number(at: At) -> None:
    at.now = NOON
    for _ in range(rules.OTP_PER_NUMBER_AND_DAY):
        assert ask().status_code == 202
        at.later(seconds=61)
    body = problem(ask(), 429, "otp_ceiling")
    assert 0 < body["retry_after_seconds"] < 24 * 3600
    assert len(Sms.sent) == rules.OTP_PER_NUMBER_AND_DAY
    at.later(days=1)
    assert ask().status_code == 202


def test_a_ceiling_for_one_address() -> None:
    with patch.object(rules, "OTP_PER_ADDRESS_AND_DAY", 2):
        assert [ask(f"1391234567{digit}").status_code for digit in range(3)] == [202, 202, 429]


@pytest.mark.parametrize(
    "phone", ["", "12345678901", "1391234567", "139123456789", "+1 202 555 0100", "电话", "1391234567\x00"]
)
def test_what_is_no_mobile_number_is_refused(phone: str) -> None:
    assert ask(phone).status_code in (400, 422)
    assert not OtpChallenge.objects.exists()
    assert Sms.sent == []


def test_full_width_digits_are_the_same_number() -> None:
    assert ask("１３９１２３４５６７８").status_code == 202
    assert Sms.sent[0][0] == PHONE


def test_nothing_that_was_sent_is_stored_or_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    ask()
    code = Sms.sent[0][1]
    enter(code)
    kept = " ".join(
        str(row)
        for model in (OtpChallenge, SendCount, Session, User)
        for row in model._default_manager.values_list()  # type: ignore[attr-defined]
    )
    logged = " ".join(record.getMessage() for record in caplog.records if not record.name.startswith("django.db"))
    assert PHONE not in kept + logged
    assert not re.search(rf"(?<!\d){code}(?!\d)", kept + logged)


def test_a_refresh_token_works_once_and_its_return_closes_the_session(at: At) -> None:
    ask()
    first = enter(Sms.sent[0][1]).json()
    second = Client().post("auth/token/refresh", {"refresh": first["refresh"]}).json()
    assert second["refresh"] != first["refresh"]
    at.later(seconds=10)
    problem(Client().post("auth/token/refresh", {"refresh": first["refresh"]}), 401, "refresh_reused")
    problem(Client().post("auth/token/refresh", {"refresh": second["refresh"]}), 401, "refresh_invalid")
    bearer = {"Authorization": f"Bearer {second['access']}"}
    problem(Client().get("me", headers=bearer), 401, "unauthenticated")


def test_an_answer_lost_on_the_way_may_be_asked_again_at_once(at: At) -> None:
    ask()
    first = enter(Sms.sent[0][1]).json()
    lost = Client().post("auth/token/refresh", {"refresh": first["refresh"]}).json()
    at.later(seconds=9)
    again = Client().post("auth/token/refresh", {"refresh": first["refresh"]}).json()
    assert Client().post("auth/token/refresh", {"refresh": again["refresh"]}).status_code == 200
    at.later(seconds=11)
    problem(Client().post("auth/token/refresh", {"refresh": lost["refresh"]}), 401, "refresh_reused")


def test_logging_out_ends_the_access_token_too() -> None:
    ask()
    tokens = enter(Sms.sent[0][1]).json()
    assert Client().post("auth/logout", {"refresh": tokens["refresh"]}).status_code == 200
    problem(Client().get("me", headers={"Authorization": f"Bearer {tokens['access']}"}), 401, "unauthenticated")


def test_a_page_keeps_its_refresh_token_in_a_cookie_that_scripts_cannot_read() -> None:
    ask()
    client = Client(enforce_csrf_checks=True)
    answer = client.post("auth/token", {"phone": PHONE, "code": Sms.sent[0][1]}, headers={"X-Session": "cookie"})
    cookie = answer.cookies["refresh"]
    assert "refresh" not in answer.json()
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/api/v1/auth")
    problem(client.post("auth/token/refresh", {}), 403, "csrf_failed")
    token = "a" * 32
    client.cookies["csrftoken"] = token
    assert client.post("auth/token/refresh", {}, headers={"X-CSRFToken": token}).status_code == 200


@pytest.mark.parametrize("header", ["Bearer x", "Bearer ", "Basic abc", "Bearer eyJhbGciOiJub25lIn0.e30."])
def test_a_forged_access_token_opens_nothing(header: str) -> None:
    problem(Client().get("me", headers={"Authorization": header}), 401, "unauthenticated")


def test_a_refresh_token_is_no_access_token() -> None:
    ask()
    tokens = enter(Sms.sent[0][1]).json()
    problem(Client().get("me", headers={"Authorization": f"Bearer {tokens['refresh']}"}), 401, "unauthenticated")


def test_a_profile_name_with_control_characters_is_refused() -> None:
    ask()
    enter(Sms.sent[0][1])
    user = User.objects.get()
    problem(client_of(user).patch("/api/v1/me", {"name": "a\x07b"}, format="json"), 400, "invalid_request")
    assert User.objects.get().name == ""
    assert client_of(user).patch("/api/v1/me", {"name": "李雷"}, format="json").json()["name"] == "李雷"


def test_the_database_bounds_the_tries() -> None:
    ask()
    with pytest.raises(Exception, match="otp_tries_bounded"), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_otpchallenge SET tries = 4")
