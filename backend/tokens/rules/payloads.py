"""The payload's layout, its seal, and when it is good. Pure: keys, times and lengths are arguments.

A payload of algorithm HMAC_SHA256 is 35 bytes, written in 56 characters of base32 (RFC 4648, no padding):

    byte 0       version (high 4 bits) and algorithm (low 4 bits)
    byte 1       purpose
    byte 2       key id
    bytes 3-6    window number, big-endian; 0 where the purpose does not rotate
    bytes 7-22   the subject's UUID, encrypted under a key of this key id, purpose and window
    bytes 23-34  the first 96 bits of HMAC-SHA256 over bytes 0-22

Two windows encrypt under unrelated keys, so nobody without the keys can tell whether two codes of one purpose
are about the same subject. Every key is derived by HKDF (RFC 5869) from the master key of its id.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backend.tokens.errors import CodeExpired, CodeForged, CodeKindUnknown, CodeMalformed, CodeWrongPurpose
from backend.tokens.types import Algorithm, Purpose, Token

VERSION = 1
MAX_CODE_CHARS = 512  # of a URL with its payload, before anything is looked at
PATH = "/s/"  # what stands before the payload in a code's URL

_HEAD = 7
_SEALED = slice(_HEAD, _HEAD + 16)
_SIGNED = _HEAD + 16
_MAC = 12
# Bytes by version and algorithm. 35 bytes fill 56 characters to the last bit, so there is one spelling but for
# case; a kind whose length is no multiple of 5 must refuse spare bits that are set.
_LENGTHS = {(VERSION, Algorithm.HMAC_SHA256): _SIGNED + _MAC}
_BASE32 = re.compile(r"[A-Za-z2-7]+")  # spelled out: str.upper() would turn "ı" into "I"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def window_at(now: datetime, window_seconds: int) -> int:
    """The number of the window that holds `now`; 0 where `window_seconds` is 0 (does not rotate)."""
    return (now - _EPOCH) // timedelta(seconds=window_seconds) if window_seconds else 0


def window_start(window: int, window_seconds: int) -> datetime:
    """The first instant of a window. The window is half-open."""
    return _EPOCH + timedelta(seconds=window * window_seconds)


def seal(*, purpose: Purpose, key_id: int, master: bytes, subject: UUID, window: int) -> str:
    """Writes a payload. The same arguments always give the same one."""
    head = bytes([VERSION << 4 | Algorithm.HMAC_SHA256, purpose, key_id]) + window.to_bytes(4, "big")
    signed = head + _cipher(master, head).encryptor().update(subject.bytes)
    return base64.b32encode(signed + _mac(master, signed)).decode("ascii")


def unseal(
    code: str,
    *,
    purposes: Collection[Purpose],
    keys: Mapping[int, bytes],
    now: datetime,
    window_seconds: Mapping[Purpose, int],
) -> Token:
    """Reads a scanned or typed code, proves it and returns what it says.

    `code` is a payload or a URL that ends in /s/ and a payload. `window_seconds` has every purpose of
    `purposes`, 0 for those that do not rotate. Raises CodeMalformed, CodeKindUnknown, CodeForged,
    CodeWrongPurpose or CodeExpired, in this order: nothing is said about a code's purpose or age before it is
    proved to be ours.
    """
    raw = _parse(payload_of(code))
    master = keys.get(raw[2])
    if master is None or not hmac.compare_digest(_mac(master, raw[:_SIGNED]), raw[_SIGNED:]):
        raise CodeForged
    purpose = _require_purpose(raw[1], purposes)
    window = int.from_bytes(raw[3:_HEAD], "big")
    _require_window(window, now, window_seconds[purpose])
    subject = UUID(bytes=_cipher(master, raw[:_HEAD]).decryptor().update(raw[_SEALED]))
    return Token(purpose, raw[2], subject, window, hashlib.sha256(raw).hexdigest())


def burn_digest(token: Token, burner: str) -> str:
    """What a code burned by `burner` leaves behind: hex of 64 characters, from which neither can be read."""
    return hashlib.sha256(bytes.fromhex(token.digest) + burner.encode()).hexdigest()


def payload_of(code: str) -> str:
    """The payload of a scanned URL or of what was typed. Raises CodeMalformed for what is far too long."""
    if len(code) > MAX_CODE_CHARS:
        raise CodeMalformed
    return "".join(code.split()).rpartition(PATH)[2]  # posters print the payload in groups of four


def _parse(payload: str) -> bytes:
    """The bytes of a payload of a known kind and of exactly its length."""
    if not _BASE32.fullmatch(payload):
        raise CodeMalformed
    try:
        raw = base64.b32decode(payload.upper() + "=" * (-len(payload) % 8))
    except binascii.Error:
        raise CodeMalformed from None
    if len(raw) < min(_LENGTHS.values()) or raw[0] < VERSION << 4:  # no release ever made one like this
        raise CodeMalformed
    version, algorithm = divmod(raw[0], 16)
    if (version, algorithm) not in _LENGTHS:
        raise CodeKindUnknown(version=version, algorithm=algorithm)
    if len(raw) != _LENGTHS[version, Algorithm(algorithm)]:
        raise CodeMalformed
    return raw


def _require_purpose(number: int, purposes: Collection[Purpose]) -> Purpose:
    try:
        purpose = Purpose(number)
    except ValueError:  # sealed by a newer release with the same keys
        raise CodeMalformed from None
    if purpose not in purposes:
        raise CodeWrongPurpose(expected=purposes, got=purpose)
    return purpose


def _require_window(window: int, now: datetime, window_seconds: int) -> None:
    """The present window and the one before it pass: a code must survive the walk from screen to scanner."""
    present = window_at(now, window_seconds)
    oldest = present - 1 if window_seconds else present
    if not oldest <= window <= present:
        raise CodeExpired(window_seconds=window_seconds)


def _mac(master: bytes, signed: bytes) -> bytes:
    return hmac.digest(_key(master, b"mac", signed[1:3]), signed, "sha256")[:_MAC]


def _cipher(master: bytes, head: bytes) -> Cipher[modes.ECB]:
    """AES over exactly one block.

    A subject is one block and every window has its own key, so the bare cipher is the permutation we want:
    there is no second block whose equality could show. A stream mode would give two subjects of one window
    the same key stream, and time-ordered ids would leak through it.
    """
    return Cipher(algorithms.AES256(_key(master, b"subject", head[1:])), modes.ECB())  # noqa: S305 - one block, see above


@lru_cache(maxsize=256)
def _key(master: bytes, use: bytes, context: bytes) -> bytes:
    """A key of 32 bytes for one use and context (purpose, key id and, for subjects, the window)."""
    info = b"green-points tokens v1\0" + use + b"\0" + context
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(master)
