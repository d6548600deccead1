"""Choosing how an offer's vouchers reach people, while its campaign is a draft."""

import secrets
from datetime import datetime
from typing import assert_never
from uuid import UUID

from django.db.models import F

from backend.audit import services as audit
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from campaigns import errors, rules
from campaigns.models import Campaign, Challenge, Draw, Drop, Offer
from campaigns.types import CampaignStatus, NewChallenge, NewDraw, NewDrop, NewGrant, Plan, Way

_SALT_BYTES = 32


def choose_way(*, by: object, offer_id: UUID, plan: Plan, now: datetime) -> Offer:
    """Settles the way once; the second person approves it with the campaign.

    What is not claimed costs no points. In a drop or a draw one person can have one voucher. Raises NotFound, WayFixed,
    and OfferOutsideCampaign where a draw would not close within the offer's time.
    """
    require_transaction()
    offer = Offer.objects.filter(pk=offer_id).first()
    if offer is None:
        raise NotFound
    way = _way_of(plan)
    drafts = Campaign.objects.filter(pk=offer.campaign_id, status=CampaignStatus.DRAFT.value)
    if not drafts.update(version=F("version") + 1) or not _turn(offer, way):
        raise errors.WayFixed
    _make(offer, plan)
    audit.record(by=by, action="campaigns.choose_way", subject=offer.pk, now=now, way=way.value)
    return Offer.objects.get(pk=offer.pk)


def _way_of(plan: Plan) -> Way:
    match plan:
        case NewDrop():
            return Way.DROP
        case NewDraw():
            return Way.DRAW
        case NewGrant():
            return Way.GRANT
        case NewChallenge():
            return Way.CHALLENGE
    assert_never(plan)


def _turn(offer: Offer, way: Way) -> bool:
    changes: dict[str, object] = {"way": way.value}
    if way != Way.DROP:
        changes["points_price"] = 0
    if way in (Way.DROP, Way.DRAW):
        changes["per_person_limit"] = 1
    return bool(Offer.objects.filter(pk=offer.pk, way=Way.EXCHANGE.value).update(**changes))


def _make(offer: Offer, plan: Plan) -> None:
    match plan:
        case NewDrop(per_second):
            seed = secrets.token_hex(_SALT_BYTES)
            salt, hashed = secrets.token_hex(_SALT_BYTES), rules.commitment(seed)
            Drop.objects.create(offer=offer, per_second=per_second, salt=salt, seed=seed, seed_sha256=hashed)
        case NewDraw(closes_at):
            if not offer.starts_at < closes_at <= offer.ends_at:
                raise errors.OfferOutsideCampaign(starts_at=offer.starts_at, ends_at=offer.ends_at)
            Draw.objects.create(offer=offer, closes_at=closes_at, salt=secrets.token_hex(_SALT_BYTES))
        case NewChallenge(activities, goal, period, counts_units):
            Challenge.objects.create(
                offer=offer, activities=list(activities), goal=goal, period=period.value, counts_units=counts_units
            )
        case NewGrant():
            return
