"""Signed requests: each thing that can be wrong has its own refusal, and a request is acted on once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import RequestFactory
from rest_framework.request import Request

from backend.edge import signing
from backend.edge.errors import NonceUsed, SignatureInvalid, SignatureMissing, SignatureStale
from backend.edge.models import UsedNonce
from tests.factories import NOON

pytestmark = pytest.mark.django_db
PATH, BODY, NONCE = "/api/v1/devices/7/events?x=1", b'{"events": []}', "n" * 16


@dataclass(frozen=True)
class Key:
    secret: bytes = b"s" * 32


def headers(secret: bytes = b"s" * 32, **changes: Any) -> dict[str, str]:
    said: dict[str, Any] = {
        "method": "POST",
        "path": PATH,
        "key_id": "key-1",
        "timestamp": str(int(NOON.timestamp())),
        "nonce": NONCE,
    }
    said |= {"body": BODY, **changes}
    made = signing.sign(secret=secret, **said)
    return {
        "X-Key-Id": said["key_id"],
        "X-Timestamp": said["timestamp"],
        "X-Nonce": said["nonce"],
        "X-Signature": made,
    }


def proved(sent: dict[str, str], body: bytes = BODY, path: str = PATH) -> signing.Claim:
    request = RequestFactory().post(path, data=body, content_type="application/json", headers=sent)
    find: Callable[[str], Key | None] = lambda name: Key() if name == "key-1" else None  # noqa: E731
    return signing.prove(Request(request), find, NOON)[1]


def test_a_signed_request_is_its_key_s() -> None:
    assert proved(headers()).nonce == NONCE


def test_the_signature_is_the_documented_one() -> None:
    """Made by hand from the description, so that the layout cannot drift from what devices have in their firmware."""
    signature = signing.sign(
        secret=b"secret", method="POST", path="/p", key_id="k-01", timestamp="1780632000", nonce="0" * 16, body=b"{}"
    )
    assert signature == "685a11108400fcea8bf5f98324b7c62663e6ee12fb324066392562f7db490f1b"


@pytest.mark.parametrize(
    ("sent", "body", "path"),
    [
        (headers(secret=b"t" * 32), BODY, PATH),
        (headers(key_id="key-2"), BODY, PATH),
        (headers(), b'{"events": [1]}', PATH),
        (headers(), BODY, "/api/v1/devices/8/events?x=1"),
        (headers(), BODY, "/api/v1/devices/7/events?x=2"),
        (headers(method="PUT"), BODY, PATH),
        (headers() | {"X-Nonce": "m" * 16}, BODY, PATH),
        (headers() | {"X-Timestamp": str(int(NOON.timestamp()) + 1)}, BODY, PATH),
    ],
)
def test_what_was_not_signed_is_refused(sent: dict[str, str], body: bytes, path: str) -> None:
    with pytest.raises(SignatureInvalid):
        proved(sent, body, path)


@pytest.mark.parametrize("name", ["X-Key-Id", "X-Timestamp", "X-Nonce", "X-Signature"])
@pytest.mark.parametrize("value", ["", "é" * 20, "x" * 200])
def test_a_header_without_its_form_is_missing(name: str, value: str) -> None:
    with pytest.raises(SignatureMissing):
        proved(headers() | {name: value})


@pytest.mark.parametrize(("seconds", "fresh"), [(-301, False), (-300, True), (300, True), (301, False)])
def test_a_signature_is_good_near_its_time(seconds: int, fresh: bool) -> None:
    sent = headers(timestamp=str(int(NOON.timestamp()) + seconds))
    if fresh:
        proved(sent)
    else:
        with pytest.raises(SignatureStale):
            proved(sent)


def test_a_nonce_is_used_once_and_forgotten_when_it_is_stale() -> None:
    claim = proved(headers())
    with transaction.atomic():
        signing.use_nonce(claim, NOON)
        with pytest.raises(NonceUsed):
            signing.use_nonce(claim, NOON)
        assert signing.forget_nonces(now=NOON + timedelta(seconds=600)) == 0
        assert signing.forget_nonces(now=NOON + timedelta(seconds=602)) == 1
    assert UsedNonce.objects.count() == 0
