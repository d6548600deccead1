"""A process loads what answering needs before it takes its first request, and each part once."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async

from backend.config.asgi import application
from backend.edge.lifespan import Lifespan
from bot import services
from knowledge import queries
from knowledge.retrieval import embedder as embedding

pytest_plugins = ["tests.shelf"]
STARTING_SECONDS = 60


async def started(app: Any) -> str:
    """What the server is told when the process may take requests."""
    wire = ApplicationCommunicator(app, {"type": "lifespan"})
    await wire.send_input({"type": "lifespan.startup"})
    told: str = (await wire.receive_output(STARTING_SECONDS))["type"]
    await wire.send_input({"type": "lifespan.shutdown"})
    assert (await wire.receive_output(STARTING_SECONDS))["type"] == "lifespan.shutdown.complete"
    return told


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("shelf_in_life")
async def test_the_first_question_finds_everything_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[object] = []
    load = queries.load_library
    monkeypatch.setattr(queries, "load_library", lambda *of: loads.append(of) or load(*of))
    queries.forget()
    assert await started(application) == "lifespan.startup.complete"
    assert len(loads) == 1
    answer = await database_sync_to_async(services.answer)(question="绿化覆盖率是多少？")
    assert "38%" in answer.text
    assert len(loads) == 1


async def test_a_process_starts_though_its_preparation_fails(caplog: pytest.LogCaptureFixture) -> None:
    def fails() -> None:
        raise ConnectionError("no database")

    assert await started(Lifespan(fails)) == "lifespan.startup.complete"
    assert "starts without what it should have loaded" in caplog.text


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Every model that is made, each slowly enough for another thread to come in between."""
    made: list[object] = []

    class Slow:
        def __init__(self) -> None:
            time.sleep(0.2)
            made.append(self)

    monkeypatch.setattr(embedding, "Embedder", Slow)
    embedding._loaded.cache_clear()
    yield made
    embedding._loaded.cache_clear()


def in_two_threads(work: Callable[[], object]) -> None:
    threads = [threading.Thread(target=work) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def test_two_threads_that_come_first_load_the_model_once(models: list[object]) -> None:
    in_two_threads(embedding.embedder)
    assert len(models) == 1


def test_without_the_guard_they_would_load_it_twice(models: list[object]) -> None:
    in_two_threads(embedding._loaded)
    assert len(models) == 2
