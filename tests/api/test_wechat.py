"""Login by WeChat, against a server of our own that answers as WeChat's documentation says."""

import logging
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction

from backend.accounts import crypto, services, wechat
from backend.accounts.errors import WechatSessionMissing
from backend.accounts.models import MarkHolder, Session, User, WechatAccount
from backend.core import clock
from tests import factories
from tests.api.clients import Client, client_of, problem
from tests.services import wechat_server
from tests.services.wechat_server import SESSION_KEY, Wechat

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "13900005678"


@pytest.fixture
def weixin(settings: Any) -> Iterator[Wechat]:
    with wechat_server.running() as server:
        settings.WECHAT_APPID, settings.WECHAT_SECRET = wechat_server.APPID, wechat_server.SECRET
        settings.WECHAT_BASE_URL = server.url
        yield server


def log_in(server: Wechat, openid: str, code: str = "fresh", client: Client | None = None) -> Any:
    server.codes[code] = openid
    return (client or client_of()).post("auth/wechat", {"js_code": code})


def sms_code(phone: str = PHONE) -> str:
    with transaction.atomic():
        return services.send_code(phone=phone, address="10.0.0.1", now=clock.now()).code


def bound(server: Wechat, openid: str = "openid-of-anna") -> User:
    ticket = problem(log_in(server, openid), 409, "wechat_not_bound")["ticket"]
    answer = client_of().post("auth/wechat/bind", {"ticket": ticket, "phone": PHONE, "code": sms_code()})
    return User.objects.get(pk=answer.json()["user"]["id"])


def test_the_first_login_binds_a_telephone_and_the_next_needs_none(weixin: Wechat) -> None:
    body = problem(log_in(weixin, "openid-of-anna"), 409, "wechat_not_bound")
    assert body["expires_in_seconds"] == 600
    answer = client_of().post("auth/wechat/bind", {"ticket": body["ticket"], "phone": PHONE, "code": sms_code()})
    assert answer.status_code == 200, answer.content
    user = User.objects.get(pk=answer.json()["user"]["id"])
    assert user.phone_masked == "139****5678"
    again = log_in(weixin, "openid-of-anna", "another")
    assert again.json()["user"]["id"] == str(user.pk)
    client = Client()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {again.json()['access']}")
    assert client.get("me").json()["phone"] == "139****5678"
    assert set(MarkHolder.objects.values_list("mark__kind", flat=True)) == {"telephone"}


def test_the_server_is_asked_as_documented_and_outside_any_transaction(weixin: Wechat) -> None:
    ask = wechat.identity_of

    def watched(js_code: str) -> Any:
        assert not connection.in_atomic_block
        return ask(js_code)

    with patch.object(wechat, "identity_of", watched):
        log_in(weixin, "openid-of-anna")
    [asked] = weixin.asked
    assert asked == {
        "path": "/sns/jscode2session",
        "appid": wechat_server.APPID,
        "secret": wechat_server.SECRET,
        "js_code": "fresh",
        "grant_type": "authorization_code",
    }


def test_who_is_logged_in_binds_without_a_code(weixin: Wechat) -> None:
    anna = factories.person()
    ticket = problem(log_in(weixin, "openid-of-anna"), 409, "wechat_not_bound")["ticket"]
    assert client_of(anna).post("auth/wechat/bind", {"ticket": ticket}).json()["user"]["id"] == str(anna.pk)
    assert services.wechat_session_key(anna) == SESSION_KEY


def test_keys_and_openids_are_kept_sealed_and_never_shown(weixin: Wechat) -> None:
    user = bound(weixin)
    row = WechatAccount.objects.get()
    assert "openid" not in row.openid_digest + row.openid_sealed
    assert SESSION_KEY not in row.session_key_sealed
    assert (crypto.unseal(row.openid_sealed), crypto.unseal(row.session_key_sealed)) == ("openid-of-anna", SESSION_KEY)
    answers = [log_in(weixin, "openid-of-anna", "b").content, client_of(user).get("me/export").content]
    assert not any(secret in b"".join(answers) for secret in (SESSION_KEY.encode(), b"openid-of-anna"))


def test_no_log_holds_the_secret_or_the_code(weixin: Wechat, caplog: pytest.LogCaptureFixture) -> None:
    """httpx writes each address at INFO; the settings switch that off, and our own lines name only the number."""
    caplog.set_level(logging.INFO)
    log_in(weixin, "openid-of-anna")
    problem(client_of().post("auth/wechat", {"js_code": "unknown-code"}), 422, "wechat_code_invalid")
    weixin.server_close()
    problem(client_of().post("auth/wechat", {"js_code": "unknown-code"}), 503, "wechat_unavailable")
    assert "40029" in caplog.text
    assert [word for word in (wechat_server.SECRET, "unknown-code", SESSION_KEY) if word in caplog.text] == []


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        (b'{"errcode": 40029, "errmsg": "invalid code"}', 422, "wechat_code_invalid"),
        (b'{"errcode": 40163, "errmsg": "code been used"}', 422, "wechat_code_invalid"),
        (b'{"errcode": 45011, "errmsg": "api minute-quota reach limit"}', 429, "wechat_too_often"),
        (b'{"errcode": 40226, "errmsg": "code blocked"}', 403, "wechat_blocked"),
        (b'{"errcode": -1, "errmsg": "system error"}', 503, "wechat_unavailable"),
        (b'{"errcode": 40125, "errmsg": "invalid appsecret"}', 503, "wechat_unavailable"),
        (b'{"errcode": [], "openid": "x", "session_key": "y"}', 503, "wechat_unavailable"),
        (b'{"openid": "x"}', 503, "wechat_unavailable"),
        (b'{"openid": "", "session_key": "y"}', 503, "wechat_unavailable"),
        (b"[]", 503, "wechat_unavailable"),
        (b"<html>", 503, "wechat_unavailable"),
        ((502, b'{"openid": "x", "session_key": "y"}'), 503, "wechat_unavailable"),
    ],
)
def test_each_refusal_of_wechat_has_its_own_and_leaves_nothing(
    weixin: Wechat, answer: Any, status: int, code: str
) -> None:
    weixin.answers["js"] = answer
    refused = client_of().post("auth/wechat", {"js_code": "js"})
    problem(refused, status, code)
    assert ("Retry-After" in refused.headers) == (status == 429)
    assert (WechatAccount.objects.count(), Session.objects.count()) == (0, 0)


