"""Signed bearer tokens (JWT, HS256). An access token names its session; a refresh token also its turn.

A WeChat ticket names the account that waits to be bound.
"""

from datetime import datetime
from uuid import UUID

import jwt
from django.conf import settings
from jwt.types import Options

_ALGORITHM = "HS256"
_OPTIONS: Options = {"require": ["exp", "sid", "kind"], "verify_exp": False}  # `now` is the caller's


def access_token(session_id: UUID, user_id: UUID, now: datetime) -> str:
    return _encode("access", now + settings.ACCESS_TOKEN_LIFETIME, sid=session_id, sub=user_id)


def refresh_token(session_id: UUID, turn: UUID, expires_at: datetime) -> str:
    return _encode("refresh", expires_at, sid=session_id, jti=turn)


def wechat_ticket(account_id: UUID, expires_at: datetime) -> str:
    """Lets whoever logged in by WeChat bind a telephone to that WeChat account."""
    return _encode("wechat", expires_at, sid=account_id)


def session_of(kind: str, raw: str, now: datetime) -> tuple[UUID, str] | None:
    """(session or account id, turn) of a token that is ours, of this kind and not expired; None for anything else."""
    try:
        claims = jwt.decode(raw, settings.SECRET_KEY, algorithms=[_ALGORITHM], options=_OPTIONS)
        live = claims["kind"] == kind and now.timestamp() < claims["exp"]
        return (UUID(claims["sid"]), str(claims.get("jti", ""))) if live else None
    except (jwt.InvalidTokenError, ValueError, TypeError):
        return None


def _encode(kind: str, expires_at: datetime, **claims: UUID) -> str:
    texts = {name: str(value) for name, value in claims.items()}
    return jwt.encode({"kind": kind, "exp": expires_at, **texts}, settings.SECRET_KEY, algorithm=_ALGORITHM)
