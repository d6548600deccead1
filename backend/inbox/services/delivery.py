"""Sending out: promised in the message's transaction, done by a worker, never at night.

What leaves is one fixed sentence a kind. Between the promise and the sending a person may have changed their choice,
been forgotten, or gone to sleep, so the worker asks again.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.accounts import queries as accounts
from backend.core import clock
from backend.core.errors import NotFound
from backend.inbox import queries, rules
from backend.inbox.models import Message
from backend.inbox.sending import sender
from backend.inbox.types import Channel, Kind
from backend.outbox import services as outbox

TOPIC = "inbox.send"


def promise(message: Message, channel: Channel, now: datetime) -> None:
    """Has the message sent out by a channel once this transaction has committed, or in the morning."""
    due = rules.send_at(clock.local(now))
    payload = {"message": str(message.pk), "channel": channel.value}
    outbox.enqueue(
        topic=TOPIC, payload=payload, key=f"{message.pk}:{channel}:{due:%Y%m%d}", due_at=max(due, now), now=now
    )


def send_out(*, message_id: UUID, channel: Channel, now: datetime) -> None:
    """Sends one message, if it is still wanted and there is where to. Calls a server of others: no transaction.

    What the sender raises is the caller's to try again.
    """
    message = Message.objects.filter(pk=message_id).first()
    if message is None or channel not in queries.channels_for(message.user_id, Kind(message.kind)):
        return
    if rules.send_at(clock.local(now)) > now:
        with transaction.atomic():
            promise(message, channel, now)
        return
    address = _address(message.user_id, channel)
    if address:
        kind = Kind(message.kind)
        sender().send(channel=channel, address=address, kind=kind, text=rules.SENT_OUT[kind].zh)


def _address(user_id: UUID, channel: Channel) -> str | None:
    try:
        reach = accounts.reach_of(user_id)
    except NotFound:
        return None
    return reach.telephone if channel is Channel.SMS else reach.openid
