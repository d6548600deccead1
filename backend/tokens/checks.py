"""Settings that must agree with each other, told at start-up and not at the first scan."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from backend.tokens.types import Purpose


def token_settings(**_: Any) -> list[CheckMessage]:
    """The active key exists, key ids fit a byte, every rotating purpose has a window of a second or more."""
    found: list[CheckMessage] = []
    if settings.TOKEN_ACTIVE_KEY not in settings.TOKEN_KEYS:
        found.append(Error("TOKEN_ACTIVE_KEY must be one of the ids in TOKEN_KEYS.", id="tokens.E001"))
    if not all(0 <= key_id <= 255 for key_id in settings.TOKEN_KEYS):
        found.append(Error("TOKEN_KEYS: every id must satisfy 0 <= id <= 255.", id="tokens.E002"))
    found.extend(
        Error(f"TOKEN_WINDOW_SECONDS[{purpose.name!r}] must be >= 1.", id="tokens.E003")
        for purpose in Purpose
        if purpose.rotates and settings.TOKEN_WINDOW_SECONDS.get(purpose.name, 0) < 1
    )
    return found
