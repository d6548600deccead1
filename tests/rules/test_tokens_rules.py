"""The payload of a code: what passes, what does not, and what it gives away."""

import base64
import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backend.core.errors import Refusal
from backend.tokens import rules
from backend.tokens.errors import CodeExpired, CodeForged, CodeKindUnknown, CodeMalformed, CodeWrongPurpose
from backend.tokens.rules import payloads
from backend.tokens.types import Purpose, Token

KEYS = {1: b"1" * 32, 2: b"2" * 32}
SECONDS = {
    Purpose.STATION_PRINTED: 0,
    Purpose.STATION_SCREEN: 120,
    Purpose.RESIDENT: 60,
    Purpose.VOUCHER: 60,
    Purpose.VOUCHER_PRINTED: 0,
    Purpose.VOUCHER_OFFLINE: 0,
    Purpose.TRAIL_HEAD: 0,
    Purpose.RECEIPT: 0,
    Purpose.OCCASION: 60,
}
NOW = datetime(2026, 3, 1, 4, 5, 6, 789, tzinfo=UTC)
ALICE = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
BOB = UUID("01890a5d-ac96-774b-bcce-b302099a8058")
MICROSECOND = timedelta(microseconds=1)
ROTATING = [purpose for purpose in Purpose if purpose.rotates]


def sealed(purpose=Purpose.RESIDENT, subject=ALICE, now=NOW, key_id=1, keys=KEYS):
    window = rules.window_at(now, SECONDS[purpose])
    return rules.seal(purpose=purpose, key_id=key_id, master=keys[key_id], subject=subject, window=window)


def unsealed(code, *purposes, now=NOW, keys=KEYS) -> Token:
    return rules.unseal(code, purposes=purposes or (Purpose.RESIDENT,), keys=keys, now=now, window_seconds=SECONDS)


def raw(payload: str) -> bytes:
    return base64.b32decode(payload)


def text(payload: bytes) -> str:
    return base64.b32encode(payload).decode().rstrip("=")


def resealed(head: bytes) -> str:
    """A payload with this head whose MAC is right: what a holder of the keys can make and a forger cannot."""
    signed = head + raw(sealed())[7:23]
    return text(signed + payloads._mac(KEYS[signed[2]], signed))


instants = st.datetimes(datetime(1970, 1, 3), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given a zone


@given(st.sampled_from(Purpose), st.uuids(), instants, st.sampled_from([1, 2]))
def test_a_code_says_what_was_sealed_into_it(purpose, subject, now, key_id):
    payload = sealed(purpose, subject, now, key_id)
    token = unsealed(payload, purpose, now=now)
    expected = (purpose, key_id, subject, rules.window_at(now, SECONDS[purpose]))
    assert (token.purpose, token.key_id, token.subject, token.window) == expected


def test_a_payload_is_56_characters_that_a_symbol_holds_in_its_compact_mode():
    payload = sealed()
    assert len(payload) == 56
    assert set(payload) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def test_the_layout_is_frozen():
    """Posters hang for years: a change of this value makes every printed code in the district worthless."""
    payload = rules.seal(purpose=Purpose.STATION_PRINTED, key_id=1, master=bytes(range(32)), subject=ALICE, window=0)
    assert payload == "CAAQCAAAAAAIOMWK5LGX7YBN3WM335AHPV5CZOBFBXWUSV4QW3VCLOBC"


@pytest.mark.parametrize(
    "spelling",
    [
        "{}",
        " {}\n",
        "https://green.example.cn/s/{}",
        "http://127.0.0.1:8000/s/{}",
        "HTTPS://OTHER.EXAMPLE/prefix/s/{}",
        "/s/{}",
    ],
)
def test_every_spelling_of_a_code_is_the_same_code(spelling):
    payload = sealed()
    assert unsealed(spelling.format(payload)) == unsealed(payload)
    assert unsealed(spelling.format(payload.lower())) == unsealed(payload)


def test_the_groups_of_four_that_a_poster_prints_can_be_typed_as_they_stand():
    payload = sealed()
    assert unsealed(" ".join(payload[i : i + 4] for i in range(0, 56, 4))) == unsealed(payload)


@pytest.mark.parametrize(
    "code",
    [
        "",
        " ",
        "A",
        "你好",
        "\x00",
        "\ud800",
        "A" * 55,
        "A" * 56,
        "A" * 57,
        "0" * 56,
        "ı" * 56,
        "https://green.example.cn/s/",
        "https://green.example.cn/other/" + "A" * 56,
        "A" * 100_000,
    ],
)
def test_what_is_not_a_payload_is_malformed(code):
    with pytest.raises(CodeMalformed):
        unsealed(code)


def test_a_payload_with_anything_before_or_behind_it_is_malformed():
    payload = sealed()
    for code in (
        payload + "A",
        payload + "=",
        payload[:-1],
        f"/s/{payload}/",
        f"/s/{payload}?a=1",
        "AA" + payload,
    ):
        with pytest.raises((CodeMalformed, CodeKindUnknown)):
            unsealed(code)


@pytest.mark.parametrize("more", ["AA", "AAAA", "AAAAA", "AAAAAAA", "AAAAAAAA"])
def test_a_genuine_payload_with_more_bytes_behind_it_is_malformed(more):
    """Whole bytes, so that base32 itself has nothing against it."""
    with pytest.raises(CodeMalformed):
        unsealed(sealed() + more)


@given(st.text(max_size=80) | st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=50, max_size=60))
@example("")
def test_no_text_does_anything_but_refuse(code):
    with pytest.raises(Refusal):
        unsealed(code, *Purpose)


