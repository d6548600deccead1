"""What a leaf commits to, and what its commitment keeps to itself."""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from backend.ledger.models import Account, Transfer
from backend.seal import notes, queries
from backend.seal.errors import BrokenNote
from backend.seal.leaves import commitment, key_name, leaf_of, opening_of
from backend.seal.rules import leaf_hash
from backend.seal.types import JournalRow, TreeHead

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
ROW = JournalRow(
    id=57,
    asset="POINT",
    debit_id=3,
    debit_owner="resident:anna",
    debit_balance_after=1200,
    credit_id=4,
    credit_owner="resident:ben",
    credit_balance_after=77,
    amount=20,
    code="share",
    reference="share:1",
    event_id=UUID(int=7),
    at=datetime(2026, 6, 5, 4, 0, tzinfo=UTC),
    memo={"why_zh": "家庭共享", "why_en": "Shared in the household"},
    reverses_id=None,
)
CHANGES: dict[str, Any] = {
    "id": 58,
    "asset": "FEN",
    "debit_id": 5,
    "debit_owner": "resident:carl",
    "debit_balance_after": None,
    "credit_id": 6,
    "credit_owner": "resident:dora",
    "credit_balance_after": 78,
    "amount": 21,
    "code": "donate",
    "reference": "share:2",
    "event_id": UUID(int=8),
    "at": ROW.at + timedelta(microseconds=1),
    "memo": {"why_zh": "家庭共享"},
    "reverses_id": 1,
}


def leaf(row: JournalRow, index: int = 9, key: bytes = KEY) -> bytes:
    return leaf_of(opening_of(row, index, key))


def test_the_definition_word_for_word() -> None:
    opening = opening_of(ROW, 9, KEY)
    assert leaf(ROW) == leaf_hash(commitment(opening.salt, opening.text))
    text = json.loads(opening.text)
    assert text["debit"] == commitment(opening.debit_salt, opening.debit_text).hex()
    assert text["credit"] == commitment(opening.credit_salt, opening.credit_text).hex()
    assert json.loads(opening.debit_text) == {"account": 3, "owner": "resident:anna", "balance_after": 1200}
    assert (text["id"], text["amount"], text["at"]) == (57, 20, "2026-06-05T04:00:00.000000+00:00")


def test_the_golden_leaf() -> None:
    """Leaves are never made again: a form that drifts would leave every older one unopened."""
    assert leaf(ROW).hex() == "f9d311e8694d97c2ae47c402efc24c99795c92084d00194cb2d00af8f613151e"


def test_every_column_of_a_transfer_and_both_names_are_sealed() -> None:
    """A column added to the ledger is red here until the seal says what becomes of it."""
    columns = {field.attname for field in Transfer._meta.concrete_fields}
    assert {*JournalRow._fields} == columns | {"debit_owner", "credit_owner"}
    assert {field.name for field in Account._meta.concrete_fields} >= {"owner"}
    paths = [name.replace("__", "_").replace("pk", "id") for name in queries._COLUMNS]
    assert paths == [*JournalRow._fields]


@pytest.mark.parametrize("column", JournalRow._fields)
def test_no_column_can_change_unseen(column: str) -> None:
    assert leaf(ROW._replace(**{column: CHANGES[column]})) != leaf(ROW)


def test_a_leaf_opens_only_in_its_own_place_and_with_its_own_key() -> None:
    assert len({leaf(ROW), leaf(ROW, index=10), leaf(ROW, key=OTHER_KEY)}) == 3
    assert key_name(KEY) != key_name(OTHER_KEY)


def test_what_one_party_is_shown_tells_nothing_of_the_other() -> None:
    """Two transfers that differ in the debit side only: all that the credit side sees but commitments is the same."""
    one, two = opening_of(ROW, 9, KEY), opening_of(ROW._replace(debit_owner="resident:carl"), 9, KEY)
    assert (one.credit_text, one.credit_salt, one.salt) == (two.credit_text, two.credit_salt, two.salt)
    seen = json.loads(one.text)
    assert {name for name in seen if seen[name] != json.loads(two.text)[name]} == {"debit"}
    assert "anna" not in one.text
    assert "1200" not in one.text
    assert len({one.salt, one.debit_salt, one.credit_salt}) == 3


def test_salts_never_repeat() -> None:
    salts = {
        salt
        for number in range(50)
        for index in range(20)
        for opening in [opening_of(ROW._replace(id=number), index, KEY)]
        for salt in (opening.salt, opening.debit_salt, opening.credit_salt)
    }
    assert len(salts) == 50 * 20 * 3


