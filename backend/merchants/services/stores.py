"""Stores: where they are, when they are open, and whether they insist on enrolled devices."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.audit import services as audit
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.merchants import errors, rules
from backend.merchants.models import Merchant, Store
from backend.merchants.types import Hours, MerchantStatus

MAX_STORES = 200


def add_store(
    *,
    by: object,
    merchant_id: UUID,
    name: str,
    address: str,
    lat: float,
    lng: float,
    hours: tuple[Hours, ...] = (),
    now: datetime,
) -> Store:
    """A new store of a merchant; `lat` and `lng` in degrees.

    Raises NotFound for an unknown merchant, HoursInvalid, StoreExists and TooManyStores.
    """
    require_transaction()
    rules.require_hours(hours)
    takes = _lock_merchant(merchant_id)
    rows = Store.objects.filter(merchant=merchant_id)
    if rows.count() >= MAX_STORES:
        raise errors.TooManyStores(limit=MAX_STORES)
    if rows.filter(name=name).exists():
        raise errors.StoreExists(name=name)
    place = {"address": address, "lat": lat, "lng": lng, "hours": _plain(hours)}
    store = Store.objects.create(merchant_id=merchant_id, name=name, takes_vouchers=takes, **place)
    audit.record(by=by, action="merchants.add_store", subject=store.pk, now=now, merchant=str(merchant_id))
    return store


def change_store(*, by: object, store_id: UUID, now: datetime, **changes: Any) -> Store:
    """Changes any of name, address, lat, lng, hours, devices_only. Raises NotFound, HoursInvalid, StoreExists."""
    require_transaction()
    if "hours" in changes:
        rules.require_hours(changes["hours"])
        changes["hours"] = _plain(changes["hours"])
    rows = Store.objects.select_related("merchant").filter(pk=store_id)
    try:
        with transaction.atomic():
            found = rows.update(**changes) if changes else rows.count()
    except IntegrityError:
        raise errors.StoreExists(name=changes.get("name", "")) from None
    if not found:
        raise NotFound
    audit.record(by=by, action="merchants.change_store", subject=store_id, now=now, changes=sorted(changes))
    return rows.get()


def _lock_merchant(merchant_id: UUID) -> bool:
    """Whether the merchant is active, with its row taken: a suspension, or another new store, waits its turn."""
    rows = Merchant.objects.filter(pk=merchant_id)
    if rows.filter(status=MerchantStatus.ACTIVE.value).update(status=MerchantStatus.ACTIVE.value):
        return True
    if not rows.filter(status=MerchantStatus.SUSPENDED.value).update(status=MerchantStatus.SUSPENDED.value):
        raise NotFound
    return False


def _plain(hours: tuple[Hours, ...]) -> list[dict[str, Any]]:
    return [asdict(part) for part in hours]
