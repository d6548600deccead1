"""The commands of the contract: JSON lines in, JSON lines out, nothing else on stdout."""

import io
import json
import sys
from typing import Any

import pytest
from django.core.management import CommandError, call_command

pytest_plugins = ["tests.shelf"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelf")]


def run(
    command: str, lines: list[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> list[dict[str, Any]]:
    text = "".join(f"{line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)}\n" for line in lines)
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    call_command(command, jsonl=True)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        {"id": "a", "question": "绿色贷款余额目标是多少？"},
        "",
        {"id": 2, "question": "那由谁负责？", "history": ["绿色贷款余额目标是多少？"]},
        {"id": 3, "question": "区发改委的电话是多少？", "history": None},
    ]
    first, second, third = run("ask", lines, monkeypatch, capsys)
    assert set(first) >= {"id", "answer", "refused", "citations", "ms"}
    assert "1800亿元" in first["answer"]
    assert first["citations"][0]["section"] == 10
    assert (second["id"], second["refused"]) == (2, False)
    assert "区产业发展促进局" in second["answer"]
    assert (third["refused"], third["citations"]) == (True, [])


def test_search(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = run("search_knowledge", [{"id": 1, "question": "山城步道"}], monkeypatch, capsys)
    assert set(found) == {"id", "hits", "ms"}
    assert set(found["hits"][0]) == {"document", "section", "score", "text"}
    assert found["hits"][0]["section"] == 15
    assert "山城步道" in found["hits"][0]["text"]
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("line", ["not json", "[1]", '"text"'])
def test_a_bad_line_is_named(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{line}\n"))
    with pytest.raises(CommandError, match="line 1"):
        call_command("ask", jsonl=True)


def test_without_a_question_the_command_explains_itself() -> None:
    with pytest.raises(CommandError, match="--help"):
        call_command("ask")
