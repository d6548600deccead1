"""Registering merchants, suspending one and lifting it."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.audit import services as audit
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.merchants import rules
from backend.merchants.errors import MerchantExists
from backend.merchants.models import Merchant, Store
from backend.merchants.types import MerchantStatus


def register_merchant(*, by: object, name: str, uscc: str, now: datetime) -> Merchant:
    """A new active merchant. Raises UsccInvalid and MerchantExists."""
    require_transaction()
    normal = rules.normal_uscc(uscc)
    try:
        with transaction.atomic():
            merchant = Merchant.objects.create(name=name, uscc=normal)
    except IntegrityError:
        raise MerchantExists(uscc=normal) from None
    audit.record(by=by, action="merchants.register", subject=merchant.pk, now=now, uscc=normal)
    return merchant


def suspend(*, by: object, merchant_id: UUID, reason: str, now: datetime) -> Merchant:
    """Stops every redemption at the merchant's stores from this commit on. Idempotent; raises NotFound.

    `reason` is shown at the counter, so it is worded for the merchant.
    """
    return _change(by, merchant_id, MerchantStatus.SUSPENDED, "merchants.suspend", reason, now)


def reinstate(*, by: object, merchant_id: UUID, reason: str, now: datetime) -> Merchant:
    """Lifts a suspension. Idempotent; raises NotFound."""
    return _change(by, merchant_id, MerchantStatus.ACTIVE, "merchants.reinstate", reason, now)


def _change(by: object, merchant_id: UUID, status: MerchantStatus, action: str, reason: str, now: datetime) -> Merchant:
    """The merchant's row first, then its stores: whoever adds a store takes them in the same order."""
    require_transaction()
    rows = Merchant.objects.filter(pk=merchant_id)
    if rows.exclude(status=status.value).update(status=status.value, status_reason=reason):
        _stores_take(merchant_id, status is MerchantStatus.ACTIVE)
        audit.record(by=by, action=action, subject=merchant_id, now=now, reason=reason)
    merchant = rows.first()
    if merchant is None:
        raise NotFound
    return merchant


def _stores_take(merchant_id: UUID, takes: bool) -> None:
    """Waits for redemptions under way at each store, and turns away the next."""
    Store.objects.filter(merchant=merchant_id).update(takes_vouchers=takes)
