"""Where a server runs, a push leaves on its loop and holds up nobody, whatever becomes of it."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest
from channels.layers import get_channel_layer

from backend.core.ids import new_id
from backend.edge import live

EVENT = {"type": "balance"}


@pytest.fixture
async def server() -> AsyncIterator[asyncio.AbstractEventLoop]:
    loop = asyncio.get_running_loop()
    live.send_from(loop)
    yield loop
    live.send_from(None)


async def test_a_push_from_a_worker_thread_is_heard(server: asyncio.AbstractEventLoop) -> None:
    layer, group = get_channel_layer(), live.group_of(new_id())
    assert layer is not None
    channel = await layer.new_channel()
    await layer.group_add(group, channel)
    await asyncio.to_thread(live._send, group, (EVENT,))
    heard = await asyncio.wait_for(layer.receive(channel), 10)
    assert heard == {"type": "live.events", "events": (EVENT,)}


async def test_nobody_waits_for_a_loop_that_is_busy(server: asyncio.AbstractEventLoop) -> None:
    """The loop cannot turn while this test holds it; a thread that waited for it would never come to its end."""
    thread = threading.Thread(target=live._send, args=(live.group_of(new_id()), (EVENT,)))
    thread.start()
    thread.join(10)
    assert not thread.is_alive()


async def test_a_push_that_fails_is_written_down_and_harms_nothing(
    server: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def lost(*_: Any) -> None:
        raise ConnectionError("the channel layer is away")

    monkeypatch.setattr(get_channel_layer(), "group_send", lost)
    await asyncio.to_thread(live._send, "person.x", (EVENT,))
    await asyncio.sleep(0.1)
    assert "a live push was lost" in caplog.text
