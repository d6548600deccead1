"""A WebSocket client in the test's own loop. (`channels.testing` needs daphne, which the service does not use.)"""

import json
from typing import Any, Self

from asgiref.testing import ApplicationCommunicator
from channels.routing import URLRouter

from bot.routing import websocket_urlpatterns

WAIT_SECONDS = 30


class Socket:
    """One connection to `/ws/assistant`; closed at the end of its block, whatever happens."""

    async def __aenter__(self) -> Self:
        scope = {"type": "websocket", "path": "/ws/assistant", "headers": [], "query_string": b"", "subprotocols": []}
        self.wire = ApplicationCommunicator(URLRouter(websocket_urlpatterns), scope)
        await self.wire.send_input({"type": "websocket.connect"})
        assert (await self.raw())["type"] == "websocket.accept"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.wire.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wire.wait(WAIT_SECONDS)

    async def raw(self) -> dict[str, Any]:
        """The next ASGI message."""
        message: dict[str, Any] = await self.wire.receive_output(WAIT_SECONDS)
        return message

    async def say(self, message: Any) -> None:
        """Sends JSON, or a text as it is."""
        text = message if isinstance(message, str) else json.dumps(message, ensure_ascii=False)
        await self.wire.send_input({"type": "websocket.receive", "text": text})

    async def told(self) -> dict[str, Any]:
        """The next event."""
        event: dict[str, Any] = json.loads((await self.raw())["text"])
        return event

    async def ask(self, **message: Any) -> list[dict[str, Any]]:
        """Everything that comes back to one question."""
        await self.say({"type": "ask", **message})
        events = [await self.told()]
        while events[-1]["type"] not in ("done", "error"):
            events.append(await self.told())
        return events