def test_the_zone_and_the_spelling_of_numbers_do_not_matter() -> None:
    """PostgreSQL's jsonb sorts names by length and keeps 1.0; SQLite keeps what was written."""
    elsewhere = ROW._replace(at=ROW.at.astimezone(timezone(timedelta(hours=8))))
    assert leaf(elsewhere) == leaf(ROW)
    assert leaf(ROW._replace(memo={"b": 1, "a": [2]})) == leaf(ROW._replace(memo={"a": [2.0], "b": 1.0}))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(memo=st.dictionaries(st.text(), JSON, max_size=4))
def test_any_memo_has_one_text_in_ascii(memo: dict[str, object]) -> None:
    text = opening_of(ROW._replace(memo=memo), 9, KEY).text
    assert text.isascii()
    again = json.loads(text)["memo"]
    assert again == memo
    assert leaf(ROW._replace(memo=again)) == leaf(ROW._replace(memo=memo))


# -- notes ------------------------------------------------------------------------------------------------------------

SEED, OTHER_SEED = b"s" * 32, b"t" * 32
HEAD = TreeHead(origin="green.example.cn/ledger", size=1024, root=b"r" * 32, at=ROW.at)
PUBLIC = [notes.public_key(SEED)]


def test_a_note_says_what_was_signed() -> None:
    note = notes.signed(HEAD, SEED)
    assert notes.opened(note, PUBLIC) == HEAD
    assert note.splitlines()[:2] == ["green.example.cn/ledger", "1024"]
    assert notes.opened(note, [notes.public_key(OTHER_SEED), *PUBLIC]) == HEAD


def test_the_golden_note() -> None:
    """Published notes are kept for years: their bytes and their key must not drift."""
    assert notes.signed(HEAD, SEED) == (
        "green.example.cn/ledger\n1024\ncnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnI=\n"
        "time 2026-06-05T04:00:00.000000+00:00\n\n"
        "— green.example.cn/ledger JV1oEbkE0bturAutfyGGgnoJQXdqcNHD1Ugy7n0zd4KsFGvVV9Nw7BDNBsFQ"
        "BMtMKXyeYjAIcuE5Dtka76ySxZn+7AE=\n"
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note.replace("1024", "1025"),
        lambda note: note.replace("cnJy", "dnJy", 1),
        lambda note: note.replace("2026-06-05", "2026-06-06"),
        lambda note: note.replace("example", "elsewhere"),
        lambda note: note.replace("— ", "- "),
        lambda note: note[:-1],
        lambda note: note + "more\n",
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note.replace("1024", "01024"),
        lambda note: note.replace("1024", "1" * 40),
        lambda note: note.replace("\n", "\r\n"),
        lambda note: "",
        lambda note: "x" * 10_000,
    ],
)
def test_a_changed_note_is_no_checkpoint(change: Any) -> None:
    with pytest.raises(BrokenNote):
        notes.opened(change(notes.signed(HEAD, SEED)), PUBLIC)


def test_another_key_is_another_log() -> None:
    with pytest.raises(BrokenNote, match="no key"):
        notes.opened(notes.signed(HEAD, OTHER_SEED), PUBLIC)
    with pytest.raises(BrokenNote, match="no key"):
        notes.opened(notes.signed(HEAD, SEED), [])


def test_a_signature_does_not_carry_over_to_another_head() -> None:
    signature = notes.signed(HEAD, SEED).splitlines()[-1]
    forged = f"{notes.body_of(replace(HEAD, size=9))}\n{signature}\n"
    with pytest.raises(BrokenNote, match="no key"):
        notes.opened(forged, PUBLIC)


def test_a_signed_time_that_is_none_is_no_checkpoint() -> None:
    private = Ed25519PrivateKey.from_private_bytes(SEED)
    body = notes.body_of(HEAD).replace("2026-06-05", "2026-06-99")
    signature = b64encode(notes.key_hint(HEAD.origin, PUBLIC[0]) + private.sign(body.encode())).decode()
    with pytest.raises(BrokenNote, match="its time is none"):
        notes.opened(f"{body}\n— {HEAD.origin} {signature}\n", PUBLIC)


def test_a_second_signature_does_no_harm() -> None:
    """Witnesses add lines of their own."""
    note = notes.signed(HEAD, SEED) + "— witness.example.org AAAA\n"
    assert notes.opened(note, PUBLIC) == HEAD


@given(text=st.text(max_size=300))
def test_any_text_is_read_without_an_accident(text: str) -> None:
    with pytest.raises(BrokenNote):
        notes.opened(text, PUBLIC)
