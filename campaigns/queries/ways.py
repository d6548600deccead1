"""Reads of drops, draws, lists and challenges."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from backend.accounts.queries import person_of
from backend.core import clock
from backend.core.errors import NotFound
from backend.earning.models import Award
from backend.earning.types import AwardStatus
from campaigns import rules
from campaigns.models import Challenge, Completion, Draw, Drop, Entry, Grant, GrantLine, Ticket, Voucher, Win
from campaigns.types import APPROVED, CampaignStatus, DrawStatus, LineState, Period, Place, Progress

_BOOKED_WITHIN = timedelta(days=3)  # acts are booked when they happen; partners' files come within days


# -- drops ------------------------------------------------------------------------------------------------------------


def drop(offer_id: UUID) -> Drop:
    """A drop of an approved campaign, with its offer. Raises NotFound."""
    found = Drop.objects.select_related("offer").filter(pk=offer_id, offer__campaign__status__in=APPROVED).first()
    if found is None:
        raise NotFound
    return found


def queue(offer_id: UUID) -> "QuerySet[Ticket]":
    """The order of a drop as anybody may read it, once it is drawn. Raises NotFound."""
    return Ticket.objects.filter(drop=drop(offer_id), position__isnull=False)


def ticket_of(offer_id: UUID, person_id: UUID) -> Ticket | None:
    """A person's ticket with its drop."""
    return Ticket.objects.select_related("drop").filter(drop=offer_id, person_id=person_id).first()


def my_ticket(offer_id: UUID, user_id: UUID) -> Ticket:
    """The ticket of the person of an account. Raises NotFound."""
    found = ticket_of(offer_id, person_of(user_id))
    if found is None:
        raise NotFound
    return found


def place_of(ticket: Ticket, now: datetime) -> Place:
    """Where a ticket stands; nothing but its number is known until the order is drawn."""
    drawn_at = ticket.drop.drawn_at
    if ticket.position is None or drawn_at is None:
        return Place(ticket.number, None, None, None)
    at = rules.admitted_at(position=ticket.position, per_second=ticket.drop.per_second, drawn_at=drawn_at)
    return Place(ticket.number, ticket.position, clock.local(at), max(0, ceil((at - now).total_seconds())))


def standing_of(ticket: Ticket, now: datetime) -> Place:
    """The same for the holder's own eyes, with whether the ticket was used."""
    return replace(place_of(ticket, now), claimed=Voucher.objects.filter(source_id=ticket.pk).exists())


# -- draws ------------------------------------------------------------------------------------------------------------


def draw(offer_id: UUID) -> Draw:
    """A draw of an approved campaign, with its offer. Raises NotFound."""
    found = Draw.objects.select_related("offer").filter(pk=offer_id, offer__campaign__status__in=APPROVED).first()
    if found is None:
        raise NotFound
    return found


def entry_of(offer_id: UUID, person_id: UUID) -> Entry | None:
    return Entry.objects.select_related("win").filter(draw=offer_id, person_id=person_id).first()


def my_entry(offer_id: UUID, user_id: UUID) -> Entry:
    """The entry of the person of an account, with its win. Raises NotFound."""
    found = entry_of(offer_id, person_of(user_id))
    if found is None:
        raise NotFound
    return found


def numbers_of(held: Draw) -> list[str]:
    """The published list, sorted; nothing before it is closed."""
    if held.status == DrawStatus.OPEN:
        return []
    return list(Entry.objects.filter(draw=held).order_by("number").values_list("number", flat=True))


def winners_of(held: Draw) -> list[str]:
    """The numbers that won, best first."""
    return list(Win.objects.filter(draw=held).order_by("rank").values_list("entry__number", flat=True))


# -- lists ------------------------------------------------------------------------------------------------------------


def grants() -> "QuerySet[Grant]":
    return Grant.objects.select_related("offer")


def grant(grant_id: UUID) -> Grant:
    """One list with its offer. Raises NotFound."""
    found = grants().filter(pk=grant_id).first()
    if found is None:
        raise NotFound
    return found


def counts_of(grant: Grant) -> dict[str, int]:
    """Lines by what became of them."""
    rows = GrantLine.objects.filter(grant=grant).order_by().values_list("state")
    found = Counter(dict(rows.annotate(count=Count("pk"))))
    return {state.value: found[state.value] for state in LineState}


def faults_of(grant: Grant, limit: int = 100) -> list[GrantLine]:
    """The first lines for which nothing will be handed out, with why."""
    rows = GrantLine.objects.filter(grant=grant, state=LineState.REFUSED.value)
    return list(rows.order_by("number")[:limit])


def lines_of(grant: Grant) -> "QuerySet[GrantLine]":
    """Every line, in the order of the file."""
    return GrantLine.objects.filter(grant=grant).order_by("number")


# -- challenges -------------------------------------------------------------------------------------------------------


def challenges(now: datetime) -> "QuerySet[Challenge]":
    """Challenges of offers that are on at `now`."""
    rows = Challenge.objects.select_related("offer__campaign")
    running = (CampaignStatus.SCHEDULED, CampaignStatus.RUNNING, CampaignStatus.PAUSED, CampaignStatus.SOLD_OUT)
    return rows.filter(offer__campaign__status__in=running, offer__starts_at__lte=now, offer__ends_at__gt=now)


def span_of(challenge: Challenge, day: date) -> tuple[datetime, datetime]:
    """The period that holds `day`, within the offer's time, as instants [from, to)."""
    period = Period(challenge.period)
    start = rules.period_start(period, day)
    first, end = (_midnight(each) for each in (start, rules.period_end(period, start)))
    return max(first, clock.local(challenge.offer.starts_at)), min(end, clock.local(challenge.offer.ends_at))


def done_by_person(challenge: Challenge, day: date, person_id: UUID | None = None) -> "QuerySet[Award, Any]":
    """(person_id, done) of the period that holds `day`: acts that were rewarded and not taken back."""
    start, end = span_of(challenge, day)
    rows = Award.objects.filter(
        activity__in=challenge.activities,
        at__gte=start,
        at__lt=end + _BOOKED_WITHIN,
        happened_at__gte=start,
        happened_at__lt=end,
        taken_back=None,
    )
    rows = rows.filter(Q(status=AwardStatus.AWARDED.value) | Q(review__approved=True))
    if person_id is not None:
        rows = rows.filter(person_id=person_id)
    amount = Sum("amount") if challenge.counts_units else Count("pk")
    return rows.values("person_id").annotate(done=amount).order_by("person_id")


def progress_of(user_id: UUID, now: datetime) -> Iterator[Progress]:
    """How far a person is with each challenge that is on."""
    person, day = person_of(user_id), clock.local(now).date()
    for each in challenges(now).order_by("pk")[:50]:
        start, end = span_of(each, day)
        row = done_by_person(each, day, person).first()
        first = rules.period_start(Period(each.period), day)
        won = Completion.objects.filter(challenge=each, person_id=person, starts_on=first).first()
        state = LineState(won.state) if won else None
        done = row["done"] if row else 0
        yield Progress(offer_id=each.pk, done=done, goal=each.goal, starts_at=start, ends_at=end, state=state)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.ZONE)
