"""`Authorization: Bearer <access>`: one query for the session and its person, so that a logout works at once."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from backend.accounts import bearer, queries
from backend.accounts.models import Session, User
from backend.core import clock
from backend.core.errors import Unauthenticated


class BearerAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[User, Session] | None:
        kind, _, raw = request.headers.get("Authorization", "").partition(" ")
        if not raw or kind.lower() != "bearer":
            return None
        session = session_of_access(raw.strip())
        if session is None:
            raise Unauthenticated
        return session.user, session

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="green-points"'


def person(request: Request) -> User:
    """Who is calling. Raises Unauthenticated where nobody is logged in."""
    if isinstance(request.user, User):
        return request.user
    raise Unauthenticated


def session_of_access(raw: str) -> Session | None:
    """The live session that an access token names; also the WebSocket's way in."""
    now = clock.now()
    found = bearer.session_of("access", raw, now)
    return queries.live_session(found[0], now) if found else None
