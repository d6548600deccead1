"""Reads of messages and preferences."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Sum

from backend.inbox.models import LotNotice, Message, Preference
from backend.inbox.rules import LOT_TOLD_BEFORE
from backend.inbox.types import Channel, Kind
from backend.ledger import queries as ledger


def messages_of(user_id: UUID) -> "QuerySet[Message]":
    """A person's messages; order and page them by `-id`."""
    return Message.objects.filter(user=user_id)


def unread(user_id: UUID) -> int:
    return Message.objects.filter(user=user_id, read_at=None).count()


def preferences_of(user_id: UUID) -> dict[Kind, list[Channel]]:
    """By which channels a person wants which kinds sent out; every kind is named."""
    found: dict[Kind, list[Channel]] = {kind: [] for kind in Kind}
    for kind, channel in Preference.objects.filter(user=user_id).order_by("channel").values_list("kind", "channel"):
        found[Kind(kind)].append(Channel(channel))
    return found


def channels_for(user_id: UUID, kind: Kind) -> list[Channel]:
    """By which channels a message of this kind is to be sent out."""
    rows = Preference.objects.filter(user=user_id, kind=kind.value).order_by("channel")
    return [Channel(name) for name in rows.values_list("channel", flat=True)]


def expiring_untold(now: datetime, limit: int) -> list[tuple[int, str, datetime, int]]:
    """(account, owner, instant, units) of points that expire soon and have not been told, soonest first."""
    told = LotNotice.objects.filter(account=OuterRef("account"), expires_at=OuterRef("expires_at"))
    lots = ledger.live_lots(after=now, until=now + LOT_TOLD_BEFORE).exclude(Exists(told))
    groups = lots.values_list("account_id", "account__owner", "expires_at").annotate(units=Sum("remaining"))
    return list(groups.order_by("expires_at", "account_id")[:limit])
