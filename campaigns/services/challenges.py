"""Rewards for completed challenges: a job reads the awards and writes each completion once, by its unique row.

The awards know nothing of challenges. A period is looked at again for three days after its end, so that acts that are
booked late still count; late, twice or beside itself the job gives nobody a second voucher.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from backend.core import clock
from backend.core.transactions import require_transaction
from backend.earning.models import Award
from campaigns import rules
from campaigns.models import Challenge, Completion, Offer
from campaigns.queries import ways
from campaigns.services.handing import settle
from campaigns.types import APPROVED, CampaignStatus, LineState, Period, Way

_GRACE = timedelta(days=3)


def advance_challenges(*, now: datetime, limit: int = 100) -> int:
    """Notes up to `limit` completions of each period, then hands out up to `limit`. How many it did, 0 for none."""
    require_transaction()
    live = APPROVED - {CampaignStatus.STOPPED}
    rows = Challenge.objects.select_related("offer__campaign").filter(offer__campaign__status__in=live)
    on = rows.filter(offer__starts_at__lte=now, offer__ends_at__gt=now - _GRACE)
    noted = sum(_note(each, day, now, limit) for each in on.order_by("pk") for day in _periods(each, now))
    return noted + _hand_out(now, limit)


def _periods(challenge: Challenge, now: datetime) -> list[date]:
    """The first days of the periods that may still be completed."""
    period, today = Period(challenge.period), clock.local(now)
    days = [today - timedelta(days=back) for back in range(_GRACE.days + 1)]
    starts = {rules.period_start(period, day.date()) for day in days}
    spans = {start: ways.span_of(challenge, start) for start in starts}
    return sorted(start for start, (begins, ends) in spans.items() if begins < ends)


def _note(challenge: Challenge, start: date, now: datetime, limit: int) -> int:
    """Writes who has reached the goal and is not written yet; the unique row is the guard."""
    noted = Completion.objects.filter(challenge=challenge, starts_on=start).values("person_id")
    rows = ways.done_by_person(challenge, start).exclude(person_id__in=noted)
    reached: QuerySet[Any, Any] = rows
    made = [
        Completion(
            challenge=challenge,
            resident_id=_account_of(row["person_id"]),
            person_id=row["person_id"],
            starts_on=start,
            done=row["done"],
            at=now,
        )
        for row in reached.filter(done__gte=challenge.goal)[:limit]
    ]
    Completion.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def _account_of(person_id: UUID) -> UUID:
    """The account with which a person acted last: older ones may have been given up."""
    return Award.objects.filter(person_id=person_id).order_by("-at").values_list("resident_id", flat=True)[0]


def _hand_out(now: datetime, limit: int) -> int:
    done, waiting = 0, Completion.objects.filter(state=LineState.WAITING.value)
    for pk in waiting.order_by("challenge").values_list("challenge", flat=True).distinct():
        offer = Offer.objects.select_related("campaign").get(pk=pk)
        for row in waiting.filter(challenge=pk).order_by("pk")[:limit]:
            if not settle(row, offer=offer, resident_id=row.resident_id, way=Way.CHALLENGE, source_id=row.pk, now=now):
                break
            done += 1
    return done
