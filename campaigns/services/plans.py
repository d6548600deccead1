"""Drafting: campaigns and their offers, until a second person has approved them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from backend.audit import services as audit
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.ledger import services as ledger
from backend.merchants.models import Store
from campaigns import errors, rules
from campaigns.models import Campaign, MoneyChange, Offer, OfferTerms, outstanding_account
from campaigns.models.terms import USUAL, terms_row
from campaigns.types import Boost, CampaignStatus, Funder, NewCampaign, NewOffer, UseTerms

LIVE = (CampaignStatus.SCHEDULED, CampaignStatus.RUNNING, CampaignStatus.PAUSED, CampaignStatus.SOLD_OUT)


def draft_campaign(*, by: object, new: NewCampaign, now: datetime) -> Campaign:
    """A new campaign, which nobody but operators sees yet. Raises SharesDoNotAddUp or WindowsInvalid."""
    require_transaction()
    rules.require_shares(new.shares)
    rules.require_sound(new.windows)
    campaign = Campaign.objects.create(drafted_by=str(by), **_columns(new))
    audit.record(by=by, action="campaigns.draft", subject=campaign.pk, now=now, title=new.title, budget=new.budget_fen)
    return campaign


def add_offer(*, by: object, campaign_id: UUID, offer: NewOffer, now: datetime) -> Offer:
    """A new offer of a campaign. To one that was approved it comes with an empty stock and asks for its money.

    Raises NotFound for an unknown campaign or store, OfferOutsideCampaign, LastDayTooEarly, RollsNowhere, and
    WrongCampaignState where the campaign is in review or over.
    """
    require_transaction()
    campaign = _open_for_offers(campaign_id)
    draft = campaign.status == CampaignStatus.DRAFT
    made = _make_offer(campaign, offer, planned=offer.stock if draft else 0)
    # Made here, so that the first claimants do not wait for each other to make them.
    ledger.open_account(outstanding_account(made.pk))
    if not draft and offer.stock:
        asked: dict[str, Any] = {"reason": f"新增优惠：{offer.title}", "asked_by": str(by), "asked_at": now}
        MoneyChange.objects.create(campaign=campaign, offer=made, more_stock=offer.stock, **asked)
    audit.record(by=by, action="campaigns.add_offer", subject=made.pk, now=now, title=offer.title, stock=offer.stock)
    return made


def _open_for_offers(campaign_id: UUID) -> Campaign:
    """The campaign, its version raised: who submits or approves it meanwhile waits at its row."""
    rows = Campaign.objects.filter(pk=campaign_id)
    wanted = (CampaignStatus.DRAFT, *LIVE)
    if not rows.filter(status__in=wanted).update(version=F("version") + 1):
        found = rows.first()
        if found is None:
            raise NotFound
        raise errors.WrongCampaignState(state=found.status, wants=list(wanted))
    return rows.get()


def _make_offer(campaign: Campaign, offer: NewOffer, planned: int) -> Offer:
    span = (clock.local(campaign.starts_at), clock.local(campaign.ends_at))
    rules.require_within(starts_at=offer.starts_at, ends_at=offer.ends_at, campaign=span)
    rules.require_last_day(last_day=offer.last_day, ends_at=clock.local(offer.ends_at))
    stores = _stores(offer.store_ids or frozenset())
    made = Offer.objects.create(
        campaign=campaign,
        title=offer.title,
        title_en=offer.title_en,
        points_price=offer.points_price,
        face_value_fen=offer.face_value_fen,
        min_spend_fen=offer.min_spend_fen,
        planned=planned,
        stock=planned,
        per_person_limit=offer.per_person_limit,
        starts_at=offer.starts_at,
        ends_at=offer.ends_at,
        valid_days=offer.valid_days,
        last_day=offer.last_day,
        rolls_into=_next_batch(campaign, offer),
        terms={"zh": list(offer.terms), "en": list(offer.terms_en)},
        every_store=offer.store_ids is None,
        use_terms=_use_terms(offer.use),
    )
    made.stores.set(stores)
    return made


def _use_terms(terms: UseTerms) -> OfferTerms | None:
    """The terms as a row; the usual ones need none."""
    if terms == USUAL:
        return None
    row = terms_row(terms)
    row.save(force_insert=True)
    return row


def _next_batch(campaign: Campaign, offer: NewOffer) -> Offer | None:
    if offer.rolls_into is None:
        return None
    found = campaign.offers.filter(pk=offer.rolls_into, ends_at__gt=offer.ends_at).first()
    if found is None:
        raise errors.RollsNowhere
    return found


def _stores(ids: frozenset[UUID]) -> list[Store]:
    found = list(Store.objects.filter(pk__in=ids))
    if len(found) != len(ids):
        raise NotFound
    return found


def _columns(new: NewCampaign) -> dict[str, Any]:
    limits = new.limits
    return {
        "title": new.title,
        "title_en": new.title_en,
        "starts_at": new.starts_at,
        "ends_at": new.ends_at,
        "budget_fen": new.budget_fen,
        "day_budget_fen": new.day_budget_fen,
        "groups": [rules.group_data(group) for group in new.groups],
        "windows": rules.windows_data(new.windows),
        "per_day": limits.per_day,
        "per_week": limits.per_week,
        "per_month": limits.per_month,
        "in_all": limits.in_all,
        "survives_stop": new.survives_stop,
        "boost": _boost_data(new.boost),
        **{f"{funder}_bp": new.shares.get(funder, 0) for funder in Funder},
    }


def _boost_data(boost: Boost | None) -> dict[str, Any] | None:
    if boost is None:
        return None
    return {
        "activity": boost.activity,
        "factor_bp": boost.factor_bp,
        "starts_at": boost.starts_at.isoformat(),
        "ends_at": boost.ends_at.isoformat(),
    }
