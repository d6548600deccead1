"""Documents at the door: open to read what is published; the steps are operators', and a draft is nobody's to see."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from backend.accounts import services as accounts
from backend.accounts.types import Role
from backend.core import clock
from backend.core.ids import new_id
from knowledge import services
from knowledge.models import Document
from tests.api.clients import Client, client_of, problem
from tests.factories import person
from tests.factories_console import operator
from tests.factories_documents import RULES, drafted, work
from tests.files import bomb, docx_of, pdf_of
from tests.shelf import WordVectors

pytest_plugins = ["tests.shelf", "tests.factories_documents"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def built(word_vectors: WordVectors, few_questions: Path) -> None:
    services.build(by="test", now=clock.now())


def send(client: Client, data: bytes, **said: str) -> Any:
    file = BytesIO(data)
    file.name = said.pop("name", "办法.docx")
    body = {"issuer": "区商务委", "issued_on": "2026-09-01", "origin": "区商务委网站", **said}
    return client.post("knowledge/documents", {**body, "file": file}, format="multipart")


def test_a_file_goes_from_one_operator_to_another_to_the_public(built: None) -> None:
    anna, bert, anyone = client_of(operator()), client_of(operator()), client_of()
    answer = send(anna, docx_of(*RULES.split("\n")), title="绿色商场认定办法", key="mall-rules")
    assert answer.status_code == 201, answer.content
    draft = answer.json()
    assert (draft["state"], draft["in_force"], draft["key"], draft["revision"]) == ("draft", False, "mall-rules", 1)
    assert draft["id"] not in {row["id"] for row in anyone.get("knowledge/documents").json()["results"]}
    assert [row["id"] for row in bert.get("knowledge/drafts").json()["results"]] == [draft["id"]]

    one = f"knowledge/documents/{draft['id']}"
    problem(anna.post(f"{one}/check"), 409, "document_second_person")
    problem(bert.post(f"{one}/publish"), 409, "document_state")
    assert bert.post(f"{one}/check").json()["state"] == "checked"
    problem(bert.post(f"{one}/publish"), 409, "document_trial_missing")
    work()
    reading = bert.get(f"{one}/reading").json()
    assert [section["path"][-1] for section in reading["outline"]] == ["第一条", "第二条", "第三条"]
    assert ("绿色商场快闪集市", "66", "个") in {(t["subject"], t["value"], t["unit"]) for t in reading["targets"]}
    assert reading["trial"]["questions"] == 2
    assert bert.post(f"{one}/publish").json()["in_force"] is True

    told = {row["key"]: row for row in anyone.get("knowledge/documents?limit=50").json()["results"]}
    assert told["mall-rules"]["effective_from"] == str(clock.local(clock.now()).date())
    assert told["mall-rules"]["file_sha256"] == draft["file_sha256"] != ""
    assert told["guide-privacy"]["in_force"]
    assert problem(bert.post(f"{one}/withdraw", {}), 400, "invalid_request")["errors"]
    gone = bert.post(f"{one}/withdraw", {"reason": "已有新办法"}).json()
    assert (gone["state"], gone["in_force"]) == ("withdrawn", False)
    assert gone["withdrawn_at"]


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (bomb(100), 422, "document_swells"),
        (pdf_of([]), 422, "document_has_no_text"),
        (b"\x00\x01\x02\x03", 422, "document_type_unknown"),
        (b"x" * (5 * 1024 * 1024 + 1), 413, "document_too_large"),
    ],
)
def test_a_file_that_is_refused_leaves_nothing(data: bytes, status: int, code: str) -> None:
    problem(send(client_of(operator()), data, name="a.pdf"), status, code)
    assert not Document.objects.exists()


def test_what_is_said_of_a_file_is_checked(built: None) -> None:
    client = client_of(operator())
    for said in (
        {"key": "../etc"},
        {"key": "a.b"},
        {"issued_on": "soon"},
        {"title": "x" * 201},
        {"issuer": "a\u202eb"},
    ):
        problem(send(client, RULES.encode(), **said), 400, "invalid_request")
    late = {"effective_from": "2027-01-02", "effective_until": "2027-01-01"}
    problem(send(client, RULES.encode(), **late), 422, "document_dates")
    assert not Document.objects.filter(ingested=True).exists()


def test_only_operators_take_steps_and_see_drafts() -> None:
    document = drafted()
    before = Document.objects.get(pk=document.pk).state
    for client, status, code in [
        (client_of(), 401, "unauthenticated"), (client_of(person(now=clock.now())), 403, "forbidden"),
    ]:  # fmt: skip
        problem(send(client, b"x"), status, code)
        problem(client.get("knowledge/drafts"), status, code)
        problem(client.get(f"knowledge/documents/{document.pk}/reading"), status, code)
        for verb in ("check", "trial", "publish", "discard", "withdraw"):
            problem(client.post(f"knowledge/documents/{document.pk}/{verb}", {"reason": "x"}), status, code)
    assert Document.objects.get(pk=document.pk).state == before
    client = client_of(operator())
    problem(client.post(f"knowledge/documents/{new_id()}/check"), 404, "not_found")
    problem(client.get(f"knowledge/documents/{new_id()}/reading"), 404, "not_found")


# -- the command


def ingest(capsys: Any, *words: str) -> str:
    call_command("ingest", *words)
    out: str = capsys.readouterr().out
    return out


def test_the_command_shows_what_it_would_read_and_keeps_nothing(tmp_path: Path, capsys: Any) -> None:
    paper = tmp_path / "no-extension"
    paper.write_bytes(docx_of(*RULES.split("\n")))
    shown = ingest(capsys, str(paper), "--dry-run")
    assert "第一章 申报 › 第一条 (1)" in shown
    assert "= 绿色商场快闪集市 66个 2027" in shown
    assert not Document.objects.exists()


def test_the_command_drafts_for_an_operator_and_for_nobody_else(tmp_path: Path, capsys: Any) -> None:
    now = clock.now()
    with transaction.atomic():
        anna = accounts.person_of(phone="13700000001", now=now)
        accounts.person_of(phone="13700000002", now=now)
        accounts.grant(by="test", user=anna, role=Role.OPERATOR, scope_kind="service", scope_id=None, now=now)
    paper = tmp_path / "rules.txt"
    paper.write_text(RULES, encoding="gb18030")
    said = ("--issuer", "区商务委", "--issued-on", "2026-09-01", "--origin", "区商务委网站", "--key", "mall-rules")
    for by in ((), ("--by", "13999999999"), ("--by", "13700000002"), ("--by", "no number")):
        with pytest.raises(CommandError):
            ingest(capsys, str(paper), *said, *by)
    assert not Document.objects.exists()
    assert "mall-rules revision 1: draft" in ingest(capsys, str(paper), *said, "--by", "13700000001")
    assert Document.objects.get().drafted_by == str(anna)


def test_the_command_says_what_is_wrong_with_a_file(tmp_path: Path, capsys: Any) -> None:
    for name, data, words in [("a", b"", "document_empty"), ("b", bomb(100), "document_swells")]:
        (tmp_path / name).write_bytes(data)
        with pytest.raises(CommandError, match=words):
            ingest(capsys, str(tmp_path / name), "--dry-run")
    with pytest.raises(CommandError, match="No such file"):
        ingest(capsys, str(tmp_path / "absent"), "--dry-run")
