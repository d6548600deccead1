"""Allowances: what one device may accept without a network, with the ceiling of its loss set aside beforehand.

Lock order: the device, the new row, the campaign's budget. Closing: the allowance, the campaign's budget.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from backend.accounts.models import User
from backend.audit import services as audit
from backend.core.errors import NotFound
from backend.core.ids import new_id
from backend.core.transactions import require_transaction
from backend.ledger import services as ledger
from backend.ledger.errors import Overdraft
from backend.merchants.models import Device
from backend.merchants.services import taking
from campaigns import errors
from campaigns.models import Campaign, Offer, OfflineAllowance, escrow_account, funding_account
from campaigns.models.terms import value_of
from campaigns.rules import offline as rules
from campaigns.services import presented
from campaigns.types import CampaignStatus
from campaigns.types.offline import AllowanceState, OfflineCode

_IN_FORCE = [each.value for each in (CampaignStatus.SCHEDULED, CampaignStatus.RUNNING, CampaignStatus.SOLD_OUT)]


def open_allowance(
    *,
    by: User,
    device: str,
    campaign_id: UUID,
    max_count: int,
    each_fen: int,
    total_fen: int,
    minutes: int,
    now: datetime,
) -> OfflineAllowance:
    """Gives the device `device` (its `X-Counter-Device`) an allowance; all of `total_fen` leaves the free budget.

    A device has one at a time: asking again for the same campaign while it lasts answers the one that there is.
    Raises DeviceUnknown, OfflineKeyMissing, Forbidden, MerchantSuspended, OfflineCampaignUnfit, OfflineAllowanceOpen
    or OfflineReserveShort.
    """
    require_transaction()
    counter = taking.device_of(presented=device, now=now)
    presented.open_store(by, counter.store_id)
    if not counter.public_key:
        raise errors.OfflineKeyMissing
    held = _held(counter, campaign_id, now)
    if held is not None:
        return held
    made = _drawn_up(by, counter, campaign_id, now)
    made.max_count, made.total_fen = max_count, total_fen
    made.each_fen, made.expires_at = min(each_fen, total_fen), now + timedelta(minutes=minutes)
    _write(made)
    _escrow(made, now)
    audit.record(
        by=by.pk, action="campaigns.open_allowance", subject=made.pk, now=now, device=str(counter.pk), fen=total_fen
    )
    return made


def close_allowance(*, by: User, allowance_id: UUID, lines: int, now: datetime) -> OfflineAllowance:
    """Closes the allowance of a device that has `lines` lines, all of which are here; the rest goes back. Idempotent.

    Raises NotFound, Forbidden, MerchantSuspended or OfflineLinesMissing.
    """
    require_transaction()
    allowance = allowance_of(allowance_id)
    presented.open_store(by, allowance.store_id)
    if not _close(allowance, Q(next_seq=lines + 1), by.pk, now):
        allowance.refresh_from_db()
        if allowance.state == AllowanceState.OPEN:
            raise errors.OfflineLinesMissing(expected=allowance.next_seq)
    return allowance


def close_due(*, by: object, now: datetime, limit: int = 100) -> int:
    """Closes up to `limit` allowances whose time to upload is over; returns how many were due. Safe to run twice."""
    require_transaction()
    due = OfflineAllowance.objects.filter(state=AllowanceState.OPEN.value, expires_at__lte=now - rules.GRACE)
    batch = list(due.order_by("campaign_id", "pk")[:limit])  # budgets in one order, so that two runs cannot cross
    for allowance in batch:
        _close(allowance, Q(), by, now)
    return len(batch)


def allowance_of(allowance_id: UUID) -> OfflineAllowance:
    """The allowance with its device, store and campaign. Raises NotFound."""
    rows = OfflineAllowance.objects.select_related("device", "store__merchant", "campaign")
    found = rows.filter(pk=allowance_id).first()
    if found is None:
        raise NotFound
    return found


def _held(counter: Device, campaign_id: UUID, now: datetime) -> OfflineAllowance | None:
    held = OfflineAllowance.objects.filter(device=counter, state=AllowanceState.OPEN.value).first()
    if held is not None and (held.campaign_id != campaign_id or held.expires_at <= now):
        raise errors.OfflineAllowanceOpen(allowance=str(held.pk), next_seq=held.next_seq)
    return held


def _drawn_up(by: User, counter: Device, campaign_id: UUID, now: datetime) -> OfflineAllowance:
    """The allowance, not yet written, with the vouchers that it takes."""
    running = Campaign.objects.filter(status__in=_IN_FORCE, starts_at__lte=now, ends_at__gt=now)
    campaign = running.filter(pk=campaign_id).first()
    here = Q(every_store=True) | Q(stores=counter.store_id)
    offers = Offer.objects.filter(here, campaign=campaign_id).select_related("use_terms").distinct().order_by("-pk")
    fit = [offer for offer in offers[: rules.MAX_TERMS] if rules.fits_offline(value_of(offer.use_terms))]
    if campaign is None or not fit:
        raise errors.OfflineCampaignUnfit
    terms = [rules.terms_digest(offer.pk, offer.use_terms_id) for offer in fit]
    return OfflineAllowance(
        device=counter, store=counter.store, campaign=campaign, terms=terms, issued_by=by.pk, issued_at=now
    )


def _write(made: OfflineAllowance) -> None:
    """The guard: a device that asks twice at once has one."""
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        other = OfflineAllowance.objects.get(device=made.device, state=AllowanceState.OPEN.value)
        raise errors.OfflineAllowanceOpen(allowance=str(other.pk), next_seq=other.next_seq) from None


def _escrow(made: OfflineAllowance, now: datetime) -> None:
    try:
        ledger.post(
            debit=funding_account(made.campaign_id), credit=escrow_account(made.pk), amount=made.total_fen,
            code=OfflineCode.ESCROW, reference=f"allowance:{made.pk}", event_id=made.pk, now=now,
        )  # fmt: skip
    except Overdraft as short:
        raise errors.OfflineReserveShort(missing_fen=short.data["missing"]) from None


def _close(allowance: OfflineAllowance, complete: Q, by: object, now: datetime) -> bool:
    """The guard: one statement closes an open allowance; what no loss took goes back to the campaign's budget."""
    rows = OfflineAllowance.objects.filter(complete, pk=allowance.pk, state=AllowanceState.OPEN.value)
    if not rows.update(state=AllowanceState.CLOSED.value, closed_at=now):
        return False
    allowance.refresh_from_db()  # locked by the update: no loss comes after it
    rest = allowance.total_fen - allowance.lost_fen
    if rest:
        ledger.post(
            debit=escrow_account(allowance.pk), credit=funding_account(allowance.campaign_id), amount=rest,
            code=OfflineCode.RELEASE, reference=f"allowance:{allowance.pk}:rest", event_id=new_id(), now=now,
        )  # fmt: skip
    audit.record(by=by, action="campaigns.close_allowance", subject=allowance.pk, now=now, released_fen=rest)
    return True
