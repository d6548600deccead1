"""Conversations that ended one way or another, without any search."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.core import clock
from backend.core.ids import new_id
from bot import services
from bot.models import Turn
from bot.types import Answer, Status


def turn(
    *,
    by: UUID | None = None,
    conversation: UUID | None = None,
    question: str = "咖啡馆有几家?",
    need: str = "figure|咖啡馆",
    status: Status = Status.NO_EVIDENCE,
    now: datetime | None = None,
) -> Turn:
    """A question that was kept with how it ended; in a new conversation unless one is given."""
    with transaction.atomic():
        return services.remember(
            question=question,
            answer=Answer("文件里没有查到。" if status.refused else "45%。", status, need=need),
            conversation=conversation,
            by=by,
            now=now or clock.now(),
            opening=None if conversation else new_id(),
        )
