"""An ASGI wrapper that refuses large bodies while they arrive: Django would spool them to disk first."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from backend.edge.errors import TooLarge
from backend.edge.problems import CONTENT_TYPE, body_of

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class _Exceeded(Exception):
    pass


class BodyLimit:
    """Answers 413 problem+json once a body passes `limit_bytes`, by its Content-Length or as counted."""

    def __init__(self, app: App, limit_bytes: int) -> None:
        self.app, self.limit_bytes = app, limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _announced(scope) > self.limit_bytes:
            await self._refuse(send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.limit_bytes:
                raise _Exceeded
            return message

        try:
            await self.app(scope, counted, send)
        except _Exceeded:
            await self._refuse(send)

    async def _refuse(self, send: Send) -> None:
        problem = body_of(TooLarge(limit_bytes=self.limit_bytes), language="zh-Hans", request_id="")
        headers = [(b"content-type", CONTENT_TYPE.encode()), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(problem, ensure_ascii=False).encode()})


def _announced(scope: Scope) -> int:
    value = dict(scope["headers"]).get(b"content-length", b"0")
    return int(value) if value.isdigit() else 0
