"""What a person does with messages, and how long they are kept."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from backend.accounts.models import User
from backend.audit import services as audit
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.inbox import queries, rules
from backend.inbox.models import Message, Preference
from backend.inbox.types import Channel, Kind


def read(*, by: User, message_id: UUID, now: datetime) -> int:
    """Marks one message as read; how many are left. Idempotent. Raises NotFound for one that is not theirs."""
    require_transaction()
    mine = queries.messages_of(by.pk).filter(pk=message_id)
    if not mine.filter(read_at=None).update(read_at=now) and not mine.exists():
        raise NotFound
    return queries.unread(by.pk)


def read_all(*, by: User, now: datetime) -> int:
    """Marks everything as read; what is left is 0."""
    require_transaction()
    queries.messages_of(by.pk).filter(read_at=None).update(read_at=now)
    return 0


def choose(*, by: User, wanted: Mapping[Kind, list[Channel]], now: datetime) -> None:
    """Sets by which channels each kind is sent out; what is not named is not sent."""
    require_transaction()
    rows = {(kind.value, channel.value) for kind, channels in wanted.items() for channel in channels}
    had = set(Preference.objects.filter(user=by).values_list("kind", "channel"))
    for kind, channel in sorted(had - rows):
        Preference.objects.filter(user=by, kind=kind, channel=channel).delete()
    fresh = [Preference(user=by, kind=kind, channel=channel) for kind, channel in sorted(rows - had)]
    Preference.objects.bulk_create(fresh, ignore_conflicts=True)
    audit.record(by=by.pk, action="inbox.choose", subject=by.pk, now=now, channels=len(rows))


def forget(*, by: User) -> None:
    """Deletes a person's messages and choices, for good."""
    require_transaction()
    Message.objects.filter(user=by).delete()
    Preference.objects.filter(user=by).delete()


def drop_old(*, now: datetime, limit: int = 1000) -> int:
    """Deletes messages whose time is over; returns how many were due, 0 when none is left."""
    require_transaction()
    old = Message.objects.filter(at__lte=now - rules.KEPT).order_by("at").values_list("pk", flat=True)[:limit]
    return Message.objects.filter(pk__in=list(old)).delete()[0]
