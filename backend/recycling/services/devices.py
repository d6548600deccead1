"""Smart bins and their keys. A key's secret is answered once; two may be good at once, so that one can be changed."""

import secrets
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.accounts import crypto
from backend.audit import services as audit
from backend.core.errors import NotFound
from backend.core.transactions import in_free_slot, require_transaction
from backend.earning import queries as earning
from backend.recycling.errors import DeviceExists, KeyLimit
from backend.recycling.models import Device, DeviceKey
from backend.recycling.models.devices import KEY_SLOTS
from backend.recycling.types import IssuedKey


def register_device(*, by: object, station_id: UUID, name: str, now: datetime) -> Device:
    """A machine at a station, without a key yet. Raises NotFound, DeviceExists."""
    require_transaction()
    station = earning.station(station_id)
    try:
        with transaction.atomic():
            made = Device.objects.create(station=station, name=name, registered_at=now)
    except IntegrityError:
        raise DeviceExists from None
    audit.record(by=by, action="recycling.register_device", subject=made.pk, now=now, station=str(station.pk))
    return made


def issue_key(*, by: object, device_id: UUID, now: datetime) -> IssuedKey:
    """A new key beside the present one. Raises NotFound, KeyLimit while two are good."""
    require_transaction()
    if not Device.objects.filter(pk=device_id).exists():
        raise NotFound
    key_id, secret = f"dev-{secrets.token_hex(8)}", secrets.token_urlsafe(32)
    row = {"key_id": key_id, "secret_sealed": crypto.seal(secret), "issued_at": now}
    if in_free_slot(DeviceKey, KEY_SLOTS, device_id=device_id, **row) is None:
        raise KeyLimit
    audit.record(by=by, action="recycling.issue_key", subject=device_id, now=now, key=key_id)
    return IssuedKey(key_id, secret)


def revoke_key(*, by: object, device_id: UUID, key_id: str, now: datetime) -> None:
    """From this commit on nothing signed with it is believed; the secret is gone too. Raises NotFound."""
    require_transaction()
    live = DeviceKey.objects.filter(device=device_id, key_id=key_id, revoked_at=None)
    if not live.update(revoked_at=now, secret_sealed=""):
        raise NotFound
    audit.record(by=by, action="recycling.revoke_key", subject=device_id, now=now, key=key_id)
