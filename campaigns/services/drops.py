"""Timed drops (抢券): a waiting ticket, a drawn order, admission in waves. Claims come in by `claims.claim`.

A ticket counts itself on the drop's row, which drawing the order takes too: no ticket is left out of the order.
Admission is reckoned from the position and the clock, so that a wave costs no write and cannot be late.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from backend.accounts.models import User
from backend.accounts.queries import person_of
from backend.audit import services as audit
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.edge import live
from campaigns import errors, rules
from campaigns.models import Drop, Ticket
from campaigns.queries import ways
from campaigns.types import APPROVED, CampaignStatus, DrawStatus

BY = "drops"
_BATCH = 500


def take_ticket(*, by: User, offer_id: UUID, now: datetime) -> Ticket:
    """A place to wait: before the opening in the draw for the order, later behind it. Once for a person.

    Sold out is refused by a read. Raises NotFound, OfferSoldOut, OfferEnded, CampaignPaused, CampaignStopped.
    """
    require_transaction()
    drop = _open_drop(offer_id, now)
    person = person_of(by.pk)
    found = ways.ticket_of(offer_id, person)
    if found is not None:
        return found
    number = rules.number_of(drop.salt, str(person))
    try:
        with transaction.atomic():
            position = _queue_up(drop)
            columns = {"resident_id": by.pk, "person_id": person, "number": number, "position": position}
            return Ticket.objects.create(drop=drop, at=now, **columns)
    except IntegrityError:  # the same person, at the same moment
        return Ticket.objects.select_related("drop").get(drop=drop, person_id=person)


def _open_drop(offer_id: UUID, now: datetime) -> Drop:
    rows = Drop.objects.select_related("offer__campaign")
    drop = rows.filter(pk=offer_id, offer__campaign__status__in=APPROVED).first()
    if drop is None:
        raise NotFound
    match drop.offer.campaign.status:
        case CampaignStatus.PAUSED:
            raise errors.CampaignPaused
        case CampaignStatus.STOPPED:
            raise errors.CampaignStopped
    if drop.offer.claimed >= drop.offer.stock:
        raise errors.OfferSoldOut
    if now >= drop.offer.ends_at:
        raise errors.OfferEnded(ended_at=clock.local(drop.offer.ends_at))
    return drop


def _queue_up(drop: Drop) -> int | None:
    """The next position where the order is drawn, else none yet. Either way the drop's row is held from here on."""
    rows = Drop.objects.filter(pk=drop.pk)
    if rows.filter(status=DrawStatus.OPEN.value).update(taken=F("taken") + 1):
        return None
    rows.update(taken=F("taken") + 1, queued=F("queued") + 1)
    drop.refresh_from_db(fields=["status", "queued", "drawn_at"])
    return drop.queued


def advance_drops(*, now: datetime, limit: int = 1000) -> int:
    """Draws the order of drops that open, and tells up to `limit` people that it is their turn. How many it did."""
    require_transaction()
    opening = Drop.objects.filter(
        status=DrawStatus.OPEN.value, offer__starts_at__lte=now, offer__campaign__status__in=APPROVED
    )
    drawn = sum(_draw_order(drop, now) for drop in opening.select_related("offer").order_by("pk")[:10])
    waiting = Drop.objects.filter(status=DrawStatus.DRAWN.value, told__lt=F("queued")).order_by("pk")
    return drawn + sum(_tell_turn(drop, now, limit) for drop in waiting)


def _draw_order(drop: Drop, now: datetime) -> int:
    """Tickets of before the opening in the order of the seed; behind them those that came while it was drawn."""
    drawing = Drop.objects.filter(pk=drop.pk, status=DrawStatus.OPEN.value)
    if not drawing.update(status=DrawStatus.DRAWN.value, drawn_at=now, queued=F("taken")):
        return 0
    tickets = list(Ticket.objects.filter(drop=drop).order_by("at", "pk"))
    early = {each.number: each for each in tickets if each.at < drop.offer.starts_at}
    late = [each for each in tickets if each.number not in early]
    order = [*(early[number] for number in rules.ranked(drop.seed, early)), *late]
    for position, ticket in enumerate(order, start=1):
        ticket.position = position
    Ticket.objects.bulk_update(order, ["position"], batch_size=_BATCH)
    audit.record(by=BY, action="campaigns.draw_order", subject=drop.pk, now=now, early=len(early), late=len(late))
    return 1


def _tell_turn(drop: Drop, now: datetime, limit: int) -> int:
    """A socket event to each whose turn has come since the last look; best effort, as the page reads the same."""
    assert drop.drawn_at is not None
    admitted = rules.admitted_by(per_second=drop.per_second, drawn_at=drop.drawn_at, now=now)
    last = min(admitted, drop.queued, drop.told + limit)
    if last <= drop.told or not Drop.objects.filter(pk=drop.pk, told=drop.told).update(told=last):
        return 0
    turn = Ticket.objects.filter(drop=drop, position__gt=drop.told, position__lte=last)
    for resident_id in turn.values_list("resident_id", flat=True):
        live.push(resident_id, {"type": "ticket", "offer": str(drop.pk), "admitted": True})
    return last - drop.told
