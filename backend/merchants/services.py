"""Registering merchants and stores, suspending a merchant and lifting it. Each verb leaves an audit row."""

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


def add_store(
    *, by: object, merchant_id: UUID, name: str, address: str, lat: float, lng: float, now: datetime
) -> Store:
    """A new store of a merchant; `lat` and `lng` in degrees. Raises NotFound for an unknown merchant."""
    require_transaction()
    if not Merchant.objects.filter(pk=merchant_id).exists():
        raise NotFound
    store = Store.objects.create(merchant_id=merchant_id, name=name, address=address, lat=lat, lng=lng)
    audit.record(by=by, action="merchants.add_store", subject=store.pk, now=now, merchant=str(merchant_id))
    return store


def suspend(*, by: object, merchant_id: UUID, reason: str, now: datetime) -> None:
    """Stops every redemption at the merchant's stores from this commit on. Idempotent; raises NotFound."""
    _change(by, merchant_id, MerchantStatus.SUSPENDED, "merchants.suspend", reason, now)


def reinstate(*, by: object, merchant_id: UUID, reason: str, now: datetime) -> None:
    """Lifts a suspension. Idempotent; raises NotFound."""
    _change(by, merchant_id, MerchantStatus.ACTIVE, "merchants.reinstate", reason, now)


def _change(by: object, merchant_id: UUID, status: MerchantStatus, action: str, reason: str, now: datetime) -> None:
    require_transaction()
    rows = Merchant.objects.filter(pk=merchant_id)
    if rows.exclude(status=status.value).update(status=status.value):
        audit.record(by=by, action=action, subject=merchant_id, now=now, reason=reason)
    elif not rows.exists():
        raise NotFound
