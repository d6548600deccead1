"""Keyed digests and sealing of what identifies a person, so that a stolen table names nobody."""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet
from django.conf import settings


def digest(purpose: str, text: str) -> str:
    """HMAC-SHA256 of `text` under a key of its own for each purpose: equal texts meet, nothing else shows."""
    return hmac.new(_key(settings.SECRET_KEY, purpose), text.encode(), hashlib.sha256).hexdigest()


def same(left: str, right: str) -> bool:
    """Constant-time equality."""
    return hmac.compare_digest(left, right)


def seal(text: str) -> str:
    return _fernet(settings.SECRET_KEY).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    return _fernet(settings.SECRET_KEY).decrypt(sealed.encode()).decode()


def _key(secret: str, purpose: str) -> bytes:
    return hmac.new(secret.encode(), f"accounts/{purpose}".encode(), hashlib.sha256).digest()


@lru_cache(maxsize=4)
def _fernet(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key(secret, "seal")))
