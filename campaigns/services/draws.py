"""Draws (摇号): people sign up, the list is published, then a seed comes that nobody had, then winners are computed.

Each step is a guarded statement, and the database refuses any other order (see `Draw`). An entry counts itself on the
draw's row, which closing takes too: no entry commits after the list's hash was made.
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
from backend.inbox import services as inbox
from backend.inbox.types import Kind
from backend.seal import queries as seal
from campaigns import errors, queries, rules
from campaigns.models import Draw, Entry, Offer, Win
from campaigns.queries import ways
from campaigns.services.handing import settle
from campaigns.types import APPROVED, CampaignStatus, DrawStatus, LineState, Way

BY = "draws"


def enter_draw(*, by: User, offer_id: UUID, now: datetime) -> Entry:
    """Signs a person up, once for all of their accounts; the same entry again for who has one.

    Raises NotFound, OfferNotYetOpen, EntriesClosed, CampaignPaused, CampaignStopped, the NotInGroup kinds.
    """
    require_transaction()
    draw = _open_draw(offer_id, now)
    person = person_of(by.pk)
    found = ways.entry_of(offer_id, person)
    if found is not None:
        return found
    if groups := draw.offer.campaign.target:
        rules.require_groups(groups, queries.applicant(by.pk, groups, now), clock.local(now))
    number = rules.number_of(draw.salt, str(person))
    try:
        with transaction.atomic():
            _count(draw, now)
            return Entry.objects.create(draw=draw, resident_id=by.pk, person_id=person, number=number, at=now)
    except IntegrityError:  # the same person, at the same moment
        return Entry.objects.get(draw=draw, person_id=person)


def _open_draw(offer_id: UUID, now: datetime) -> Draw:
    rows = Draw.objects.select_related("offer__campaign")
    draw = rows.filter(pk=offer_id, offer__campaign__status__in=APPROVED).first()
    if draw is None:
        raise NotFound
    match draw.offer.campaign.status:
        case CampaignStatus.PAUSED:
            raise errors.CampaignPaused
        case CampaignStatus.STOPPED:
            raise errors.CampaignStopped
    if now < draw.offer.starts_at:
        raise errors.OfferNotYetOpen(opens_at=clock.local(draw.offer.starts_at))
    return draw


def _count(draw: Draw, now: datetime) -> None:
    """The guard: an entry counts itself on an open draw, on the row that closing takes."""
    still_open = Draw.objects.filter(pk=draw.pk, status=DrawStatus.OPEN.value, closes_at__gt=now)
    if not still_open.update(entries=F("entries") + 1):
        raise errors.EntriesClosed(closed_at=clock.local(draw.closes_at))


def advance_draws(*, now: datetime, limit: int = 100) -> int:
    """Takes the steps that are due: closes, draws, hands out up to `limit`. How many it took, 0 when none is due."""
    require_transaction()
    return _close_due(now) + _draw_due(now) + _hand_out(now, limit) + _tell_losers(now, limit)


def _close_due(now: datetime) -> int:
    due = Draw.objects.filter(status=DrawStatus.OPEN.value, closes_at__lte=now, offer__campaign__status__in=APPROVED)
    return sum(_close(draw, now) for draw in due.order_by("pk")[:10])


def _close(draw: Draw, now: datetime) -> int:
    """Fixes the list by its hash. The row is taken first, so that the entries under way are in, and no more come."""
    Draw.objects.filter(pk=draw.pk, status=DrawStatus.OPEN.value).update(entries=F("entries"))
    numbers = Entry.objects.filter(draw=draw).values_list("number", flat=True)
    offer = Offer.objects.get(pk=draw.pk)
    closed = {
        "status": DrawStatus.CLOSED.value,
        "closed_at": now,
        "list_sha256": rules.list_digest(numbers),
        "places": min(offer.stock - offer.claimed, len(numbers)),
        "journal_size": seal.tree().size + seal.lag(now).unsealed,
    }
    if not Draw.objects.filter(pk=draw.pk, status=DrawStatus.OPEN.value).update(**closed):
        return 0
    told = {"list": closed["list_sha256"], "entries": len(numbers), "places": closed["places"]}
    audit.record(by=BY, action="campaigns.close_draw", subject=draw.pk, now=now, **told)
    return 1


def _draw_due(now: datetime) -> int:
    due = Draw.objects.filter(status=DrawStatus.CLOSED.value).order_by("pk")
    return sum(_draw(draw, now) for draw in due[:10])


def _draw(draw: Draw, now: datetime) -> int:
    """The seed is the first checkpoint that was signed after the list was published, of a journal that has grown."""
    later = seal.checkpoints().filter(at__gt=draw.closed_at, size__gt=draw.journal_size).order_by("at").first()
    if later is None:
        return 0
    drawn = {"status": DrawStatus.DRAWN.value, "checkpoint": later.note, "checkpoint_at": later.at, "drawn_at": now}
    if not Draw.objects.filter(pk=draw.pk, status=DrawStatus.CLOSED.value).update(**drawn):
        return 0
    entries = dict(Entry.objects.filter(draw=draw).values_list("number", "pk"))
    order = rules.ranked(rules.seed_of(draw.list_sha256, later.note), entries)[: draw.places]
    wins = [Win(entry_id=entries[number], draw=draw, rank=rank) for rank, number in enumerate(order, start=1)]
    Win.objects.bulk_create(wins, batch_size=500)
    audit.record(by=BY, action="campaigns.draw", subject=draw.pk, now=now, checkpoint=later.size, winners=len(wins))
    return 1


def _hand_out(now: datetime, limit: int) -> int:
    done = 0
    waiting = Win.objects.filter(state=LineState.WAITING.value)
    for pk in waiting.order_by("draw").values_list("draw", flat=True).distinct():
        offer = Offer.objects.select_related("campaign").get(pk=pk)
        for win in waiting.filter(draw=pk).select_related("entry").order_by("rank")[:limit]:
            entry = win.entry
            if not settle(win, offer=offer, resident_id=entry.resident_id, way=Way.DRAW, source_id=entry.pk, now=now):
                break
            done += 1
    return done


def _tell_losers(now: datetime, limit: int) -> int:
    """Winners are told of their vouchers like everybody. `told` says how far in the list the others have been told."""
    done = 0
    for draw in Draw.objects.filter(status=DrawStatus.DRAWN.value, told__lt=F("entries")).select_related("offer"):
        rows = Entry.objects.filter(draw=draw).order_by("number")
        batch = list(rows.select_related("win")[draw.told : draw.told + limit])
        if not Draw.objects.filter(pk=draw.pk, told=draw.told).update(told=draw.told + len(batch)):
            continue
        lost = [entry for entry in batch if not hasattr(entry, "win")]
        there = set(
            User.objects.filter(pk__in=[entry.resident_id for entry in lost], is_active=True).values_list(
                "pk", flat=True
            )
        )
        for entry in lost:
            if entry.resident_id in there:
                _tell_loss(entry, draw, now)
        done += len(batch)
    return done


def _tell_loss(entry: Entry, draw: Draw, now: datetime) -> None:
    offer = draw.offer
    inbox.tell(
        to=entry.resident_id,
        kind=Kind.VOUCHER_CLAIMED,
        title_zh=f"“{offer.title}”摇号未中签",
        title_en=f"Not drawn: {offer.title_en or offer.title}",
        why_zh=f"{draw.entries} 人报名，{draw.places} 个名额。名单、种子和算法均已公开，任何人都可以重新计算。",
        why_en=f"{draw.entries} entries, {draw.places} places. List, seed and rule are public: anybody can compute it.",
        data={"offer": str(offer.pk)},
        about=entry.pk,
        now=now,
    )
