"""The screen at a station: a code for those who may show it, its successor in time, the status as it changes."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Self
from unittest.mock import patch

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async as sync
from channels.routing import URLRouter
from django.db import transaction

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.core import clock
from backend.earning.models import Station
from backend.earning.types import StationStatus
from backend.recycling import consumers, services
from backend.recycling.models import Display
from backend.recycling.routing import websocket_urlpatterns
from backend.tokens import services as tokens
from backend.tokens.types import Purpose
from tests import factories
from tests.factories import NOON, person
from tests.factories_recycling import attendant, operator
from tests.ws.assistant_socket import WAIT_SECONDS, Socket

pytestmark = pytest.mark.django_db(transaction=True)


class Screen(Socket):
    """One connection to `/ws/display/{station}`."""

    def __init__(self, station: Station) -> None:
        self.path = f"/ws/display/{station.pk}"

    async def __aenter__(self) -> Self:
        scope = {"type": "websocket", "path": self.path, "headers": [], "query_string": b"", "subprotocols": []}
        self.wire = ApplicationCommunicator(URLRouter(websocket_urlpatterns), scope)
        await self.wire.send_input({"type": "websocket.connect"})
        assert (await self.raw())["type"] == "websocket.accept"
        return self

    async def until(self, kind: str) -> dict[str, Any]:
        while (event := await self.told())["type"] != kind:
            pass
        return event


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> Any:
        return self.now


@pytest.fixture
def at() -> Iterator[Clock]:
    at = Clock()
    with patch.object(clock, "now", at):
        yield at


@pytest.fixture
def station() -> Station:
    return factories.station(name="较场口回收点", now=NOON - timedelta(hours=1))


def access_of(user: User) -> str:
    with transaction.atomic():
        return accounts.open_session(user, clock.now()).access


def secret_of(station: Station) -> str:
    with transaction.atomic():
        return services.enrol_display(by=operator(), station_id=station.pk, name="门口屏", now=NOON).secret


def report(station: Station, status: StationStatus) -> None:
    with transaction.atomic():
        services.report(by=attendant(station), station_id=station.pk, status=status, now=clock.now())


async def test_an_enrolled_screen_is_sent_a_code_that_checks_in_and_the_status(at: Clock, station: Station) -> None:
    async with Screen(station) as screen:
        await screen.say({"type": "auth", "secret": await sync(secret_of)(station)})
        assert (await screen.told())["type"] == "ready"
        code, status = await screen.told(), await screen.told()
        assert (code["type"], code["name"], code["qr"][:22]) == ("code", "较场口回收点", "data:image/png;base64,")
        token = tokens.verify(code=code["payload"], purpose=Purpose.STATION_SCREEN, now=NOON)
        assert token.subject == station.pk
        assert (status["type"], status["status"], status["source"]) == ("status", "open", "operator")
        at.now = NOON + timedelta(minutes=1)
        await sync(report)(station, StationStatus.FULL)
        assert (await screen.until("status"))["status"] == "full"


async def test_the_next_code_comes_before_the_old_one_ends(at: Clock, station: Station) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        at.now += timedelta(seconds=seconds)
        if len(pauses) > 2:
            await asyncio.Event().wait()

    secret = await sync(secret_of)(station)
    with patch.object(consumers, "pause", sleep):
        async with Screen(station) as screen:
            await screen.say({"type": "auth", "secret": secret})
            codes = [await screen.until("code") for _ in range(3)]
    assert len({code["payload"] for code in codes}) == 3
    assert [code["refresh_at"] for code in codes] == sorted(code["refresh_at"] for code in codes)
    assert all(0 < seconds <= 120 for seconds in pauses)


@pytest.mark.parametrize("who", ["attendant", "operator"])
async def test_a_login_that_runs_the_station_may_show_it(at: Clock, station: Station, who: str) -> None:
    user = await sync(attendant)(station) if who == "attendant" else await sync(operator)()
    async with Screen(station) as screen:
        await screen.say({"type": "auth", "access": await sync(access_of)(user)})
        assert (await screen.until("code"))["name"] == "较场口回收点"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("nobody", "unauthenticated"),
        ("a made-up secret", "unauthenticated"),
        ("a resident", "forbidden"),
        ("another station's attendant", "forbidden"),
        ("another station's screen", "forbidden"),
    ],
)
async def test_nobody_else_is_sent_a_code(at: Clock, station: Station, who: str, code: str) -> None:
    other = await sync(factories.station)()
    proof: dict[str, Any] = {}
    if who == "a made-up secret":
        proof = {"secret": "x" * 40}
    elif who == "another station's screen":
        proof = {"secret": await sync(secret_of)(other)}
    elif who != "nobody":
        user = await sync(person)() if who == "a resident" else await sync(attendant)(other)
        proof = {"access": await sync(access_of)(user)}
    async with Screen(station) as screen:
        await screen.say({"type": "auth"} | proof)
        told = await screen.told()
        assert (told["type"], told["problem"]["code"]) == ("error", code)
        assert (await screen.raw())["type"] == "websocket.close"


async def test_a_revoked_screen_goes_dark_at_its_next_code(at: Clock, station: Station) -> None:
    next_code = asyncio.Event()

    async def sleep(seconds: float) -> None:
        await next_code.wait()

    secret = await sync(secret_of)(station)
    with patch.object(consumers, "pause", sleep):
        async with Screen(station) as screen:
            await screen.say({"type": "auth", "secret": secret})
            await screen.until("status")
            await sync(Display.objects.update)(revoked_at=NOON)
            next_code.set()
            assert (await screen.until("error"))["problem"]["code"] == "unauthenticated"
            assert (await screen.raw())["type"] == "websocket.close"


@pytest.mark.parametrize("message", ["[]", '"auth"', "{", '{"type": "code"}', "x" * 5000])
async def test_what_is_no_login_closes_the_socket(at: Clock, station: Station, message: str) -> None:
    async with Screen(station) as screen:
        await screen.say(message)
        assert (await screen.told())["problem"]["code"] == "invalid_request"
        assert (await screen.wire.receive_output(WAIT_SECONDS))["type"] == "websocket.close"
