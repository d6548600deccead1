"""Claiming: points for a voucher.

Lock order, the same for every claim, the hottest row last so that it is held for the shortest time:

    1. Balance of the person           only this person's other spending waits here; its lots are read under it
    2. ClaimUse, SpanUse of the person only other claims of the person's accounts wait here
    3. DayUse of the campaign          where it has a day budget: everybody who claims of this campaign waits here
    4. Balance of the offer's budget   everybody who claims this offer waits here, until this transaction's end
    5. Offer                           taken by whoever holds the budget, so only a pause or a stop waits here

Whoever takes two of these rows takes them downwards, so no two claims can wait for each other. From 2 on they are
taken by one batch of writes, in the order in which they are added below. Before all of it a plain read refuses the
sold-out crowd without taking any lock; it may be stale, so it only ever refuses, and the guarded writes are the truth.
What a campaign does not use (groups, windows, spans, a day budget) costs nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Subquery, UUIDField

from backend.accounts.models import User
from backend.accounts.queries import joined, joined_to, points_account
from backend.audit import services as audit
from backend.core import clock
from backend.core.batch import Batch
from backend.core.compiled import Compiled, Slot
from backend.core.errors import NotFound, Refusal
from backend.core.transactions import require_transaction
from backend.earning import services as earning
from backend.edge import live
from backend.ledger import services as ledger
from backend.webhooks import services as webhooks
from backend.webhooks.rules import Data
from backend.webhooks.types import EventType
from campaigns import errors, queries, rules
from campaigns.models import (
    REDEEMED_POINTS,
    DayUse,
    Offer,
    Voucher,
    campaign_account,
    outstanding_account,
)
from campaigns.services import limits
from campaigns.services.admission import way_in
from campaigns.types import APPROVED, CampaignStatus, Source, TransferCode, Way


def claim(*, by: User, offer_id: UUID, now: datetime) -> Voucher:
    """Takes one voucher of the offer for `by`: the limits, the points, the money set aside, the stock; or nothing.

    A refusal leaves the undoing of what was written before it to the caller's transaction, as every step does.

    Raises NotFound, the OfferNotOpen kinds, ClaimWindowClosed, OfferSoldOut, the NotInGroup kinds, ClaimLimitReached,
    InsufficientPoints, DayBudgetUsedUp, or what `way_in` says of offers that are not claimed by everybody.
    """
    batch = Batch()
    voucher = enter_claim(batch, by=by, offer_id=offer_id, now=now)
    batch.send()
    return voucher


def enter_claim(batch: Batch, *, by: User, offer_id: UUID, now: datetime) -> Voucher:
    """The same as `claim`, with the writes left in `batch`; what only they can know is refused when it is sent."""
    require_transaction()
    known = _read(offer_id, by.pk)
    offer = known.offer
    _require_claimable(offer, now)
    if offer.campaign.groups:
        groups = offer.campaign.target
        rules.require_groups(groups, queries.applicant(by.pk, groups, now), clock.local(now))
    source = Source(Way(offer.way), way_in(offer, by.pk, now))
    return _enter(batch, known, source, offer.points_price, by=by.pk, now=now)


def issue(*, offer: Offer, resident_id: UUID, source: Source, points: int, by: object, now: datetime) -> Voucher:
    """A voucher for somebody who was judged before.

    Raises ClaimLimitReached, InsufficientPoints, DayBudgetUsedUp, OfferSoldOut and the OfferNotOpen kinds that a pause
    or a stop means.
    """
    require_transaction()
    batch = Batch()
    known = _Known(offer, resident_id, joined_to(resident_id))
    voucher = _enter(batch, known, source, points, by=by, now=now)
    batch.send()
    return voucher


@dataclass(frozen=True, slots=True)
class _Known:
    """Of what and for whom; under whose id the person's accounts count together, if there are several; and whether a
    partner listens at all, if that was read."""

    offer: Offer
    resident_id: UUID
    joined_to: UUID | None
    listened: bool | None = None


def _enter(batch: Batch, known: _Known, source: Source, points: int, *, by: object, now: datetime) -> Voucher:
    """The one way in which a voucher comes to be: limits, points, the money set aside, the stock; or nothing."""
    offer, voucher = known.offer, _draw_up(known, source, points, now)
    limits.count(batch, voucher, offer, joined=known.joined_to is not None, now=now)
    if points:
        _pay(batch, voucher, offer, now)
    batch.save(voucher)
    audit.enter(batch, by=by, action="campaigns.claim", subject=voucher.pk, now=now, offer=str(offer.pk))
    told: Data = {"offer": str(offer.pk), "face_value_fen": voucher.face_value_fen}
    webhooks.publish(type=EventType.VOUCHER_CLAIMED, subject=voucher.pk, data=told, now=now, listened=known.listened)
    _take_of_day(batch, offer, now)
    _set_aside(batch, voucher, offer, now)
    _take_stock(batch, offer.pk)
    _tell(voucher)
    return voucher


def _read(offer_id: UUID, resident_id: UUID) -> _Known:
    """All in one statement: everybody who waits feels each round trip. Raises NotFound."""
    offer: Any = _OFFER.first(id=offer_id, resident=resident_id)
    if offer is None or offer.campaign.status not in APPROVED:
        raise NotFound
    return _Known(offer, resident_id, offer.joined_to, offer.listened)


_OFFER = Compiled(
    lambda: (
        Offer.objects.select_related("campaign")
        .annotate(joined_to=Subquery(joined(Slot("resident", UUIDField()))), listened=webhooks.somebody_listens())
        .filter(pk=Slot("id", UUIDField()))
    )
)


def _require_claimable(offer: Offer, now: datetime) -> None:
    _require_running(offer)
    rules.require_open(starts_at=clock.local(offer.starts_at), ends_at=clock.local(offer.ends_at), now=now)
    if offer.campaign.windows:
        rules.require_window(offer.campaign.claim_windows, clock.local(now), clock.local(offer.ends_at))
    if offer.claimed >= offer.stock:
        raise errors.OfferSoldOut


def _require_running(offer: Offer) -> None:
    """Time is judged by the clock, whatever the state says; only what people decided counts here."""
    match offer.campaign.status:
        case CampaignStatus.PAUSED:
            raise errors.CampaignPaused
        case CampaignStatus.STOPPED:
            raise errors.CampaignStopped


def _draw_up(known: _Known, source: Source, points: int, now: datetime) -> Voucher:
    """The voucher, not yet written: its id names the transfers that pay for it."""
    offer = known.offer
    return Voucher(
        offer=offer,
        resident_id=known.resident_id,
        person_id=known.joined_to or known.resident_id,
        source=source.way.value,
        source_id=source.id,
        points_paid=points,
        face_value_fen=offer.face_value_fen,
        min_spend_fen=offer.min_spend_fen,
        remaining_fen=offer.face_value_fen,
        use_terms_id=offer.use_terms_id,
        claimed_at=now,
        expires_at=rules.expiry_of(claimed_at=clock.local(now), valid_days=offer.valid_days, last_day=offer.last_day),
    )


def _take_of_day(batch: Batch, offer: Offer, now: datetime) -> None:
    """Counts the voucher's money against the day's, on the one row of the campaign and its day."""
    limit, local = offer.campaign.day_budget_fen, clock.local(now)
    if limit is None:
        return
    day = local.date()
    used_up = errors.DayBudgetUsedUp(opens_at=rules.midnight(day + timedelta(days=1), local))
    batch.count(
        DayUse, limit=limit, amount=offer.face_value_fen, otherwise=lambda: used_up, campaign=offer.campaign_id, day=day
    )


def _pay(batch: Batch, voucher: Voucher, offer: Offer, now: datetime) -> None:
    """Moves the points."""
    price = voucher.points_paid
    ledger.enter(
        batch,
        debit=points_account(voucher.resident_id),
        credit=REDEEMED_POINTS,
        amount=price,
        code=TransferCode.CLAIM,
        reference=f"claim:{voucher.pk}:points",
        event_id=voucher.pk,
        now=now,
        memo={
            "why_zh": f"兑换“{offer.title}”",
            "why_en": f"Exchanged for: {offer.title_en or offer.title}",
            "voucher": str(voucher.pk),
        },
        short=lambda missing: errors.InsufficientPoints(price=price, missing=missing),
    )


def _set_aside(batch: Batch, voucher: Voucher, offer: Offer, now: datetime) -> None:
    """The voucher's money, from the offer's budget. The stock bounds it; the budget is the second lock on the door."""
    ledger.enter(
        batch,
        debit=campaign_account(offer.pk),
        credit=outstanding_account(offer.pk),
        amount=voucher.face_value_fen,
        code=TransferCode.CLAIM,
        reference=f"claim:{voucher.pk}:fen",
        event_id=voucher.pk,
        now=now,
        short=lambda missing: errors.OfferSoldOut(),
    )


def _take_stock(batch: Batch, offer_id: UUID) -> None:
    """Counts one voucher while there is one and nobody has closed the offer: the row count is the guard.

    A pause or a stop closes the offer on this same row, so it waits for this claim's end or this claim for its.
    """
    batch.add(_TAKE_ONE, [offer_id], otherwise=lambda: _none_left(offer_id))


_TAKE_ONE = (
    "UPDATE campaigns_offer SET claimed = claimed + 1 "
    "WHERE id = %s AND is_open AND claimed < stock AND {go} RETURNING claimed AS value"
)


def _none_left(offer_id: UUID) -> Exception:
    try:
        _require_running(Offer.objects.select_related("campaign").get(pk=offer_id))
    except Refusal as closed:
        return closed
    return errors.OfferSoldOut()


def _tell(voucher: Voucher) -> None:
    status = {"type": "voucher", "id": str(voucher.pk), "status": voucher.status}
    live.push(voucher.resident_id, status, earning.BALANCE)
