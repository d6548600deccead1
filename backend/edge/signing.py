"""Signed requests: how a machine without a login (a device, a partner's server) shows that a request is its own.

It signs six lines (method, path with query, key id, Unix time, nonce, SHA-256 of the body in hex) with
HMAC-SHA256 and sends them beside the request:

    X-Key-Id     which of the caller's keys
    X-Timestamp  Unix seconds; within `CLOCK_WINDOW_SECONDS` of ours
    X-Nonce      16-64 characters, never used before with this key
    X-Signature  64 hex digits

The nonce is used up in the transaction of the act: a refused request may be sent again as it is, a done one may not.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from django.db import IntegrityError, transaction
from rest_framework.request import Request

from backend.core.transactions import require_transaction
from backend.edge.errors import NonceUsed, SignatureInvalid, SignatureMissing, SignatureStale
from backend.edge.models import UsedNonce

CLOCK_WINDOW_SECONDS = 300
_KEY_ID, _NONCE = re.compile(r"[\w-]{4,64}", re.ASCII), re.compile(r"[\w-]{16,64}", re.ASCII)
_TIMESTAMP, _SIGNATURE = re.compile(r"[0-9]{1,12}"), re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Claim:
    """What a request says about itself; nothing of it is proved yet."""

    key_id: str
    timestamp: str
    nonce: str
    signature: str


class SigningKey(Protocol):
    """What a caller's key row offers."""

    @property
    def secret(self) -> bytes: ...


Key = TypeVar("Key", bound=SigningKey)


def sign(*, secret: bytes, method: str, path: str, key_id: str, timestamp: str, nonce: str, body: bytes) -> str:
    """The signature in hex, as the caller makes it too."""
    lines = [method, path, key_id, timestamp, nonce, hashlib.sha256(body).hexdigest()]
    return hmac.new(secret, "\n".join(lines).encode(), hashlib.sha256).hexdigest()


def claim_of(headers: Mapping[str, str]) -> Claim:
    """The four headers. Raises SignatureMissing when one is absent or has no possible form."""
    claim = Claim(*(headers.get(name, "") for name in ("X-Key-Id", "X-Timestamp", "X-Nonce", "X-Signature")))
    shapes = ((_KEY_ID, claim.key_id), (_TIMESTAMP, claim.timestamp), (_NONCE, claim.nonce))
    if not all(shape.fullmatch(text) for shape, text in (*shapes, (_SIGNATURE, claim.signature))):
        raise SignatureMissing
    return claim


def prove(request: Request, find: Callable[[str], Key | None], now: datetime) -> tuple[Key, Claim]:
    """The key that signed `request`; `find(key_id)` gives a key that is good now, or None.

    Raises SignatureMissing, SignatureInvalid (also for an unknown key: who guesses learns nothing) and, only for a
    genuine signature, SignatureStale. The nonce is not used up here: the act does that with `use_nonce`.
    """
    claim, http = claim_of(request.headers), request._request
    key = find(claim.key_id)
    expected = sign(
        secret=key.secret if key else b"nobody",
        method=http.method or "",
        path=http.get_full_path(),
        key_id=claim.key_id,
        timestamp=claim.timestamp,
        nonce=claim.nonce,
        body=http.body,
    )
    if not hmac.compare_digest(expected, claim.signature) or key is None:
        raise SignatureInvalid
    if abs(now.timestamp() - int(claim.timestamp)) > CLOCK_WINDOW_SECONDS:
        raise SignatureStale(window_seconds=CLOCK_WINDOW_SECONDS, server_time=int(now.timestamp()))
    return key, claim


def use_nonce(claim: Claim, now: datetime) -> None:
    """Uses the request up, in the transaction of its act. Raises NonceUsed, also for two at once."""
    require_transaction()
    try:
        with transaction.atomic():
            UsedNonce.objects.create(key_id=claim.key_id, nonce=claim.nonce, used_at=now)
    except IntegrityError:
        raise NonceUsed from None


def forget_nonces(*, now: datetime, limit: int = 1000) -> int:
    """Deletes nonces whose requests would be stale anyway; how many. For upkeep."""
    require_transaction()
    old = UsedNonce.objects.filter(used_at__lt=now - timedelta(seconds=2 * CLOCK_WINDOW_SECONDS + 1))
    return UsedNonce.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:limit])).delete()[0]
