"""Who may open a WebSocket: our own pages, and clients that are no browser."""

from typing import Any

from channels.security.websocket import OriginValidator


class OurPagesOrApps(OriginValidator):  # type: ignore[misc]  # channels has no types
    """A browser always says its page's origin, which must be ours; an app says none and carries no cookies of ours.

    Sockets are authenticated by their first message, never by a cookie, so a missing origin opens nothing.
    """

    def valid_origin(self, parsed_origin: Any) -> bool:
        return parsed_origin is None or bool(super().valid_origin(parsed_origin))
