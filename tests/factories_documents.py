"""Documents brought in, as far in their life as a test needs them."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from backend.core import clock
from backend.outbox import worker
from bot import evaluation
from knowledge import services
from knowledge.ingestion.files import FileRead
from knowledge.ingestion.reading.blocks import Block
from knowledge.models import Document
from knowledge.types import About

ABOUT = About(
    title="渝中区绿色商场认定办法（试行）",
    short_title="绿色商场认定办法",
    issuer="渝中区商务委",
    issued_on=date(2026, 9, 1),
    origin="区商务委网站",
)
RULES = (
    "第一章 申报\n第一条 绿色商场每年评选一次，申报时间为每年5月。\n"
    "第二条 申报绿色商场的建筑面积不低于3万平方米。\n"
    "第二章 指标\n第三条 到2027年，绿色商场快闪集市达到66个。"
)  # fmt: skip


def read_of(text: str) -> FileRead:
    """A text as if it had been read from a file."""
    return FileRead("f" * 64, "text/plain", tuple(Block(line) for line in text.split("\n")), {})


def drafted(text: str = RULES, *, by: str = "anna", now: datetime | None = None, **about: Any) -> Document:
    with transaction.atomic():
        return services.draft(by=by, read=read_of(text), about=replace(ABOUT, **about), now=now or clock.now())


def step(verb: Any, document: Document, *, by: str = "bert", **said: Any) -> Document:
    with transaction.atomic():
        done: Document = verb(by=by, document_id=document.pk, now=clock.now(), **said)
    return done


def work() -> int:
    """Everything that waits for the worker, also what is put off."""
    return worker.run_due(worker="test", read_clock=lambda: clock.now() + timedelta(seconds=5))


def tried(text: str = RULES, **about: Any) -> Document:
    """Drafted by one, checked by another, tried out."""
    document = step(services.check, drafted(text, **about))
    work()
    return document


def published(text: str = RULES, **about: Any) -> Document:
    return step(services.publish, tried(text, **about))


@pytest.fixture
def few_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two frozen questions instead of hundreds."""
    folder = tmp_path / "sets"
    folder.mkdir()
    asked = (
        '{"question": "绿色债券余额到2027年要达到多少？", "kind": "figure", "must": ["150亿元"], "sections": [0, 10]}\n'
    )
    (folder / "answerable.jsonl").write_text(asked, encoding="utf-8")
    foreign = '{"question": "绿色商场每年什么时候申报？", "kind": "near"}\n'
    (folder / "refusals.jsonl").write_text(foreign, encoding="utf-8")
    monkeypatch.setattr(evaluation, "FOLDER", folder)
    return folder
