"""What time does to campaigns: scheduled ones run, those whose time is over end, and stock that is gone is said so.

Nothing depends on this being punctual: claims judge by the time and the stock themselves. Every step is guarded by
the state that it leaves, so running late, twice or beside itself changes nothing.
"""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q

from backend.audit import services as audit
from backend.core.transactions import require_transaction
from campaigns.models import Campaign, Offer
from campaigns.types import CampaignStatus

_Step = tuple[CampaignStatus, CampaignStatus, Q]


def advance_campaigns(*, by: object, now: datetime, limit: int = 100) -> int:
    """Takes every step that is due, up to `limit` of each kind; returns how many it took, 0 when none is due."""
    require_transaction()
    return sum(_take(step, by=by, now=now, of=Q(), limit=limit) for step in _due(now))


def catch_up(*, by: object, campaign_id: UUID, now: datetime) -> None:
    """The same for one campaign, before somebody acts on it."""
    for step in _due(now):
        _take(step, by=by, now=now, of=Q(pk=campaign_id), limit=1)


def _due(now: datetime) -> Iterator[_Step]:
    """(from, to, when), in the order in which one campaign may need them."""
    offers = Offer.objects.filter(campaign=OuterRef("pk"))
    left, over = Exists(offers.filter(claimed__lt=F("stock"))), Q(ends_at__lte=now)
    yield CampaignStatus.SCHEDULED, CampaignStatus.RUNNING, Q(starts_at__lte=now)
    for state in (CampaignStatus.RUNNING, CampaignStatus.PAUSED, CampaignStatus.SOLD_OUT):
        yield state, CampaignStatus.ENDED, over
    yield CampaignStatus.RUNNING, CampaignStatus.SOLD_OUT, Q(~left)
    yield CampaignStatus.SOLD_OUT, CampaignStatus.RUNNING, Q(left)


def _take(step: _Step, *, by: object, now: datetime, of: Q, limit: int) -> int:
    state, to, when = step
    due = Campaign.objects.filter(of, when, status=state)
    moved = 0
    for pk in list(due.order_by("pk").values_list("pk", flat=True)[:limit]):
        if Campaign.objects.filter(when, pk=pk, status=state).update(status=to):
            audit.record(by=by, action=f"campaigns.{to}", subject=pk, now=now, reason=f"was {state}")
            moved += 1
    return moved
