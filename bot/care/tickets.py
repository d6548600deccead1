"""Tickets: a conversation handed to a person, taken by one operator, answered in words, closed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from backend.core import clock
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from bot.care.types import WAITING, Queue, TicketState
from bot.errors import NotWaiting, TicketLimitReached, TicketWaiting
from bot.models import TICKETS_PER_DAY, Ticket, TicketDay
from bot.queries import conversation_of, ticket_of
from bot.rules.masking import masked

# Full-width digits, letters and the signs of a number or address; Chinese punctuation stays as it is written.
_NARROW = {ord(wide): chr(ord(wide) - 0xFEE0) for wide in "０１２３４５６７８９＠．－＋Ｘｘ"}
_WAITING = [state.value for state in WAITING]


def hand_over(*, by: UUID | None, conversation: UUID, queue: Queue, note: str, now: datetime) -> Ticket:
    """Opens a ticket for a conversation. Raises NotFound, TicketWaiting, TicketLimitReached."""
    require_transaction()
    talk = conversation_of(conversation, by)
    if by is not None:
        _count(by, now)
    ticket = Ticket(conversation=talk, owner_id=by, queue=queue.value, note=_plain(note), opened_at=now)
    try:
        with transaction.atomic():
            ticket.save(force_insert=True)
    except IntegrityError:  # the unique row of what waits
        raise TicketWaiting from None
    return ticket


def _count(owner: UUID, now: datetime) -> None:
    today = clock.local(now).date()
    TicketDay.objects.get_or_create(owner_id=owner, day=today)
    free = TicketDay.objects.filter(owner_id=owner, day=today, opened__lt=TICKETS_PER_DAY)
    if not free.update(opened=F("opened") + 1):
        raise TicketLimitReached(limit=TICKETS_PER_DAY)


def take(*, by: UUID, ticket_id: UUID, now: datetime) -> Ticket:
    """An operator looks after a ticket; another may take it over until it is answered. Raises NotFound, NotWaiting."""
    return _step(ticket_id, _WAITING, state=TicketState.TAKEN.value, taken_by=by, taken_at=now)


def answer(*, by: UUID, ticket_id: UUID, text: str, now: datetime) -> Ticket:
    """Answers a ticket that `by` has taken. Raises NotFound, NotWaiting."""
    step = {"state": TicketState.ANSWERED.value, "answer": _plain(text), "answered_at": now}
    return _step(ticket_id, [TicketState.TAKEN.value], taken_by=by, **step)


def close(*, by: UUID | None, ticket_id: UUID, conversation: UUID, now: datetime) -> Ticket:
    """The resident needs nobody any more. Idempotent. Raises NotFound."""
    require_transaction()
    ticket = ticket_of(ticket_id, conversation, by)
    if ticket.state != TicketState.CLOSED.value:
        Ticket.objects.filter(pk=ticket.pk).exclude(state=TicketState.CLOSED.value).update(
            state=TicketState.CLOSED.value, closed_at=now
        )
        ticket.refresh_from_db()
    return ticket


def drop_counts(*, now: datetime) -> int:
    """Forgets how many tickets were opened on days that are over."""
    return TicketDay.objects.filter(day__lt=clock.local(now).date()).delete()[0]


def _step(ticket_id: UUID, states: list[str], *, taken_by: UUID, **to: Any) -> Ticket:
    """One guarded step; who answers is who has taken it."""
    require_transaction()
    may = Ticket.objects.filter(pk=ticket_id, state__in=states)
    if to["state"] == TicketState.ANSWERED.value:
        may = may.filter(taken_by=taken_by)
    if not may.update(taken_by=taken_by, **to):
        ticket = Ticket.objects.filter(pk=ticket_id).first()
        if ticket is None:
            raise NotFound
        raise NotWaiting(state=ticket.state)
    return Ticket.objects.get(pk=ticket_id)


def _plain(text: str) -> str:
    """Numbers that identify a person are masked, in whatever width their digits are written."""
    return masked(text.strip().translate(_NARROW))
