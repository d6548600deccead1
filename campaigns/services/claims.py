"""Claiming: points for a voucher.

Lock order, the same for every claim, the hottest row last so that it is held for the shortest time:

    1. ClaimUse (offer, person)        only this person's other claims wait here
    2. Balance of the person           only this person's other spending waits here
    3. Balance of the offer's budget   everybody who claims this offer waits here, until this transaction's end
    4. Offer                           taken by whoever holds the budget, so nobody waits here

Whoever takes two of these rows takes them downwards, so no two claims can wait for each other. Before all of it a
plain read refuses the sold-out crowd without taking any lock; it may be stale, so it only ever refuses, and the
guarded statements of steps 3 and 4 are the truth.
"""

from datetime import datetime
from uuid import UUID

from django.db.models import F

from backend.accounts.models import User
from backend.accounts.queries import points_account
from backend.audit import services as audit
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction, take_within
from backend.earning import services as earning
from backend.edge import live
from backend.ledger import services as ledger
from backend.ledger.errors import Overdraft
from campaigns import errors, rules
from campaigns.models import REDEEMED_POINTS, ClaimUse, Offer, Voucher, campaign_account, outstanding_account
from campaigns.types import TransferCode


def claim(*, by: User, offer_id: UUID, now: datetime) -> Voucher:
    """Takes one voucher of the offer for `by`: the limit, the points, the money set aside, the stock; or nothing.

    A refusal leaves the undoing of what was written before it to the caller's savepoint, as every step does.

    Raises NotFound, OfferNotYetOpen, OfferEnded, OfferSoldOut, ClaimLimitReached or InsufficientPoints.
    """
    require_transaction()
    offer = _claimable(offer_id, now)
    voucher = _draw_up(offer, by.pk, now)
    if not take_within(ClaimUse, limit=offer.per_person_limit, offer=offer.pk, resident_id=by.pk):
        raise errors.ClaimLimitReached(limit=offer.per_person_limit)
    _pay(voucher, offer, now)
    voucher.save(force_insert=True)
    audit.record(by=by.pk, action="campaigns.claim", subject=voucher.pk, now=now, offer=str(offer.pk))
    _tell(voucher)
    _set_aside(voucher, offer, now)
    _take_stock(offer.pk)
    return voucher


def _claimable(offer_id: UUID, now: datetime) -> Offer:
    offer = Offer.objects.filter(pk=offer_id).first()
    if offer is None:
        raise NotFound
    rules.require_open(starts_at=clock.local(offer.starts_at), ends_at=clock.local(offer.ends_at), now=now)
    if offer.claimed >= offer.stock:
        raise errors.OfferSoldOut
    return offer


def _draw_up(offer: Offer, resident_id: UUID, now: datetime) -> Voucher:
    """The voucher, not yet written: its id names the transfers that pay for it."""
    return Voucher(
        offer=offer,
        resident_id=resident_id,
        points_paid=offer.points_price,
        face_value_fen=offer.face_value_fen,
        min_spend_fen=offer.min_spend_fen,
        claimed_at=now,
        expires_at=rules.expiry_of(claimed_at=now, valid_days=offer.valid_days),
    )


def _pay(voucher: Voucher, offer: Offer, now: datetime) -> None:
    """Moves the points."""
    try:
        ledger.post(
            debit=points_account(voucher.resident_id),
            credit=REDEEMED_POINTS,
            amount=voucher.points_paid,
            code=TransferCode.CLAIM,
            reference=f"claim:{voucher.pk}:points",
            event_id=voucher.pk,
            now=now,
            memo={
                "why_zh": f"兑换“{offer.title}”",
                "why_en": f"Exchanged for: {offer.title_en or offer.title}",
                "voucher": str(voucher.pk),
            },
        )
    except Overdraft as short:
        raise errors.InsufficientPoints(price=voucher.points_paid, missing=short.data["missing"]) from None


def _set_aside(voucher: Voucher, offer: Offer, now: datetime) -> None:
    """The voucher's money, from the offer's budget. The stock bounds it; the budget is the second lock on the door."""
    try:
        ledger.post(
            debit=campaign_account(offer.pk),
            credit=outstanding_account(offer.pk),
            amount=voucher.face_value_fen,
            code=TransferCode.CLAIM,
            reference=f"claim:{voucher.pk}:fen",
            event_id=voucher.pk,
            now=now,
        )
    except Overdraft:
        raise errors.OfferSoldOut from None


def _tell(voucher: Voucher) -> None:
    """Both events wait for the commit, so they are made here, before the hot row is taken."""
    live.push(voucher.resident_id, {"type": "voucher", "id": str(voucher.pk), "status": voucher.status})
    earning.tell_balance(resident_id=voucher.resident_id)


def _take_stock(offer_id: UUID) -> None:
    """Counts one voucher while there is one: the row count is the guard."""
    if not Offer.objects.filter(pk=offer_id, claimed__lt=F("stock")).update(claimed=F("claimed") + 1):
        raise errors.OfferSoldOut
