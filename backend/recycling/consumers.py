"""`/ws/display/{station}`: a station's screen. It is sent the fresh code before the old one ends, and the status.

A rotating code shows that somebody stands before the screen, so it goes to nobody else: the first message proves an
enrolled screen (`secret`) or a login that runs the station (`access`), and that is proved anew before each code.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.db import DatabaseError

from backend.accounts.authentication import session_of_access
from backend.accounts.consumers import AUTH_SECONDS, POLICY_VIOLATION
from backend.accounts.queries import live_session
from backend.core import clock
from backend.core.errors import Forbidden, Invalid, Refusal, Unauthenticated
from backend.earning import queries as earning
from backend.edge.problems import body_of
from backend.recycling import queries
from backend.recycling.services.reports import group_of, status_event
from backend.tokens import services as tokens
from backend.tokens.api.views import code_body
from backend.tokens.types import Purpose

log = logging.getLogger("backend.recycling")
MOST_CHARS = 4096
AGAIN_SECONDS = 5.0  # after a failing read
pause = asyncio.sleep
Told = tuple[dict[str, Any], dict[str, object], float]  # the code, the status, and the seconds until the next


class DisplayConsumer(AsyncJsonWebsocketConsumer):
    group: str | None = None
    pushing: "asyncio.Task[None] | None" = None

    async def connect(self) -> None:
        self.station: UUID = self.scope["url_route"]["kwargs"]["station"]
        await self.accept()
        self.deadline = asyncio.get_running_loop().call_later(AUTH_SECONDS, self._expire)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        try:
            fits = len(text_data or "") <= MOST_CHARS
            await super().receive(text_data=text_data if fits else "", bytes_data=None, **kwargs)
        except ValueError:
            await self._refuse(Invalid(errors={}))

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        if not isinstance(content, dict) or content.get("type") != "auth" or self.group:
            await self._refuse(Invalid(errors={"type": "auth"}))
            return
        try:
            await database_sync_to_async(self._prove)(content)
        except Refusal as refusal:
            await self._refuse(refusal)
            return
        self.deadline.cancel()
        self.group = group_of(self.station)
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.send_json({"type": "ready"})
        self.pushing = asyncio.create_task(self._push_codes())

    def _prove(self, content: dict[str, Any]) -> None:
        self.screen = screen_of(str(content.get("secret", "")), str(content.get("access", "")))
        require_right(self.screen, self.station, clock.now())

    async def live_events(self, message: dict[str, Any]) -> None:
        for event in message["events"]:
            await self.send_json(event)

    async def disconnect(self, code: int) -> None:
        self.deadline.cancel()
        if self.pushing:
            self.pushing.cancel()
        if self.group:
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def _push_codes(self) -> None:
        """A fresh code each window, and with it the status, which also ends by itself when a crowd's word expires."""
        while True:
            try:
                await pause(await self._push_code())
            except Refusal as refusal:
                await self._refuse(refusal)
                return
            except OSError:  # nobody is there any more; `disconnect` follows
                return

    async def _push_code(self) -> float:
        """Sends the present code and status; the seconds until the next. Raises what `require_right` raises."""
        try:
            told: Told = await database_sync_to_async(fresh)(self.station, self.screen)
        except DatabaseError:
            log.exception("no code for the screen of %s", self.station)
            return AGAIN_SECONDS
        code, status, seconds = told
        await self.send_json(code)
        await self.send_json(status)
        return seconds

    async def _refuse(self, refusal: Refusal) -> None:
        await self.send_json({"type": "error", "problem": body_of(refusal, language="zh-Hans", request_id="")})
        await self.close(POLICY_VIOLATION)

    def _expire(self) -> None:
        self.expiry = asyncio.ensure_future(self._refuse(Unauthenticated()))


@dataclass(frozen=True)
class Screen:
    """By what right a socket shows a station's code: an enrolled screen, or a session."""

    display: UUID | None = None
    session: UUID | None = None


def screen_of(secret: str, access: str) -> Screen:
    """What the first message proves. Raises Unauthenticated."""
    if secret:
        display = queries.display_of(secret)
        if display is not None:
            return Screen(display=display.pk)
    else:
        session = session_of_access(access)
        if session is not None:
            return Screen(session=session.pk)
    raise Unauthenticated


def require_right(screen: Screen, station_id: UUID, now: datetime) -> None:
    """Raises Unauthenticated when the right has ended meanwhile, Forbidden for another station's screen or login."""
    if screen.display:
        station = queries.live_display(screen.display)
        if station is None:
            raise Unauthenticated
        if station != station_id:
            raise Forbidden
        return
    session = live_session(screen.session, now) if screen.session else None
    if session is None:
        raise Unauthenticated
    queries.station_run_by(session.user, station_id)


def fresh(station_id: UUID, screen: Screen) -> Told:
    """The present code and status for a screen that may still show them, and the seconds until the next."""
    now = clock.now()
    require_right(screen, station_id, now)
    issued = tokens.issue(purpose=Purpose.STATION_SCREEN, subject=station_id, now=now)
    left = (issued.refresh_at - now).total_seconds() if issued.refresh_at else 0
    code = {"type": "code", **code_body(issued)} | {"name": earning.station(station_id).name}
    return _plain(code), status_event(station_id), max(1.0, left)


def _plain(event: dict[str, Any]) -> dict[str, Any]:
    """The event with its times as text, as JSON wants them."""
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in event.items()}
