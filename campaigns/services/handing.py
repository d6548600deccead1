"""Handing vouchers out without a claim: to lines of a list, won places and completed challenges.

Each such row is ended by a guarded statement in one savepoint with its voucher, and the voucher's source is unique,
so that a run may be cut off, repeated or doubled: nobody gets two and nobody is forgotten.
"""

from datetime import datetime
from uuid import UUID

from django.db import models, transaction

from backend.accounts.models import User
from backend.core import clock
from backend.core.errors import NotFound, Refusal
from backend.core.transactions import require_transaction
from campaigns import errors, rules
from campaigns.models import Offer, Voucher
from campaigns.services.claims import issue
from campaigns.types import LineState, Source, Way

BY = "handing"
_COME_AGAIN = (errors.CampaignPaused, errors.DayBudgetUsedUp, errors.OfferNotYetOpen)


def hand_out(*, offer: Offer, resident_id: UUID, source: Source, points_paid: int = 0, now: datetime) -> Voucher:
    """One voucher for a resident who need not ask for it. Windows and groups were judged where the people were chosen.

    Raises NotFound for nobody, OfferNotYetOpen, OfferEnded where it would have no life left, and what `issue` raises.
    """
    require_transaction()
    if not User.objects.filter(pk=resident_id, is_active=True).exists():
        raise NotFound
    if now < offer.starts_at:
        raise errors.OfferNotYetOpen(opens_at=clock.local(offer.starts_at))
    until = rules.expiry_of(claimed_at=clock.local(now), valid_days=offer.valid_days, last_day=offer.last_day)
    if until <= now:
        raise errors.OfferEnded(ended_at=until)
    return issue(offer=offer, resident_id=resident_id, source=source, points=points_paid, by=BY, now=now)


def settle(row: models.Model, *, offer: Offer, resident_id: UUID, way: Way, source_id: UUID, now: datetime) -> bool:
    """Ends a waiting row: handed out, or refused for a reason. False where it must wait: a pause, the day's budget."""
    waiting = type(row)._default_manager.filter(pk=row.pk, state=LineState.WAITING.value)
    try:
        with transaction.atomic():
            if waiting.update(state=LineState.HANDED.value):
                hand_out(offer=offer, resident_id=resident_id, source=Source(way, source_id), now=now)
    except _COME_AGAIN:
        return False
    except Refusal as refusal:
        waiting.update(state=LineState.REFUSED.value, fault=refusal.code)
    return True
