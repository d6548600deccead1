"""`/ws/me`: a person's own events (`balance`, `voucher`, `redemption`, `message`), pushed after their commit."""

import asyncio
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from backend.accounts.authentication import session_of_access
from backend.core.errors import Invalid, Refusal, Unauthenticated
from backend.edge import live
from backend.edge.problems import body_of

AUTH_SECONDS = 10
POLICY_VIOLATION = 1008


class MeConsumer(AsyncJsonWebsocketConsumer):
    """The first message is `{"type": "auth", "access"}`, never the query string, which servers write into logs."""

    group: str | None = None

    async def connect(self) -> None:
        await self.accept()
        self.deadline = asyncio.get_running_loop().call_later(AUTH_SECONDS, self._expire)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        try:
            await super().receive(
                text_data=text_data if len(text_data or "") <= 4096 else "", bytes_data=None, **kwargs
            )
        except ValueError:
            await self._refuse(Invalid(errors={}))

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        if not isinstance(content, dict) or content.get("type") != "auth" or self.group:
            await self._refuse(Invalid(errors={"type": "auth"}))
            return
        session = await database_sync_to_async(session_of_access)(str(content.get("access", "")))
        if session is None:
            await self._refuse(Unauthenticated())
            return
        self.deadline.cancel()
        self.user_id, self.group = session.user_id, live.group_of(session.user_id)
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.send_json({"type": "ready"})

    async def live_events(self, message: dict[str, Any]) -> None:
        for event in message["events"]:
            await self.send_json(await database_sync_to_async(live.whole)(event, self.user_id))

    async def disconnect(self, code: int) -> None:
        self.deadline.cancel()
        if self.group:
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def _refuse(self, refusal: Refusal) -> None:
        problem = body_of(refusal, language="zh-Hans", request_id="")
        await self.send_json({"type": "error", "problem": problem})
        await self.close(POLICY_VIOLATION)

    def _expire(self) -> None:
        self.expiry = asyncio.ensure_future(self._refuse(Unauthenticated()))
