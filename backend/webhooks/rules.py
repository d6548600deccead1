"""Signatures, addresses and what an event may hold. Pure."""

import base64
import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit
from uuid import UUID

from backend.webhooks.errors import UnfitEvent, WebhookUrlRefused

SECRET_PREFIX = "whsec_"  # noqa: S105 - what every secret begins with
SECRET_BYTES = 32
ROTATION = timedelta(hours=24)  # how long the secret before the present one still signs
DISABLE_AFTER = timedelta(days=3)  # of failing without one success
MOST_URL_CHARACTERS = 500
MOST_NAMES, MOST_TEXT = 20, 200
AT_ONCE = 2  # requests of one endpoint that may be under way
FIRST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=10)
GONE = 410  # a partner's word that nothing should come any more
TOO_MANY = 429
_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_TRANSLATED = IPv6Network("64:ff9b::/96")  # NAT64: an IPv4 address in other clothes
_PERSONAL = re.compile(r"phone|resident|person|user|name|openid|address|id_card|identity")

Data = Mapping[str, str | int | bool | None]


def secret_of(key: bytes) -> str:
    """A key as partners are given it."""
    return SECRET_PREFIX + base64.b64encode(key).decode()


def signature(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,<base64>` of HMAC-SHA256 over `id.timestamp.body`, as the Standard Webhooks convention has it."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def headers(secrets: Iterable[str], *, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """One signature for each secret that is valid, so that a partner may change over when it likes."""
    signed = [signature(each, message_id=message_id, timestamp=timestamp, body=body) for each in secrets]
    return {
        "content-type": "application/json",
        "user-agent": "yuzhong-green-points-webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signed),
    }


def require_url(url: str, *, allow_private: bool) -> None:
    """Raises WebhookUrlRefused for what is no public https URL by its text; `is_public` judges where it leads."""
    schemes = {"https", "http"} if allow_private else {"https"}
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise WebhookUrlRefused from None
    plain = _PRINTABLE.fullmatch(url) and len(url) <= MOST_URL_CHARACTERS and "@" not in parts.netloc
    if not plain or parts.scheme not in schemes or not host or port == 0 or "#" in url:
        raise WebhookUrlRefused
    if not allow_private and (host == "localhost" or _is_private_literal(host)):
        raise WebhookUrlRefused


def is_public(address: str) -> bool:
    """Whether an address that a name resolved to is one of the open internet, however it is written."""
    ip = ip_address(address.partition("%")[0])
    inner = _inner(ip)
    return ip.is_global and not ip.is_multicast and (inner is None or (inner.is_global and not inner.is_multicast))


def require_fit(data: Data) -> None:
    """Raises UnfitEvent unless `data` is flat, small and free of names that speak of people."""
    if len(data) > MOST_NAMES:
        raise UnfitEvent(f"{len(data)} names, at most {MOST_NAMES}")
    for name, value in data.items():
        if _PERSONAL.search(name):
            raise UnfitEvent(f"{name} may speak of a person")
        if not isinstance(value, str | int | bool | None) or (isinstance(value, str) and len(value) > MOST_TEXT):
            raise UnfitEvent(f"{name} is neither a number nor a text of up to {MOST_TEXT} characters")


def is_hopeless(*, status: int | None, failing_since: datetime, now: datetime) -> bool:
    """Whether an endpoint is to be disabled: it said so itself, or nothing arrived for days."""
    return status == GONE or now - failing_since >= DISABLE_AFTER


def strands_of(endpoint_id: UUID) -> list[str]:
    """The strands of the outbox in which an endpoint's deliveries wait; of each, one is under way at a time."""
    return [f"webhooks:{endpoint_id}:{number}" for number in range(AT_ONCE)]


def strand_of(endpoint_id: UUID, delivery_id: UUID) -> str:
    return strands_of(endpoint_id)[delivery_id.int % AT_ONCE]


def is_down(status: int | None) -> bool:
    """Whether an answer says that the next request would fare no better, whatever it holds."""
    return status is None or status >= 500 or status == TOO_MANY


def rest_until(*, failing_since: datetime, now: datetime) -> datetime:
    """How long a server that is down is left alone: as long as it has been down, within limits."""
    return now + min(max(now - failing_since, FIRST_REST), LONGEST_REST)


def _is_private_literal(host: str) -> bool:
    try:
        return not is_public(host)
    except ValueError:
        return False


def _inner(ip: IPv4Address | IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for."""
    if isinstance(ip, IPv4Address):
        return None
    if ip in _TRANSLATED:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
