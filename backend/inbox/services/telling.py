"""Telling: the row in the event's own transaction, the page and the telephone after its commit."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.core.transactions import require_transaction
from backend.edge import live
from backend.inbox import queries, rules
from backend.inbox.models import Message
from backend.inbox.services.delivery import promise
from backend.inbox.types import Kind


def tell(
    *,
    to: UUID,
    kind: Kind,
    title_zh: str,
    title_en: str,
    why_zh: str = "",
    why_en: str = "",
    data: dict[str, Any] | None = None,
    about: UUID | None = None,
    now: datetime,
) -> Message | None:
    """Tells a person what happened to them and why, in the transaction of what happened.

    A second message of one `kind` `about` one thing is not written: None. Texts are cut to length, and telephone and
    identity numbers are taken out of them. `data` is for pages, such as ids to link to, and holds nothing personal.
    """
    require_transaction()
    message = Message(
        user_id=to,
        kind=kind.value,
        about=about,
        title_zh=rules.fit(title_zh, rules.TITLE_CHARACTERS),
        title_en=rules.fit(title_en, rules.TITLE_CHARACTERS),
        why_zh=rules.fit(why_zh, rules.WHY_CHARACTERS),
        why_en=rules.fit(why_en, rules.WHY_CHARACTERS),
        data=data or {},
        at=now,
    )
    if not _written(message):
        return None
    live.push(to, {"type": "message", "id": str(message.pk), "kind": kind.value, "title": message.title_zh})
    for channel in queries.channels_for(to, kind):
        promise(message, channel, now)
    return message


def _written(message: Message) -> bool:
    if message.about is None:
        message.save(force_insert=True)
        return True
    try:
        with transaction.atomic():
            message.save(force_insert=True)
    except IntegrityError:
        return False
    return True
