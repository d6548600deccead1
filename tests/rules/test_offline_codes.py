"""Offline codes: one spelling, any flipped bit is told, and no key but ours makes one."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.tokens import rules
from backend.tokens.errors import CodeForged, CodeMalformed
from backend.tokens.types import OfflineVoucher
from campaigns.rules import offline
from campaigns.types import UseTerms, UseTimes, VoucherKind
from campaigns.types.offline import OfflineLine

KEYS = {1: bytes(range(32)), 2: bytes(range(32, 64))}
AT = datetime(2026, 6, 5, 4, tzinfo=UTC)
amounts = st.integers(0, 2**32 - 1)
said = st.builds(
    OfflineVoucher,
    key_id=st.sampled_from([1, 2]),
    voucher=st.uuids(),
    terms=st.binary(min_size=8, max_size=8).map(bytes.hex),
    value_fen=amounts,
    min_spend_fen=amounts,
    kind=st.integers(1, 2),
    holder=st.integers(0, 99),
    issued_at=st.just(AT),
    expires_at=st.integers(1, 1800).map(lambda seconds: AT + timedelta(seconds=seconds)),
)


def raw_of(code: str) -> bytes:
    return base64.b32decode(code + "=" * (-len(code) % 8))


def code_of(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=")


@given(said)
@settings(max_examples=30)
def test_a_code_says_what_was_sealed_in_any_case_and_as_an_address(voucher):
    code = rules.seal_offline(voucher, KEYS[voucher.key_id])
    assert len(code) == 175
    for spelling in (code, code.lower(), f"https://points.example/s/{code}"):
        opened = rules.open_offline(spelling, KEYS)
        assert (opened.voucher, opened.terms, opened.value_fen) == (voucher.voucher, voucher.terms, voucher.value_fen)
        assert (opened.issued_at, opened.expires_at) == (voucher.issued_at, voucher.expires_at)


@given(said, st.integers(8, 109 * 8 - 1))
@settings(max_examples=60)
def test_any_flipped_bit_is_told(voucher, bit):
    raw = bytearray(raw_of(rules.seal_offline(voucher, KEYS[voucher.key_id])))
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises((CodeForged, CodeMalformed)):
        rules.open_offline(code_of(bytes(raw)), KEYS)


@given(said)
@settings(max_examples=10)
def test_another_key_of_the_same_number_forges_nothing(voucher):
    with pytest.raises(CodeForged):
        rules.open_offline(rules.seal_offline(voucher, bytes(32)), KEYS)


def test_a_second_spelling_and_a_shorter_code_are_malformed():
    voucher = OfflineVoucher(1, UUID(int=1), "00" * 8, 500, 2000, 1, 7, AT, AT + timedelta(minutes=1))
    code = rules.seal_offline(voucher, KEYS[1])
    spare = code[:-1] + chr(ord(code[-1]) + 1)  # the last character holds three spare bits
    for wrong in (spare, code[:-1], "", code + "A"):
        with pytest.raises(CodeMalformed):
            rules.open_offline(wrong, KEYS)


@pytest.mark.parametrize("text", ["{}", '{"名":"券"}'])
def test_a_signed_text_is_known_by_the_public_key_and_no_other(text):
    signature = rules.sign_text(text, KEYS[1])
    assert rules.signed_by(rules.public_key_of(KEYS[1]), text, signature)
    assert not rules.signed_by(rules.public_key_of(KEYS[2]), text, signature)
    assert not rules.signed_by(rules.public_key_of(KEYS[1]), text + " ", signature)
    assert not rules.signed_by("nonsense", text, signature)
    assert not rules.signed_by(rules.public_key_of(KEYS[1]), text, "AA==")


def test_the_text_of_a_line_is_json_as_a_browser_writes_it():
    line = OfflineLine(UUID(int=5), 1, "0" * 64, "ABC", '单号"7', 2500, 500, "2026-06-05T04:00:00.000Z", "", "s")
    assert offline.signed_text(line) == (
        '["green-points offline line 1","00000000-0000-0000-0000-000000000005",1,"' + "0" * 64 + '","ABC",'
        '"单号\\"7",2500,500,"2026-06-05T04:00:00.000Z",""]'
    )


@pytest.mark.parametrize(
    ("terms", "fits"),
    [
        (UseTerms(), True),
        (UseTerms(kind=VoucherKind.FIXED), True),
        (UseTerms(kind=VoucherKind.MULTI_USE), False),
        (UseTerms(kind=VoucherKind.PERCENTAGE, percent_off_bp=1000), False),
        (UseTerms(categories=("餐饮",)), False),
        (UseTerms(times=UseTimes(weekdays=(1,))), False),
    ],
)
def test_only_terms_that_a_code_can_carry_go_offline(terms, fits):
    assert offline.fits_offline(terms) is fits