def test_errcode_zero_is_success(weixin: Wechat) -> None:
    weixin.answers["js"] = b'{"errcode": 0, "openid": "x", "session_key": "y"}'
    problem(client_of().post("auth/wechat", {"js_code": "js"}), 409, "wechat_not_bound")


def test_a_slow_server_is_given_up(weixin: Wechat) -> None:
    weixin.silent.add("js")
    with patch.object(wechat, "TIMEOUT", 0.2):
        problem(client_of().post("auth/wechat", {"js_code": "js"}), 503, "wechat_unavailable")
    assert WechatAccount.objects.count() == 0


def test_without_settings_it_says_so() -> None:
    problem(client_of().post("auth/wechat", {"js_code": "js"}), 409, "wechat_not_configured")


def test_a_ticket_that_is_none_binds_nothing(weixin: Wechat) -> None:
    anna = factories.person()
    access = client_of(anna)._credentials["HTTP_AUTHORIZATION"].split()[1]
    for ticket in ("", "x.y.z", access):
        answer = client_of(anna).post("auth/wechat/bind", {"ticket": ticket or "-"})
        problem(answer, 422, "wechat_ticket_invalid")
    assert WechatAccount.objects.count() == 0


def test_an_old_ticket_binds_nothing(weixin: Wechat) -> None:
    ticket = problem(log_in(weixin, "openid-of-anna"), 409, "wechat_not_bound")["ticket"]
    later = clock.now() + services.wechat.rules.WECHAT_TICKET_LIFETIME
    with patch.object(clock, "now", lambda: later):
        problem(
            client_of(factories.person()).post("auth/wechat/bind", {"ticket": ticket}), 422, "wechat_ticket_invalid"
        )
    assert WechatAccount.objects.get().user is None


def test_a_ticket_alone_or_with_a_wrong_code_binds_nothing(weixin: Wechat) -> None:
    ticket = problem(log_in(weixin, "openid-of-anna"), 409, "wechat_not_bound")["ticket"]
    problem(client_of().post("auth/wechat/bind", {"ticket": ticket}), 401, "unauthenticated")
    wrong = "000000" if sms_code() != "000000" else "111111"
    body = {"ticket": ticket, "phone": PHONE, "code": wrong}
    problem(client_of().post("auth/wechat/bind", body), 401, "otp_invalid")
    assert (WechatAccount.objects.get().user, Session.objects.count()) == (None, 0)


def test_nothing_is_bound_twice(weixin: Wechat) -> None:
    """Neither a WeChat account to a second person, nor a person to a second WeChat account."""
    anna = bound(weixin)
    first = services.wechat.bearer.wechat_ticket(WechatAccount.objects.get().pk, clock.now().replace(year=2100))
    problem(client_of(factories.person()).post("auth/wechat/bind", {"ticket": first}), 409, "wechat_already_bound")
    other = problem(log_in(weixin, "openid-of-ben"), 409, "wechat_not_bound")["ticket"]
    problem(client_of(anna).post("auth/wechat/bind", {"ticket": other}), 409, "wechat_already_bound")
    assert list(WechatAccount.objects.exclude(user=None).values_list("user", flat=True)) == [anna.pk]


def test_being_forgotten_ends_it(weixin: Wechat) -> None:
    anna = bound(weixin)
    assert client_of(anna).delete("/api/v1/me").status_code == 200
    assert WechatAccount.objects.count() == 0
    with pytest.raises(WechatSessionMissing):
        services.wechat_session_key(anna)
    problem(log_in(weixin, "openid-of-anna", "later"), 409, "wechat_not_bound")


def test_what_was_never_bound_is_dropped_after_a_day(weixin: Wechat) -> None:
    log_in(weixin, "openid-of-ben")
    anna = bound(weixin)
    kept = services.wechat.rules.WECHAT_UNBOUND_KEPT
    with transaction.atomic():
        assert services.drop_unbound(now=clock.now() + kept / 2) == 0
        assert services.drop_unbound(now=clock.now() + kept) == 1
    assert WechatAccount.objects.get().user == anna


def test_a_page_gets_its_refresh_token_as_a_cookie(weixin: Wechat) -> None:
    bound(weixin)
    weixin.codes["page"] = "openid-of-anna"
    answer = client_of().post("auth/wechat", {"js_code": "page"}, headers={"X-Session": "cookie"})
    assert ("refresh" in answer.json(), answer.cookies["refresh"]["httponly"]) == (False, True)
