"""Setting up campaigns and offers."""

from datetime import datetime
from uuid import UUID

from backend.audit import services as audit
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.ledger import services as ledger
from backend.ledger.types import Asset
from backend.merchants.models import Store
from campaigns import rules
from campaigns.models import Campaign, Offer, outstanding_account, programme_of
from campaigns.types import NewOffer


def open_campaign(
    *, by: object, title: str, title_en: str = "", starts_at: datetime, ends_at: datetime, now: datetime
) -> Campaign:
    """A new campaign, running within [starts_at, ends_at)."""
    require_transaction()
    campaign = Campaign.objects.create(title=title, title_en=title_en, starts_at=starts_at, ends_at=ends_at)
    audit.record(by=by, action="campaigns.open", subject=campaign.pk, now=now, title=title)
    return campaign


def add_offer(*, by: object, campaign_id: UUID, offer: NewOffer, now: datetime) -> Offer:
    """A new offer of a campaign. Raises NotFound for an unknown campaign or store, OfferOutsideCampaign."""
    require_transaction()
    campaign = Campaign.objects.filter(pk=campaign_id).first()
    if campaign is None:
        raise NotFound
    span = (clock.local(campaign.starts_at), clock.local(campaign.ends_at))
    rules.require_within(starts_at=offer.starts_at, ends_at=offer.ends_at, campaign=span)
    stores = _stores(offer.store_ids or frozenset())
    made = Offer.objects.create(
        campaign=campaign,
        title=offer.title,
        title_en=offer.title_en,
        points_price=offer.points_price,
        face_value_fen=offer.face_value_fen,
        min_spend_fen=offer.min_spend_fen,
        stock=offer.stock,
        per_person_limit=offer.per_person_limit,
        starts_at=offer.starts_at,
        ends_at=offer.ends_at,
        valid_days=offer.valid_days,
        terms={"zh": list(offer.terms), "en": list(offer.terms_en)},
        every_store=offer.store_ids is None,
    )
    made.stores.set(stores)
    # Made here, so that the first claimants do not wait for each other to make them.
    ledger.open_account(outstanding_account(made.pk))
    worth = offer.stock * offer.face_value_fen
    ledger.open_budget(by=by, programme=programme_of(made.pk), asset=Asset.FEN, amount=worth, now=now)
    audit.record(by=by, action="campaigns.add_offer", subject=made.pk, now=now, title=offer.title, stock=offer.stock)
    return made


def _stores(ids: frozenset[UUID]) -> list[Store]:
    found = list(Store.objects.filter(pk__in=ids))
    if len(found) != len(ids):
        raise NotFound
    return found
