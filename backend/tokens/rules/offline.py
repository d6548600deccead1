"""Codes and texts that are verified by a public key, on a counter without a network. Pure: keys are arguments.

A payload of algorithm ECDSA_P256 is 109 bytes, written in 175 characters of base32 (RFC 4648, no padding):

    byte 0        version (high 4 bits) and algorithm (low 4 bits)
    byte 1        purpose
    byte 2        key id
    bytes 3-10    issued at, expires at: seconds since 1970, big-endian
    bytes 11-26   the voucher's UUID
    bytes 27-34   the digest that names its terms
    bytes 35-42   value and minimum bill, in fen
    bytes 43-44   kind, holder's check digits
    bytes 45-108  ECDSA over bytes 0-44 (P-256, SHA-256), r and s of 32 bytes each, as WebCrypto takes them

The voucher is named in clear: a device without a network must tell two vouchers apart, and an id opens nothing. The
private key of a key id is derived from its master key, so that rotating the one rotates the other.
"""

import base64
import binascii
import hashlib
import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from backend.tokens.errors import CodeForged, CodeMalformed
from backend.tokens.rules.payloads import VERSION, payload_of
from backend.tokens.types import Algorithm, OfflineVoucher, Purpose

_HEAD = struct.Struct(">BBBII16s8sIIBB")
_HALF = 32
_BYTES = _HEAD.size + 2 * _HALF
_CHARS = -(-_BYTES * 8 // 5)
_FIRST = VERSION << 4 | Algorithm.ECDSA_P256
# The order of P-256 (FIPS 186-4, D.1.2.3). 48 derived bytes leave no bias that matters when reduced by it.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_SEED_BYTES = 48


def is_offline(code: str) -> bool:
    """Whether `code` has the length and the first byte of an offline code; says nothing of where it comes from."""
    payload = payload_of(code)
    return len(payload) == _CHARS and _decoded(payload)[:1] == bytes([_FIRST])


def seal_offline(voucher: OfflineVoucher, master: bytes) -> str:
    """Writes a payload; the signature differs each time."""
    head = _HEAD.pack(
        _FIRST, Purpose.VOUCHER_OFFLINE, voucher.key_id,
        int(voucher.issued_at.timestamp()), int(voucher.expires_at.timestamp()),
        voucher.voucher.bytes, bytes.fromhex(voucher.terms),
        voucher.value_fen, voucher.min_spend_fen, voucher.kind, voucher.holder,
    )  # fmt: skip
    return base64.b32encode(head + _signature(head, master)).decode().rstrip("=")


def open_offline(code: str, keys: Mapping[int, bytes]) -> OfflineVoucher:
    """Reads and proves an offline code (a payload or a URL that ends in one). Raises CodeMalformed or CodeForged."""
    if not is_offline(code):
        raise CodeMalformed
    raw = _decoded(payload_of(code))
    head, signature = raw[: _HEAD.size], raw[_HEAD.size :]
    _, purpose, key_id, issued, expires, voucher, terms, value, minimum, kind, holder = _HEAD.unpack(head)
    master = keys.get(key_id)
    if master is None or not _holds(_private(master).public_key(), head, signature):
        raise CodeForged
    if purpose != Purpose.VOUCHER_OFFLINE:
        raise CodeMalformed
    return OfflineVoucher(
        key_id=key_id,
        voucher=UUID(bytes=voucher),
        terms=terms.hex(),
        value_fen=value,
        min_spend_fen=minimum,
        kind=kind,
        holder=holder,
        issued_at=datetime.fromtimestamp(issued, UTC),
        expires_at=datetime.fromtimestamp(expires, UTC),
        digest=hashlib.sha256(head).hexdigest(),  # not of the signature: one code has many
    )


def sign_text(text: str, master: bytes) -> str:
    """Base64 of r and s over the UTF-8 of `text`."""
    return base64.b64encode(_signature(text.encode(), master)).decode()


def public_key_of(master: bytes) -> str:
    """Base64 of the SPKI form of the key that verifies what `master` signs."""
    spki = _private(master).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(spki).decode()


def signed_by(public_key: str, text: str, signature: str) -> bool:
    """Whether the P-256 key `public_key` (base64 of SPKI) signed `text`; False for what is no key or no signature."""
    try:
        key = load_der_public_key(base64.b64decode(public_key, validate=True))
        raw = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        return False
    return isinstance(key, ec.EllipticCurvePublicKey) and _holds(key, text.encode(), raw)


def _decoded(payload: str) -> bytes:
    """The bytes of a payload in its one spelling (but for case), else none."""
    try:
        raw = base64.b32decode(payload.upper() + "=" * (-len(payload) % 8))
    except (binascii.Error, ValueError):
        return b""
    respelled = base64.b32encode(raw).decode().rstrip("=")
    return raw if payload.isascii() and respelled == payload.upper() else b""


def _signature(data: bytes, master: bytes) -> bytes:
    r, s = decode_dss_signature(_private(master).sign(data, ec.ECDSA(SHA256())))
    return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")


def _holds(key: ec.EllipticCurvePublicKey, data: bytes, signature: bytes) -> bool:
    if len(signature) != 2 * _HALF:
        return False
    r, s = (int.from_bytes(half, "big") for half in (signature[:_HALF], signature[_HALF:]))
    try:
        key.verify(encode_dss_signature(r, s), data, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=16)
def _private(master: bytes) -> ec.EllipticCurvePrivateKey:
    seed = HKDF(algorithm=SHA256(), length=_SEED_BYTES, salt=None, info=b"green-points offline v1").derive(master)
    return ec.derive_private_key(int.from_bytes(seed, "big") % (_ORDER - 1) + 1, ec.SECP256R1())
