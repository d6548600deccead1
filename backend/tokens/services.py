"""Issue, prove and burn codes. Keys, windows and the host come from the settings, read at each call."""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from backend.core.transactions import require_transaction, take_within
from backend.tokens import models, rules
from backend.tokens.errors import CodeNotInForce, CodeUsed, CodeWrongPurpose, TooManyTypedCodes
from backend.tokens.models import Burn, TypedTry
from backend.tokens.types import IssuedCode, OfflineVoucher, Purpose, SignedText, Token, TypedCode

TYPED_LIFETIME = timedelta(minutes=3)
TYPED_TRIES = 60  # of one person in one window: a guess in 36 bits stays hopeless
TYPED_WINDOW_SECONDS = 600


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
    if rules.is_offline(code):
        read_offline(code=code)
        raise CodeWrongPurpose(expected=purposes, got=Purpose.VOUCHER_OFFLINE)
    return rules.unseal(
        code,
        purposes=purposes,
        keys=settings.TOKEN_KEYS,
        now=now,
        window_seconds={each: _window_seconds(each) for each in purposes},
    )


def issue_offline(*, voucher: OfflineVoucher) -> IssuedCode:
    """A code of `voucher` that counters verify without a network, signed with the active key. Writes nothing."""
    payload = rules.seal_offline(voucher, settings.TOKEN_KEYS[voucher.key_id])
    return IssuedCode(
        payload=payload,
        url=f"{settings.PUBLIC_BASE_URL.rstrip('/')}{rules.PATH}{payload}",
        expires_at=voucher.expires_at,
        refresh_at=None,
    )


def read_offline(*, code: str) -> OfflineVoucher:
    """What an offline code says, if it is ours; its times are the caller's to judge.

    Raises CodeMalformed, CodeKindUnknown or CodeForged.
    """
    return rules.open_offline(code, settings.TOKEN_KEYS)


def sign(*, text: str) -> SignedText:
    """`text` for devices without a network, signed as offline codes are."""
    key_id = settings.TOKEN_ACTIVE_KEY
    return SignedText(key_id, text, rules.sign_text(text, settings.TOKEN_KEYS[key_id]))


def public_keys() -> dict[int, str]:
    """What verifies offline codes and signed texts, by key id: base64 of each key's SPKI form."""
    return {key_id: rules.public_key_of(master) for key_id, master in settings.TOKEN_KEYS.items()}


def issue_typed(*, purpose: Purpose, subject: UUID, now: datetime) -> TypedCode:
    """A new short code about `subject`, for a counter to type; the one before it is void from here on."""
    require_transaction()
    code = rules.with_check("".join(secrets.choice(rules.ALPHABET) for _ in range(rules.CHARS - 1)))
    return _keep_typed(code, purpose, subject, now + TYPED_LIFETIME)


def issue_on_paper(*, purpose: Purpose, subject: UUID, until: datetime) -> TypedCode:
    """A short code about `subject` for paper, good until `until`.

    It is derived from the subject by the active key, so that the paper can be drawn again and the code is not kept.
    """
    require_transaction()
    return _keep_typed(_paper_code(purpose, subject, settings.TOKEN_ACTIVE_KEY), purpose, subject, until)


def code_on_paper(*, purpose: Purpose, subject: UUID) -> str:
    """The short code that was issued for the paper of `subject`; "" when there is none, or its key is gone."""
    kept = models.TypedCode.objects.filter(purpose=purpose.value, subject=subject).first()
    codes = {key_id: _paper_code(purpose, subject, key_id) for key_id in settings.TOKEN_KEYS}
    return next((code for key_id, code in codes.items() if kept and kept.digest == _typed_digest(code, key_id)), "")


def read(*, code: str, purpose: Collection[Purpose], by: object, now: datetime) -> Token:
    """What a scanned code or a short code that `by` typed says.

    Codes are found by a keyed digest, so the time it takes tells nothing of how near a guess came; every try of a
    well-formed one is counted. Raises what `verify` raises, CodeMistyped, CodeNotInForce or TooManyTypedCodes.
    """
    if not rules.is_typed(code):
        return verify(code=code, purpose=purpose, now=now)
    typed = rules.normal_typed(code)
    digests = [_typed_digest(typed, key_id) for key_id in settings.TOKEN_KEYS]
    _count_try(by, now)
    row = models.TypedCode.objects.filter(digest__in=digests, purpose__in=list(purpose), expires_at__gt=now).first()
    if row is None:
        raise CodeNotInForce
    return Token(Purpose(row.purpose), 0, row.subject, 0, row.digest)


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


def _count_try(by: object, now: datetime) -> None:
    window = rules.window_at(now, TYPED_WINDOW_SECONDS)
    if not take_within(TypedTry, limit=TYPED_TRIES, typist=str(by), window=window):
        ends_at = rules.window_start(window + 1, TYPED_WINDOW_SECONDS)
        raise TooManyTypedCodes(limit=TYPED_TRIES, retry_after_seconds=-(-(ends_at - now) // timedelta(seconds=1)))


def _keep_typed(code: str, purpose: Purpose, subject: UUID, until: datetime) -> TypedCode:
    digest = _typed_digest(code, settings.TOKEN_ACTIVE_KEY)
    row = models.TypedCode(purpose=purpose.value, subject=subject, digest=digest, expires_at=until)
    models.TypedCode.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["purpose", "subject"], update_fields=["digest", "expires_at"]
    )
    return TypedCode(code, row.expires_at)


def _paper_code(purpose: Purpose, subject: UUID, key_id: int) -> str:
    text = b"code on paper\0" + bytes([purpose.value]) + subject.bytes
    return rules.derived(hmac.new(settings.TOKEN_KEYS[key_id], text, hashlib.sha256).digest())


def _typed_digest(code: str, key_id: int) -> str:
    return hmac.new(settings.TOKEN_KEYS[key_id], b"typed code\0" + code.encode(), hashlib.sha256).hexdigest()


def _window_seconds(purpose: Purpose) -> int:
    return settings.TOKEN_WINDOW_SECONDS[purpose.name] if purpose.rotates else 0
