"""Login and sessions.

One-time codes: the resend limit, the try counter and the ceilings are guarded statements in the database, so that
neither parallel requests nor a second worker can pass them.
"""

import secrets
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from backend.accounts import bearer, crypto, errors, rules
from backend.accounts.models import OtpChallenge, SendCount, Session, User
from backend.accounts.services.clusters import note_marks
from backend.accounts.services.people import person_of
from backend.accounts.sms import sender
from backend.accounts.types import MarkKind, OtpSent, Tokens
from backend.audit import services as audit
from backend.core import clock
from backend.core.ids import new_id
from backend.core.transactions import require_transaction, take_within


def send_code(*, phone: str, address: str, now: datetime) -> OtpSent:
    """Makes the number's one live code and sends it after commit. The same answer for known and unknown numbers.

    Raises PhoneInvalid, OtpTooSoon (60 seconds), OtpCeiling (per number, per address, in all; per day).
    """
    require_transaction()
    number = rules.normal_phone(phone)
    key = crypto.digest("phone", number)
    code = f"{secrets.randbelow(1_000_000):06d}"
    _replace_challenge(key, crypto.digest("otp", f"{key}:{code}"), now)
    _count_send(key, crypto.digest("address", address), now)
    transaction.on_commit(lambda: sender().send(phone=number, code=code), robust=True)
    return OtpSent(
        expires_in_seconds=int(rules.OTP_LIFETIME.total_seconds()),
        resend_after_seconds=int(rules.OTP_RESEND_AFTER.total_seconds()),
        code=code,
    )


def _replace_challenge(key: str, code_digest: str, now: datetime) -> None:
    fresh = {"code_digest": code_digest, "sent_at": now, "expires_at": now + rules.OTP_LIFETIME, "tries": 0}
    rows = OtpChallenge.objects.filter(phone_digest=key)
    if rows.filter(sent_at__lte=now - rules.OTP_RESEND_AFTER).update(**fresh):
        return
    try:
        with transaction.atomic():
            OtpChallenge.objects.create(phone_digest=key, **fresh)
    except IntegrityError:
        ready_at = rows.get().sent_at + rules.OTP_RESEND_AFTER
        raise errors.OtpTooSoon(retry_after_seconds=rules.seconds_until(ready_at, now)) from None


def _count_send(number: str, address: str, now: datetime) -> None:
    start, end = clock.day_bounds(now)
    ceilings = [
        (number, rules.OTP_PER_NUMBER_AND_DAY),
        (address, rules.OTP_PER_ADDRESS_AND_DAY),
        ("all", rules.OTP_PER_DAY),
    ]
    for key, limit in ceilings:
        if not take_within(SendCount, limit=limit, key=key, day=start.date()):
            raise errors.OtpCeiling(retry_after_seconds=rules.seconds_until(end, now))


def log_in(*, phone: str, code: str, now: datetime, device: str = "") -> Tokens:
    """A session for whoever proves the number; the person is made at the first login. Raises OtpRefused."""
    return open_session(prove_number(phone=phone, code=code, now=now, device=device), now)


def prove_number(*, phone: str, code: str, now: datetime, device: str = "") -> User:
    """The person whose number the code proves.

    The try is counted before the code is compared, in one guarded statement, and stays counted when refused.
    """
    require_transaction()
    number = rules.normal_phone(phone)
    key = crypto.digest("phone", number)
    if not _code_matches(key, code, now):
        raise errors.OtpRefused
    # Spent, not deleted: the row goes on holding the 60 seconds between sends.
    OtpChallenge.objects.filter(phone_digest=key).update(tries=rules.OTP_TRIES)
    user = person_of(phone=number, now=now)
    if not user.is_active:
        raise errors.OtpRefused
    note_marks(user=user, marks={MarkKind.TELEPHONE: number, MarkKind.DEVICE: device}, now=now)
    return user


def _code_matches(key: str, code: str, now: datetime) -> bool:
    live = OtpChallenge.objects.filter(phone_digest=key, expires_at__gt=now, tries__lt=rules.OTP_TRIES)
    if not live.update(tries=F("tries") + 1):
        return False
    expected = OtpChallenge.objects.values_list("code_digest", flat=True).get(phone_digest=key)
    return crypto.same(expected, crypto.digest("otp", f"{key}:{code}"))


def open_session(user: User, now: datetime) -> Tokens:
    """A new family of tokens for somebody who has just been recognised."""
    require_transaction()
    turn = new_id()
    session = Session.objects.create(
        user=user,
        refresh_digest=crypto.digest("refresh", str(turn)),
        created_at=now,
        expires_at=now + settings.REFRESH_TOKEN_LIFETIME,
    )
    return _tokens(session, turn, now)


def refresh(*, token: str, now: datetime, device: str = "") -> Tokens:
    """The next pair of a session. A refresh token works once; one that comes back revokes its whole family.

    The token before the newest is taken for `REFRESH_LEEWAY` more: a phone may have lost the answer.
    """
    require_transaction()
    found = bearer.session_of("refresh", token, now)
    if found is None:
        raise errors.RefreshInvalid
    session_id, turn = found
    next_turn = new_id()
    rows = Session.objects.filter(pk=session_id, revoked_at=None, expires_at__gt=now, user__is_active=True)
    spent, fresh = crypto.digest("refresh", turn), crypto.digest("refresh", str(next_turn))
    rotated = rows.filter(refresh_digest=spent).update(
        refresh_digest=fresh, previous_digest=spent, rotated_at=now
    ) or rows.filter(previous_digest=spent, rotated_at__gt=now - rules.REFRESH_LEEWAY).update(refresh_digest=fresh)
    if rotated:
        session = Session.objects.select_related("user").get(pk=session_id)
        note_marks(user=session.user, marks={MarkKind.DEVICE: device}, now=now)
        return _tokens(session, next_turn, now)
    if rows.update(revoked_at=now):
        audit.record(by="accounts", action="accounts.refresh_reused", subject=session_id, now=now)
        raise errors.RefreshReused
    raise errors.RefreshInvalid


def log_out(*, token: str, now: datetime) -> None:
    """Ends the session of a refresh token; what is not a live token is already logged out."""
    require_transaction()
    found = bearer.session_of("refresh", token, now)
    if found is not None:
        Session.objects.filter(pk=found[0], revoked_at=None).update(revoked_at=now)


def _tokens(session: Session, turn: UUID, now: datetime) -> Tokens:
    user = session.user
    return Tokens(
        access=bearer.access_token(session.pk, user.pk, now),
        refresh=bearer.refresh_token(session.pk, turn, session.expires_at),
        user_id=user.pk,
        roles=user.roles(),
    )
