"""Codes as the application issues, verifies and burns them."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import override_settings

from backend.core.transactions import NoTransaction
from backend.tokens import services
from backend.tokens.checks import token_settings
from backend.tokens.errors import CodeExpired, CodeForged, CodeUsed, CodeWrongPurpose
from backend.tokens.models import Burn
from backend.tokens.types import Purpose

ALICE = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
BOB = UUID("01890a5d-ac96-774b-bcce-b302099a8058")
NOW = datetime(2026, 3, 1, 4, 5, 6, tzinfo=UTC)
KEYS = {1: b"1" * 32, 2: b"2" * 32}
SETTINGS = {
    "TOKEN_KEYS": KEYS,
    "TOKEN_ACTIVE_KEY": 2,
    "TOKEN_WINDOW_SECONDS": {"STATION_SCREEN": 120, "RESIDENT": 60, "VOUCHER": 30, "OCCASION": 60},
    "PUBLIC_BASE_URL": "https://green.example.cn",
}


@pytest.fixture(autouse=True)
def _settings():
    with override_settings(**SETTINGS):
        yield


def issued(purpose=Purpose.VOUCHER, subject=ALICE, now=NOW):
    return services.issue(purpose=purpose, subject=subject, now=now)


def verified(purpose=Purpose.VOUCHER, subject=ALICE, now=NOW):
    return services.verify(code=issued(purpose, subject, now).url, purpose=purpose, now=now)


@pytest.mark.parametrize("purpose", Purpose)
def test_the_url_and_the_payload_say_the_same(purpose):
    code = issued(purpose)
    assert code.url == f"https://green.example.cn/s/{code.payload}"
    tokens = {services.verify(code=each, purpose=purpose, now=NOW) for each in (code.url, code.payload)}
    assert {(token.purpose, token.subject) for token in tokens} == {(purpose, ALICE)}
    assert len(tokens) == 1


@pytest.mark.parametrize(("purpose", "seconds"), [(Purpose.VOUCHER, 30), (Purpose.RESIDENT, 60)])
def test_a_code_passes_until_it_expires_and_is_replaced_before(purpose, seconds):
    code = issued(purpose)
    assert code.refresh_at is not None
    assert code.expires_at == code.refresh_at + timedelta(seconds=seconds)
    assert NOW < code.refresh_at <= NOW + timedelta(seconds=seconds)
    services.verify(code=code.payload, purpose=purpose, now=code.expires_at - timedelta(microseconds=1))
    with pytest.raises(CodeExpired) as refused:
        services.verify(code=code.payload, purpose=purpose, now=code.expires_at)
    assert str(seconds) in refused.value.detail()
    assert issued(purpose, now=code.refresh_at - timedelta(microseconds=1)) == code
    assert issued(purpose, now=code.refresh_at).payload != code.payload


def test_a_printed_code_has_no_end():
    code = issued(Purpose.STATION_PRINTED)
    assert (code.expires_at, code.refresh_at) == (None, None)
    assert issued(Purpose.STATION_PRINTED, now=NOW + timedelta(days=1000)) == code


def test_the_active_key_signs_and_the_others_verify():
    with override_settings(TOKEN_ACTIVE_KEY=1):
        old = issued()
    assert services.verify(code=old.payload, purpose=Purpose.VOUCHER, now=NOW).key_id == 1
    assert verified().key_id == 2
    with override_settings(TOKEN_KEYS={2: KEYS[2]}), pytest.raises(CodeForged):
        services.verify(code=old.payload, purpose=Purpose.VOUCHER, now=NOW)


def test_a_check_in_takes_both_kinds_of_station_code_and_no_other():
    stations = (Purpose.STATION_PRINTED, Purpose.STATION_SCREEN)
    for purpose in stations:
        token = services.verify(code=issued(purpose).payload, purpose=stations, now=NOW)
        assert token.purpose is purpose
    with pytest.raises(CodeWrongPurpose):
        services.verify(code=issued(Purpose.RESIDENT).payload, purpose=stations, now=NOW)


@pytest.mark.django_db
def test_a_code_burns_once():
    token = verified()
    with transaction.atomic():
        services.burn(token=token, now=NOW)
        with pytest.raises(CodeUsed):
            services.burn(token=token, now=NOW + timedelta(seconds=1))
        row = Burn.objects.get()  # the transaction of the act goes on after the refusal
    assert (row.purpose, row.burned_at) == (Purpose.VOUCHER, NOW)


@pytest.mark.django_db
def test_every_spelling_is_burned_with_the_first():
    payload = issued().payload
    with transaction.atomic():
        services.burn(token=services.verify(code=payload, purpose=Purpose.VOUCHER, now=NOW), now=NOW)
        again = services.verify(code=f"http://x/s/{payload.lower()} ", purpose=Purpose.VOUCHER, now=NOW)
        with pytest.raises(CodeUsed):
            services.burn(token=again, now=NOW)
    assert Burn.objects.count() == 1


@pytest.mark.django_db
def test_many_burn_one_screen_and_each_of_them_once():
    token = verified(Purpose.STATION_SCREEN)
    with transaction.atomic():
        for burner in ("alice", "bob", ""):
            services.burn(token=token, burner=burner, now=NOW)
            with pytest.raises(CodeUsed):
                services.burn(token=token, burner=burner, now=NOW)
    assert Burn.objects.count() == 3


@pytest.mark.django_db
def test_the_next_window_and_another_subject_are_other_codes():
    with transaction.atomic():
        for token in (verified(), verified(now=NOW + timedelta(seconds=30)), verified(subject=BOB)):
            services.burn(token=token, now=NOW)
    assert Burn.objects.count() == 3


@pytest.mark.django_db
def test_burning_outside_a_transaction_is_a_programming_error():
    with pytest.raises(NoTransaction):
        services.burn(token=verified(), now=NOW)
    assert Burn.objects.count() == 0


@pytest.mark.django_db
def test_an_act_that_fails_gives_the_code_back():
    token = verified()
    with transaction.atomic():
        services.burn(token=token, now=NOW)
        transaction.set_rollback(True)
    assert Burn.objects.count() == 0
    with transaction.atomic():
        services.burn(token=token, now=NOW)
    assert Burn.objects.count() == 1


@pytest.mark.django_db
def test_the_guard_is_the_database_and_not_the_service():
    Burn.objects.create(digest="a" * 64, purpose=1, burned_at=NOW)
    for digest, purpose in (("a" * 64, 1), ("b" * 64, 0), ("c" * 64, 256)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Burn.objects.create(digest=digest, purpose=purpose, burned_at=NOW)
    assert Burn.objects.count() == 1


@pytest.mark.django_db
def test_a_burn_cannot_be_changed_or_taken_back():
    Burn.objects.create(digest="a" * 64, purpose=1, burned_at=NOW)
    for sql in ("UPDATE tokens_burn SET purpose = 2", "DELETE FROM tokens_burn"):
        with (
            pytest.raises(Exception, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
    assert Burn.objects.get().purpose == 1


@pytest.mark.django_db
def test_a_burn_tells_neither_the_code_nor_the_burner():
    token = verified(Purpose.STATION_SCREEN)
    with transaction.atomic():
        services.burn(token=token, burner=str(ALICE), now=NOW)
    digest = Burn.objects.get().digest
    assert digest != token.digest
    assert ALICE.hex not in digest


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"TOKEN_ACTIVE_KEY": 3}, "tokens.E001"),
        ({"TOKEN_KEYS": {2: b"2" * 32, 256: b"3" * 32}}, "tokens.E002"),
        ({"TOKEN_WINDOW_SECONDS": {"STATION_SCREEN": 120, "RESIDENT": 60, "OCCASION": 60}}, "tokens.E003"),
        (
            {"TOKEN_WINDOW_SECONDS": {"STATION_SCREEN": 120, "RESIDENT": 0, "VOUCHER": 60, "OCCASION": 60}},
            "tokens.E003",
        ),
    ],
)
def test_settings_that_cannot_work_are_told_at_start_up(changed, told):
    assert token_settings() == []
    with override_settings(**changed):
        assert [message.id for message in token_settings()] == [told]


@pytest.mark.django_db(transaction=True)
def test_of_many_who_burn_one_code_at_once_one_succeeds():
    """Ten connections, let go together; whoever comes second waits for the first and is refused, never failed."""
    token, people = verified(), 10
    start = Barrier(people)

    def outcome(_: int) -> str:
        start.wait(timeout=20)
        try:
            with transaction.atomic():
                services.burn(token=token, now=NOW)
        except CodeUsed as refused:
            return refused.code
        finally:
            connection.close()
        return "burned"

    with ThreadPoolExecutor(people) as pool:
        outcomes = Counter(pool.map(outcome, range(people)))
    assert outcomes == {"burned": 1, "code_used": people - 1}
    assert Burn.objects.count() == 1
