"""A resident taps on many screens at once: one ticket waits, and no more than the day's are counted."""

from threading import Barrier
from uuid import UUID

import pytest
from django.db import transaction

from backend.core import clock
from bot.care import tickets
from bot.care.types import Queue
from bot.errors import NotWaiting, TicketLimitReached, TicketWaiting
from bot.models import TICKETS_PER_DAY, Conversation, Ticket, TicketDay
from tests.concurrency.race import race
from tests.factories import person
from tests.factories_care import turn

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


def hand_over(by: UUID | None, conversation: UUID) -> Ticket:
    with transaction.atomic():
        return tickets.hand_over(by=by, conversation=conversation, queue=Queue.OTHER, note="", now=clock.now())


def test_one_ticket_waits_for_a_conversation() -> None:
    kept = turn()
    results = race([lambda: hand_over(None, kept.conversation_id)] * THREADS)
    assert sum(isinstance(each, Ticket) for each in results) == Ticket.objects.count() == 1, results
    assert all(isinstance(each, Ticket | TicketWaiting) for each in results), results


def test_no_more_than_the_days_are_opened() -> None:
    resident = person().pk
    talks = [turn(by=resident).conversation_id for _ in range(THREADS)]
    results = race([lambda talk=talk: hand_over(resident, talk) for talk in talks])
    assert sum(isinstance(each, Ticket) for each in results) == Ticket.objects.count() == TICKETS_PER_DAY, results
    assert all(isinstance(each, Ticket | TicketLimitReached) for each in results), results
    assert TicketDay.objects.get().opened == TICKETS_PER_DAY


def test_without_the_guarded_count_all_of_them_are_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: counted first and judged then, every thread sees a day on which nothing was opened."""
    resident = person().pk
    talks = [turn(by=resident).conversation_id for _ in range(4)]
    all_have_read = Barrier(4)
    monkeypatch.setattr(tickets, "_count", lambda owner, now: None)

    def unguarded(talk: UUID) -> Ticket:
        assert Ticket.objects.filter(owner=resident).count() < TICKETS_PER_DAY
        all_have_read.wait(timeout=60)
        return hand_over(resident, talk)

    results = race([lambda talk=talk: unguarded(talk) for talk in talks])
    assert sum(isinstance(each, Ticket) for each in results) == 4 > TICKETS_PER_DAY, results


def test_two_operators_answer_once() -> None:
    ticket, operator = hand_over(None, turn().conversation_id), person().pk
    with transaction.atomic():
        tickets.take(by=operator, ticket_id=ticket.pk, now=clock.now())

    def answer(text: str) -> Ticket:
        with transaction.atomic():
            return tickets.answer(by=operator, ticket_id=ticket.pk, text=text, now=clock.now())

    results = race([lambda text=text: answer(text) for text in ("甲", "乙", "丙", "丁")])
    won = [each for each in results if isinstance(each, Ticket)]
    assert len(won) == 1, results
    assert all(isinstance(each, Ticket | NotWaiting) for each in results), results
    ticket.refresh_from_db()
    assert ticket.answer == won[0].answer
    assert Conversation.objects.count() == 1
