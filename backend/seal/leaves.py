"""What a leaf commits to, and how it keeps the secret. Pure: rows and keys come in, texts and hashes go out.

    leaf       = SHA-256(0x00 || commitment)
    commitment = HMAC-SHA256(salt, text)
    text       = the transfer as JSON, its two sides replaced by commitments of their own

Each party is shown the text and its own side. What the other side is called and holds stays closed. The three
salts are cut from one HMAC-SHA512 of the transfer's and the leaf's number under SEAL_KEY: nothing is stored, no
salt tells another, and a leaf that is moved to another place no longer opens.
"""

import hmac
from datetime import UTC, datetime
from hashlib import sha256
from json import JSONEncoder
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any

from backend.seal.rules import leaf_hash
from backend.seal.types import JournalRow, Opening

FORM = "green-points.transfer.1"  # changes with the fields below; a test compares them with the ledger's columns

# One text for one value: ASCII, sorted names, no spaces. jsonb and SQLite hand back the same value in other spellings.
# The fixed part is written out below, because a million leaves are made again by every proof.
_encode = JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def opening_of(row: JournalRow, index: int, key: bytes) -> Opening:
    """The texts and salts of the transfer `row` as leaf `index`."""
    salts = hmac.digest(key, b"%d:%d" % (row.id, index), "sha512")
    debit_salt, credit_salt = salts[20:40], salts[40:60]
    debit = _side(row.debit_id, row.debit_owner, row.debit_balance_after)
    credit = _side(row.credit_id, row.credit_owner, row.credit_balance_after)
    text = (
        f'{{"amount":{row.amount},"asset":{_quoted(row.asset)},"at":"{_instant(row.at)}","code":{_quoted(row.code)},'
        f'"credit":"{commitment(credit_salt, credit).hex()}","debit":"{commitment(debit_salt, debit).hex()}",'
        f'"event":"{row.event_id.hex}","form":"{FORM}","id":{row.id},"memo":{_encode(_plain(row.memo))},'
        f'"reference":{_quoted(row.reference)},"reverses":{_number(row.reverses_id)}}}'
    )
    return Opening(text, salts[:20], debit, debit_salt, credit, credit_salt)


def leaf_of(opening: Opening) -> bytes:
    """The leaf's hash."""
    return leaf_hash(commitment(opening.salt, opening.text))


def commitment(salt: bytes, text: str) -> bytes:
    return hmac.digest(salt, text.encode("ascii"), "sha256")


def key_name(key: bytes) -> str:
    """Tells one SEAL_KEY from another without telling the key."""
    return sha256(hmac.digest(key, b"name", "sha256")).hexdigest()[:16]


def _side(account: int, owner: str, balance_after: int | None) -> str:
    return f'{{"account":{account},"balance_after":{_number(balance_after)},"owner":{_quoted(owner)}}}'


def _instant(at: datetime) -> str:
    return (at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat(timespec="microseconds")


def _number(value: int | None) -> str:
    return "null" if value is None else str(value)


def _plain(memo: dict[str, object]) -> Any:
    """Most memos hold words and whole numbers only, and need no second look."""
    return memo if _PLAIN.issuperset(map(type, memo.values())) else _whole(memo)


_PLAIN = {str, int, bool, type(None)}


def _whole(value: Any) -> Any:
    """1.0 and 1 are one number to jsonb and two to JSON text; a whole number is written without its point."""
    match value:
        case dict():
            return {name: _whole(each) for name, each in value.items()}
        case list():
            return [_whole(each) for each in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value
