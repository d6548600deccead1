"""Whether a counter may take vouchers at this instant: the guards of a redemption that belong to the merchant."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from backend.accounts import crypto
from backend.core.transactions import require_transaction
from backend.merchants.errors import DeviceRequired, DeviceUnknown, MerchantSuspended
from backend.merchants.models import Device, Store

DEVICE_SECRET = "counter-device"  # noqa: S105 - the purpose of a digest


def require_taking(*, store: Store, device: str = "", now: datetime) -> None:
    """Passes while the store takes vouchers, and keeps a suspension waiting until this transaction ends.

    Call it last: the store's row is the hottest of a redemption. `device` is what came in `X-Counter-Device`; a store
    that is `devices_only` wants one of its own that was not revoked. Raises MerchantSuspended, DeviceRequired.
    """
    require_transaction()
    if store.devices_only and not _used(device, store.pk, now):
        raise DeviceRequired(store=store.name)
    if not Store.objects.filter(pk=store.pk, takes_vouchers=True).update(takes_vouchers=True):
        store.merchant.refresh_from_db()
        raise MerchantSuspended(merchant=store.merchant.name, reason=store.merchant.status_reason)


def device_of(*, presented: str, now: datetime) -> Device:
    """The enrolled device that proves itself by what came in `X-Counter-Device`, with its store and merchant.

    Raises DeviceUnknown for none, an unknown one or a revoked one.
    """
    require_transaction()
    device = _proved(presented)
    if device is None or not device.update(last_used_at=now):
        raise DeviceUnknown
    return device.select_related("store__merchant").get()


def _used(presented: str, store_id: UUID, now: datetime) -> bool:
    """One statement proves the device and marks its use, so a revocation that came first is seen."""
    device = _proved(presented)
    return device is not None and bool(device.filter(store=store_id).update(last_used_at=now))


def _proved(presented: str) -> "QuerySet[Device] | None":
    """The one device, not revoked, whose id and secret these are; None for what cannot be one."""
    number, _, secret = presented.partition(".")
    try:
        device_id = UUID(number)
    except ValueError:
        return None
    return Device.objects.filter(pk=device_id, revoked_at=None, secret_digest=crypto.digest(DEVICE_SECRET, secret))
