"""The assistant's desk: tickets are taken and answered, gaps closed, each by a person who is named."""

from functools import partial
from typing import Any

import numpy as np
import pytest
from django.db import transaction
from django.urls import reverse

from backend.audit.models import AuditRow
from backend.core import clock
from backend.ops import trials
from bot import calibration
from bot.care import tickets, votes
from bot.care.types import Queue, VoteReason
from bot.models import Exam, Gap, Ticket
from bot.rules import evidence
from knowledge import services as knowledge
from knowledge.models import Document, Synonym, Version
from tests.factories import person
from tests.factories_care import turn
from tests.factories_console import at_console, operator, press
from tests.factories_documents import work

pytest_plugins = ["tests.shelf", "tests.factories_documents"]
pytestmark = pytest.mark.django_db(transaction=True)


def address(page: str, *args: Any) -> str:
    return reverse(f"console:{page}", args=args)


def handed_over(**wanted: Any) -> Ticket:
    kept = turn(**wanted)
    with transaction.atomic():
        return tickets.hand_over(
            by=wanted.get("by"),
            conversation=kept.conversation_id,
            queue=Queue.POLICY,
            note="想知道附近的",
            now=clock.now(),
        )


def test_a_ticket_is_read_taken_and_answered() -> None:
    ticket, somebody = handed_over(by=person().pk, question="<b>咖啡馆</b>有几家?"), operator()
    browser = at_console(somebody)
    page = browser.get(address("bot_ticket_change", ticket.pk)).content.decode()
    assert "&lt;b&gt;咖啡馆&lt;/b&gt;" in page
    assert "想知道附近的" in browser.get(address("bot_ticket_do_on", ticket.pk, "take")).content.decode()
    press(browser, address("bot_ticket_do_on", ticket.pk, "take"))
    press(browser, address("bot_ticket_do_on", ticket.pk, "answer"), text="有32家，可到区商务委网站查看。")
    ticket.refresh_from_db()
    assert (ticket.state, ticket.taken_by) == ("answered", somebody.pk)
    assert AuditRow.objects.filter(by=str(somebody.pk), subject=str(ticket.pk)).count() == 2
    again = press(browser, address("bot_ticket_do_on", ticket.pk, "answer"), text="再答一次")
    assert again.status_code == 409
    assert Ticket.objects.get().answer == "有32家，可到区商务委网站查看。"


def test_who_answers_is_who_has_taken_it() -> None:
    ticket, first, second = handed_over(), at_console(operator()), at_console(operator())
    press(first, address("bot_ticket_do_on", ticket.pk, "take"))
    path = address("bot_ticket_do_on", ticket.pk, "answer")
    assert press(second, path, text="我来答").status_code == 409
    ticket.refresh_from_db()
    assert (ticket.state, ticket.answer) == ("taken", "")
    press(second, address("bot_ticket_do_on", ticket.pk, "take"))
    assert press(second, path, text="我来答").status_code == 302


def test_gaps_show_how_they_were_asked_and_are_closed_with_a_reason() -> None:
    kept = turn(question="咖啡馆有几家？")
    turn(question="有多少家咖啡馆？")
    with transaction.atomic():
        votes.vote(
            by=None, conversation=kept.conversation_id, turn=kept.pk, helpful=False, reason=VoteReason.WRONG,
            now=clock.now(),
        )  # fmt: skip
    browser, gap = at_console(operator()), Gap.objects.get()
    page = browser.get(address("bot_gap_changelist"), {"o": "-2"}).content.decode()
    assert "有多少家咖啡馆?" in page
    assert ('class="field-times_asked">2<' in page, 'class="field-times_unhelpful">1<' in page) == (True, True)
    assert "未解决的问答缺口" in browser.get(address("index")).content.decode()
    press(browser, address("bot_gap_do_on", gap.pk, "dismiss"), reason="与本服务无关")
    gap.refresh_from_db()
    assert (gap.state, gap.note) == ("dismissed", "与本服务无关")
    assert press(browser, address("bot_gap_do_on", gap.pk, "answered"), reason="x").status_code == 409


def test_lists_ask_as_often_for_many_rows_as_for_few(django_assert_max_num_queries: Any) -> None:
    for number in range(8):
        turn(need=f"figure|{number}")
        handed_over(need=f"who|{number}")
    browser = at_console(operator())
    for page in ("bot_gap_changelist", "bot_ticket_changelist", "bot_vote_changelist"):
        with django_assert_max_num_queries(9):
            assert browser.get(address(page)).status_code == 200


@pytest.mark.usefixtures("word_vectors", "few_questions")
def test_a_gap_leads_to_an_answer_a_word_or_a_test_that_another_publishes() -> None:
    knowledge.build(by="test", now=clock.now())
    turn(question="血拼城有几家？")
    gap, first, second = Gap.objects.get(), at_console(operator()), at_console(operator())
    path = partial(address, "bot_gap_do_on", gap.pk)
    assert "血拼城有几家?" in first.get(path("answer")).content.decode()
    said = {"title": "血拼城", "text": "血拼城就是商场。", "issuer": "区商务委", "origin": "内部核对"}
    assert press(first, path("answer"), **said).status_code == 302
    press(first, path("synonym"), word="血拼城", others="绿色商场")
    press(first, path("exam"), question="绿色贷款要到多少？", must="1800亿元", anchor="绿色贷款余额达1800亿元")
    word, exam, document = Synonym.objects.get(), Exam.objects.get(), Document.objects.get(ingested=True)
    work()
    publish = address("knowledge_synonym_do_on", word.pk, "publish")
    assert "figures exact" in second.get(publish).content.decode()
    assert press(first, publish).status_code == 409
    assert press(second, publish).status_code == 302
    exam_path = address("bot_exam_do_on", exam.pk, "publish")
    assert "1800亿元" in second.get(exam_path).content.decode()
    assert press(first, exam_path).status_code == 409
    assert press(second, exam_path).status_code == 302
    word.refresh_from_db()
    exam.refresh_from_db()
    states = [word.state, exam.state]
    assert (states, document.state) == (["published", "published"], "draft")


@pytest.mark.usefixtures("word_vectors")
def test_the_calibration_curve_of_what_serves_is_measured_and_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    knowledge.build(by="test", now=clock.now())
    scores, labels = np.array([1.0, 0.5, -1.0, 0.1]), np.array([1.0, 1.0, 0.0, 0.0])
    fitted = calibration.Fitted(
        kinship=scores, told=scores, belief=scores, unasked_belief=scores, scores=scores, labels=labels
    )
    monkeypatch.setattr(calibration, "fit", lambda engine: fitted)
    monkeypatch.setattr(trials, "embedder", lambda: object())
    browser, version = at_console(operator()), Version.objects.get()
    press(browser, address("knowledge_version_do", "curve"))
    work()
    page = browser.get(address("knowledge_version_change", version.pk)).content.decode()
    assert f"{evidence.BELIEVED:+.1f}：100.0% / 50.0%（现用）" in page
    assert "+0.6：50.0% / 100.0%" in page