@settings(max_examples=40)
@given(st.integers(0, 34), st.integers(1, 255))
def test_no_byte_can_be_changed(place, flip):
    altered = bytearray(raw(sealed()))
    altered[place] ^= flip
    with pytest.raises((CodeForged, CodeKindUnknown, CodeMalformed)):
        unsealed(text(bytes(altered)), *Purpose)


def test_every_single_bit_is_under_the_seal():
    payload = raw(sealed())
    for bit in range(35 * 8):
        altered = bytearray(payload)
        altered[bit // 8] ^= 1 << bit % 8
        with pytest.raises((CodeForged, CodeKindUnknown, CodeMalformed)):
            unsealed(text(bytes(altered)), *Purpose)


@pytest.mark.parametrize(("version", "algorithm"), [(1, 1), (1, 15), (2, 0), (15, 15)])
@pytest.mark.parametrize("length", [35, 36, 60, 95])
def test_another_kind_is_told_by_name_whatever_its_length(version, algorithm, length):
    with pytest.raises(CodeKindUnknown) as refused:
        unsealed(text(bytes([version << 4 | algorithm]) + bytes(length - 1)))
    assert refused.value.data == {"version": version, "algorithm": algorithm}


@pytest.mark.parametrize(("made", "wanted"), list(itertools.product(Purpose, Purpose)))
def test_a_code_passes_only_for_its_own_purpose(made, wanted):
    payload = sealed(made)
    if made is wanted:
        assert unsealed(payload, wanted).purpose is made
        return
    with pytest.raises(CodeWrongPurpose) as refused:
        unsealed(payload, wanted)
    assert refused.value.data == {"expected": [wanted.name], "got": made.name}


def test_a_door_may_take_several_purposes():
    both = (Purpose.STATION_SCREEN, Purpose.STATION_PRINTED)
    assert unsealed(sealed(Purpose.STATION_PRINTED), *both).purpose is Purpose.STATION_PRINTED
    with pytest.raises(CodeWrongPurpose) as refused:
        unsealed(sealed(Purpose.VOUCHER), *both)
    assert refused.value.data["expected"] == ["STATION_PRINTED", "STATION_SCREEN"]


@pytest.mark.parametrize(("made", "page", "page_en"), [
    (Purpose.STATION_PRINTED, "扫一扫", "scan page"),
    (Purpose.STATION_SCREEN, "扫一扫", "scan page"),
    (Purpose.RESIDENT, "称重", "weighing page"),
    (Purpose.VOUCHER, "收银核销", "counter page"),
])  # fmt: skip
def test_the_wrong_purpose_says_which_page_takes_the_code(made, page, page_en):
    wanted = Purpose.VOUCHER if made is not Purpose.VOUCHER else Purpose.RESIDENT
    with pytest.raises(CodeWrongPurpose) as refused:
        unsealed(sealed(made), wanted)
    assert page in refused.value.detail("zh-Hans")
    assert page_en in refused.value.detail("en")


def test_a_purpose_of_a_newer_release_is_malformed_here():
    with pytest.raises(CodeMalformed):
        unsealed(resealed(bytes([0x10, 200, 1]) + raw(sealed())[3:7]), *Purpose)


@pytest.mark.parametrize("purpose", ROTATING)
def test_a_code_passes_from_its_window_to_the_end_of_the_next(purpose):
    seconds = SECONDS[purpose]
    start = rules.window_start(rules.window_at(NOW, seconds), seconds)
    end = start + timedelta(seconds=2 * seconds)
    payload = sealed(purpose, now=start)
    for instant in (start, start + MICROSECOND, end - MICROSECOND):
        assert unsealed(payload, purpose, now=instant).subject == ALICE
    for instant in (start - MICROSECOND, end, end + MICROSECOND, end + timedelta(days=365)):
        with pytest.raises(CodeExpired):
            unsealed(payload, purpose, now=instant)


@pytest.mark.parametrize("purpose", ROTATING)
def test_the_code_changes_exactly_when_the_window_does(purpose):
    seconds = SECONDS[purpose]
    start = rules.window_start(rules.window_at(NOW, seconds), seconds)
    before, at, after = (sealed(purpose, now=start + step * MICROSECOND) for step in (-1, 0, 1))
    assert before != at == after


def test_windows_do_not_depend_on_the_zone_of_the_clock():
    beijing = NOW.astimezone(timezone(timedelta(hours=8)))
    assert sealed(now=beijing) == sealed(now=NOW)


def test_a_printed_code_does_not_age():
    payload = sealed(Purpose.STATION_PRINTED)
    assert unsealed(payload, Purpose.STATION_PRINTED, now=NOW + timedelta(days=3650)).subject == ALICE


def test_a_rotating_code_cannot_pass_for_one_that_does_not_rotate():
    head = bytes([0x10, Purpose.STATION_PRINTED, 1]) + (7).to_bytes(4, "big")
    with pytest.raises(CodeExpired):
        unsealed(resealed(head), Purpose.STATION_PRINTED)
    head = bytes([0x10, Purpose.RESIDENT, 1]) + bytes(4)
    with pytest.raises(CodeExpired):
        unsealed(resealed(head), Purpose.RESIDENT)


def test_an_old_key_verifies_until_it_is_taken_away():
    old = sealed(key_id=1)
    assert unsealed(old, keys=KEYS).key_id == 1
    with pytest.raises(CodeForged):
        unsealed(old, keys={2: KEYS[2]})


def test_a_key_is_bound_to_its_id():
    with pytest.raises(CodeForged):
        unsealed(sealed(key_id=1), keys={1: KEYS[2], 2: KEYS[1]})


def test_age_and_purpose_are_told_of_genuine_codes_only():
    """The order of the checks: a forger learns nothing but that the seal is wrong."""
    stranger = {1: b"x" * 32}
    forged = sealed(Purpose.VOUCHER, now=NOW - timedelta(days=9), keys=stranger)
    genuine = sealed(Purpose.VOUCHER, now=NOW - timedelta(days=9))
    with pytest.raises(CodeForged):
        unsealed(forged, Purpose.RESIDENT)
    with pytest.raises(CodeWrongPurpose):
        unsealed(genuine, Purpose.RESIDENT)
    with pytest.raises(CodeExpired):
        unsealed(genuine, Purpose.VOUCHER)


@settings(max_examples=30)
@given(st.uuids(), st.sampled_from(ROTATING), st.integers(1, 5000))
def test_two_windows_of_one_subject_share_nothing_but_the_header(subject, purpose, later):
    seconds = SECONDS[purpose]
    one = raw(sealed(purpose, subject))[7:]
    other = raw(sealed(purpose, subject, NOW + timedelta(seconds=later * seconds)))[7:]
    runs = {one[i : i + 4] for i in range(len(one) - 3)} & {other[i : i + 4] for i in range(len(other) - 3)}
    assert not runs


def test_neither_the_subject_nor_a_neighbour_can_be_seen():
    """Time-ordered ids differ in one bit; what is sealed of them must not be alike, nor be the id itself."""
    alice, bob = raw(sealed(subject=ALICE))[7:23], raw(sealed(subject=BOB))[7:23]
    assert ALICE.bytes[:4] not in raw(sealed(subject=ALICE))
    assert sum(a == b for a, b in zip(alice, bob, strict=True)) < 5


def test_two_purposes_of_one_subject_cannot_be_linked():
    resident, voucher = raw(sealed(Purpose.RESIDENT)), raw(sealed(Purpose.VOUCHER))
    assert resident[3:7] == voucher[3:7]
    assert resident[7:23] != voucher[7:23]


def test_what_a_burn_leaves_depends_on_the_code_and_on_the_burner():
    token = unsealed(sealed())
    again = unsealed(sealed().lower())
    other = unsealed(sealed(subject=BOB))
    digests = [rules.burn_digest(token, ""), rules.burn_digest(token, "a"), rules.burn_digest(other, "")]
    assert rules.burn_digest(again, "") == digests[0]
    assert len(set(digests)) == 3
    assert all(len(digest) == 64 for digest in digests)
    assert rules.burn_digest(replace(token, key_id=9), "") == digests[0]  # the payload counts, nothing else
