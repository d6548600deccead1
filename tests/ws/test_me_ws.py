"""`/ws/me`: a person's own events, whole, after the commit that made them."""

from typing import Any, Self

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async as sync
from channels.routing import URLRouter
from django.db import transaction

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.routing import websocket_urlpatterns
from backend.core import clock
from tests.factories import person
from tests.factories_campaigns import claim, offer
from tests.ws.assistant_socket import Socket

pytestmark = pytest.mark.django_db(transaction=True)


class Me(Socket):
    """One connection to `/ws/me`."""

    async def __aenter__(self) -> Self:
        scope = {"type": "websocket", "path": "/ws/me", "headers": [], "query_string": b"", "subprotocols": []}
        self.wire = ApplicationCommunicator(URLRouter(websocket_urlpatterns), scope)
        await self.wire.send_input({"type": "websocket.connect"})
        assert (await self.raw())["type"] == "websocket.accept"
        return self


def claimed(who: User) -> Any:
    now = clock.now()
    return claim(who, offer(now=now), now)


def access_of(user: User) -> str:
    with transaction.atomic():
        return accounts.open_session(user, clock.now()).access


async def test_a_claim_is_told_with_the_voucher_and_the_balance_that_it_left() -> None:
    who = await sync(person)(points=50, now=clock.now())
    async with Me() as socket:
        await socket.say({"type": "auth", "access": await sync(access_of)(who)})
        assert (await socket.told())["type"] == "ready"
        voucher = await sync(claimed)(who)
        assert await socket.told() == {"type": "voucher", "id": str(voucher.pk), "status": "claimed"}
        assert await socket.told() == {"type": "balance", "balance": 30, "available": 30, "pending": 0}
