"""What operators do about the assistant's gaps and tickets: the audit row and the message to the resident go with it.

The assistant itself reaches no writing service, so these verbs stand above it.
"""

import hashlib
from datetime import datetime
from uuid import UUID

from backend.accounts.models import User
from backend.audit import services as audit
from backend.core import clock
from backend.core.ids import new_id
from backend.inbox import services as inbox
from backend.inbox.types import Kind
from backend.ops.trials import CURVE
from backend.outbox import services as outbox
from bot.care import exams, gaps, tickets
from bot.care.types import GapState
from bot.models import Exam, Gap, Ticket
from knowledge import services as knowledge
from knowledge.ingestion.files import FileRead
from knowledge.ingestion.reading.blocks import Block
from knowledge.models import Document
from knowledge.types import About

_MARKDOWN = "text/markdown"


def close_gap(*, by: User, gap_id: UUID, answered: bool, note: str, now: datetime) -> Gap:
    """Closes a gap as answered elsewhere or as none of the assistant's business. Raises NotFound, NotWaiting."""
    state = GapState.ANSWERED if answered else GapState.DISMISSED
    gap = gaps.close(by=by.pk, gap_id=gap_id, state=state, note=note, now=now)
    audit.record(by=by.pk, action="care.close_gap", subject=gap_id, now=now, state=state.value, note=note)
    return gap


def draft_answer(*, by: User, title: str, text: str, issuer: str, origin: str, now: datetime) -> Document:
    """A short text of the operators' own as a document: checked, tried and published like any other.

    Raises DocumentKnown, DocumentHasNoText.
    """
    blocks = (Block(title, level=2), *(Block(line.strip()) for line in text.splitlines() if line.strip()))
    digest = hashlib.sha256("\n".join(block.text for block in blocks).encode()).hexdigest()
    about = About(title=title, issuer=issuer, issued_on=clock.local(now).date(), origin=origin)
    return knowledge.draft(by=by.pk, read=FileRead(digest, _MARKDOWN, blocks, {}), about=about, now=now)


def draft_exam(*, by: User, question: str, must: list[str], anchor: str, now: datetime) -> Exam:
    """A question that the assistant must get right. Raises ExamUnfit, ExamKnown."""
    exam = exams.draft(by=by.pk, question=question, must=must, anchor=anchor, now=now)
    audit.record(by=by.pk, action="care.draft_exam", subject=exam.pk, now=now)
    return exam


def publish_exam(*, by: User, exam_id: UUID, now: datetime) -> Exam:
    """From the next trial on it is asked. Raises NotFound, ExamNeedsAnother, NotWaiting."""
    exam = exams.publish(by=by.pk, exam_id=exam_id, now=now)
    audit.record(by=by.pk, action="care.publish_exam", subject=exam_id, now=now)
    return exam


def withdraw_exam(*, by: User, exam_id: UUID, now: datetime) -> Exam:
    """It is asked no more. Raises NotFound, NotWaiting."""
    exam = exams.withdraw(exam_id=exam_id)
    audit.record(by=by.pk, action="care.withdraw_exam", subject=exam_id, now=now)
    return exam


def ask_curve(*, by: User, now: datetime) -> None:
    """The worker measures, as soon as it can, what each threshold would answer and refuse in what serves."""
    outbox.enqueue(topic=CURVE, payload={}, key=new_id(), now=now)
    audit.record(by=by.pk, action="care.ask_curve", subject="knowledge", now=now)


def take_ticket(*, by: User, ticket_id: UUID, now: datetime) -> Ticket:
    """Looks after a ticket from now on. Raises NotFound, NotWaiting."""
    ticket = tickets.take(by=by.pk, ticket_id=ticket_id, now=now)
    audit.record(by=by.pk, action="care.take_ticket", subject=ticket_id, now=now)
    return ticket


def answer_ticket(*, by: User, ticket_id: UUID, text: str, now: datetime) -> Ticket:
    """Answers a resident in words. The answer stands in the conversation; a resident with an account is told.

    Raises NotFound, NotWaiting.
    """
    ticket = tickets.answer(by=by.pk, ticket_id=ticket_id, text=text, now=now)
    audit.record(by=by.pk, action="care.answer_ticket", subject=ticket_id, now=now)
    if ticket.owner_id is not None:
        inbox.tell(
            to=ticket.owner_id,
            kind=Kind.TICKET_ANSWERED,
            title_zh="您的咨询有了人工答复",
            title_en="A person has answered your question",
            why_zh=ticket.answer,
            why_en=ticket.answer,
            data={"ticket": str(ticket.pk), "conversation": str(ticket.conversation_id)},
            about=ticket.pk,
            now=now,
        )
    return ticket
