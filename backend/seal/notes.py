"""Checkpoints as text: a signed note (C2SP signed-note and tlog-checkpoint), readable by people and other logs' tools.

    green.example.cn/ledger
    1024
    <root, base64>
    time 2026-06-05T00:00:07.000000+00:00

    — green.example.cn/ledger <key id and Ed25519 signature, base64>

The signature covers everything up to and including the newline before the empty line.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from backend.seal.errors import BrokenNote
from backend.seal.types import TreeHead

_ED25519 = b"\x01"
LONGEST_NOTE = 4096
_NOTE = re.compile(
    r"(?P<body>(?P<origin>[^\s+]+)\n(?P<size>0|[1-9][0-9]{0,18})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    r"time (?P<time>\S{10,40})\n)\n"
    r"(?P<signatures>(?:— \S+ [A-Za-z0-9+/=]+\n)+)"
)


def signed(head: TreeHead, seed: bytes) -> str:
    """The note that says `head`, signed with the Ed25519 seed."""
    body = body_of(head)
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(body.encode())
    hint = key_hint(head.origin, public_key(seed))
    return f"{body}\n— {head.origin} {b64encode(hint + signature).decode()}\n"


def body_of(head: TreeHead) -> str:
    """The part of the note that the signature covers."""
    time = head.at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"{head.origin}\n{head.size}\n{b64encode(head.root).decode()}\ntime {time}\n"


def opened(note: str, keys: Iterable[bytes]) -> TreeHead:
    """What the note says, if one of the public keys signed it. Raises BrokenNote."""
    found = _NOTE.fullmatch(note) if len(note) <= LONGEST_NOTE else None
    if found is None:
        raise BrokenNote("it is not a checkpoint")
    body, origin = found["body"].encode(), found["origin"]
    signatures = [line.split(" ")[1:] for line in found["signatures"].splitlines()]
    if not any(_verifies(body, origin, name, text, key) for key in keys for name, text in signatures):
        raise BrokenNote("no key of this service signed it")
    try:
        at, root = datetime.fromisoformat(found["time"]), b64decode(found["root"])
    except ValueError as wrong:
        raise BrokenNote("its time is none") from wrong
    return TreeHead(origin=origin, size=int(found["size"]), root=root, at=at)


def public_key(seed: bytes) -> bytes:
    """The 32 bytes of the public key of an Ed25519 seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def key_hint(origin: str, key: bytes) -> bytes:
    """Four bytes that name the key: they tell keys apart and prove nothing."""
    return sha256(origin.encode() + b"\n" + _ED25519 + key).digest()[:4]


def verifier_key(origin: str, key: bytes) -> str:
    """The key in the note tools' spelling: origin, hint and key on one line."""
    return f"{origin}+{key_hint(origin, key).hex()}+{b64encode(_ED25519 + key).decode()}"


def _verifies(body: bytes, origin: str, name: str, text: str, key: bytes) -> bool:
    try:
        raw = b64decode(text, validate=True)
        if name != origin or raw[:4] != key_hint(origin, key):
            return False
        Ed25519PublicKey.from_public_bytes(key).verify(raw[4:], body)
    except (ValueError, InvalidSignature):
        return False
    return True
