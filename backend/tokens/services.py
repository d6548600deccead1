"""Issue, prove and burn codes. Keys, windows and the host come from the settings, read at each call."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from backend.core.transactions import require_transaction
from backend.tokens import rules
from backend.tokens.errors import CodeUsed
from backend.tokens.models import Burn
from backend.tokens.types import IssuedCode, Purpose, Token


def issue(*, purpose: Purpose, subject: UUID, now: datetime) -> IssuedCode:
    """A code about `subject`, sealed with the active key. Writes nothing: a window's code stays the same."""
    seconds, key_id = _window_seconds(purpose), settings.TOKEN_ACTIVE_KEY
    window = rules.window_at(now, seconds)
    payload = rules.seal(
        purpose=purpose, key_id=key_id, master=settings.TOKEN_KEYS[key_id], subject=subject, window=window
    )
    return IssuedCode(
        payload=payload,
        url=f"{settings.PUBLIC_BASE_URL.rstrip('/')}{rules.PATH}{payload}",
        expires_at=rules.window_start(window + 2, seconds) if seconds else None,
        refresh_at=rules.window_start(window + 1, seconds) if seconds else None,
    )


def verify(*, code: str, purpose: Purpose | Collection[Purpose], now: datetime) -> Token:
    """What `code` (a URL or a bare payload) says, if it is ours, for one of `purpose` and in its time.

    Raises CodeMalformed, CodeKindUnknown, CodeForged, CodeWrongPurpose or CodeExpired.
    """
    purposes = (purpose,) if isinstance(purpose, Purpose) else tuple(purpose)
    return rules.unseal(
        code,
        purposes=purposes,
        keys=settings.TOKEN_KEYS,
        now=now,
        window_seconds={each: _window_seconds(each) for each in purposes},
    )


def burn(*, token: Token, burner: str = "", now: datetime) -> None:
    """Uses up `token` for `burner`; raises CodeUsed the second time, also when both come at once.

    The empty burner burns the code for everybody (a voucher). A burner's id burns it for that burner alone
    (many residents scan one screen). A printed code never changes, so burning one is for good.
    """
    require_transaction()
    try:
        with transaction.atomic():
            Burn.objects.create(digest=rules.burn_digest(token, burner), purpose=token.purpose, burned_at=now)
    except IntegrityError:
        raise CodeUsed from None


def _window_seconds(purpose: Purpose) -> int:
    return settings.TOKEN_WINDOW_SECONDS[purpose.name] if purpose.rotates else 0
