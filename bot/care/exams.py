"""Exams: questions of operators' own that join the frozen set, each with its anchor in a document."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from bot.care.types import ExamState
from bot.errors import ExamKnown, ExamNeedsAnother, ExamUnfit, NotWaiting
from bot.models import Exam
from bot.rules.masking import masked
from bot.rules.measures import Case, Expects
from knowledge import queries as knowledge
from knowledge.types import Level, Passage

_KIND = "operators"


def draft(*, by: UUID, question: str, must: list[str], anchor: str, now: datetime) -> Exam:
    """Keeps a question with what its answer must say, which the anchor holds. Raises ExamUnfit, ExamKnown."""
    require_transaction()
    place = _place_of(anchor)
    if place is None or not must or not all(words in anchor for words in must):
        raise ExamUnfit
    try:
        with transaction.atomic():
            return Exam.objects.create(
                question=masked(knowledge.normalise(question)), must=must, document=place.document,
                section=place.section, anchor=anchor, state=ExamState.DRAFT.value, drafted_by=by, drafted_at=now,
            )  # fmt: skip
    except IntegrityError:
        raise ExamKnown from None


def _place_of(anchor: str) -> Passage | None:
    """The section in which the anchor stands verbatim."""
    sections = (passage for passage in knowledge.library().passages if passage.level is Level.SECTION)
    return next((passage for passage in sections if anchor and anchor in passage.text), None)


def publish(*, by: UUID, exam_id: UUID, now: datetime) -> Exam:
    """From the next trial on it is asked. Raises NotFound, ExamNeedsAnother (the database too), NotWaiting."""
    if Exam.objects.filter(pk=exam_id, drafted_by=by).exists():
        raise ExamNeedsAnother
    return _step(exam_id, [ExamState.DRAFT], state=ExamState.PUBLISHED.value, published_by=by, published_at=now)


def withdraw(*, exam_id: UUID) -> Exam:
    """It is asked no more. Raises NotFound, NotWaiting."""
    return _step(exam_id, [ExamState.DRAFT, ExamState.PUBLISHED], state=ExamState.WITHDRAWN.value)


def _step(exam_id: UUID, states: list[ExamState], **to: Any) -> Exam:
    require_transaction()
    done = Exam.objects.filter(pk=exam_id, state__in=[state.value for state in states]).update(**to)
    found = Exam.objects.filter(pk=exam_id).first()
    if found is None:
        raise NotFound
    if not done:
        raise NotWaiting(state=found.state)
    return found


def cases() -> list[Case]:
    """The published ones, as the frozen questions are asked."""
    return [case_of(exam) for exam in Exam.objects.filter(state=ExamState.PUBLISHED.value).order_by("id")]


def case_of(exam: Exam) -> Case:
    return Case(
        question=exam.question,
        expects=Expects.ANSWER,
        kind=_KIND,
        places=((exam.document, exam.section),),
        must=tuple((words,) for words in exam.must),
    )
