"""Devices as counters: a code that a manager issues, typed or scanned once at the device, makes it one."""

import base64
import binascii
import secrets
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from backend.accounts import crypto
from backend.accounts.models import User
from backend.audit import services as audit
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.merchants import queries, rules
from backend.merchants.errors import DeviceKeyInvalid, EnrolmentRefused
from backend.merchants.models import Device, Enrolment
from backend.merchants.services.taking import DEVICE_SECRET
from backend.merchants.types import EnrolledDevice, IssuedEnrolment

_CODE = "counter-enrolment"


def issue_enrolment(*, by: User, store_id: UUID, name: str, now: datetime) -> IssuedEnrolment:
    """A code for one device of a store in the caller's care, good for half an hour. Raises NotFound."""
    require_transaction()
    store = queries.store_in_care(by, store_id)
    code = "".join(secrets.choice(rules.ENROLMENT_ALPHABET) for _ in range(rules.ENROLMENT_CHARS))
    expires_at = now + rules.ENROLMENT_LIFETIME
    made = Enrolment.objects.create(
        store=store, code_digest=crypto.digest(_CODE, code), name=name, issued_by=by.pk, expires_at=expires_at
    )
    audit.record(by=by.pk, action="merchants.issue_enrolment", subject=store_id, now=now, enrolment=made.pk)
    return IssuedEnrolment(code=code, store_id=store_id, expires_at=expires_at)


def enrol(*, by: User, code: str, public_key: str = "", now: datetime) -> EnrolledDevice:
    """Spends the code and makes the device a counter; its secret is told here only.

    `public_key` is base64 of the SPKI form of a P-256 key. Raises DeviceKeyInvalid, EnrolmentRefused.
    """
    require_transaction()
    if public_key:
        _require_p256(public_key)
    digest, secret = crypto.digest(_CODE, rules.normal_enrolment(code)), secrets.token_urlsafe(32)
    if not Enrolment.objects.filter(code_digest=digest, used_at=None, expires_at__gt=now).update(used_at=now):
        raise EnrolmentRefused
    enrolment = Enrolment.objects.get(code_digest=digest)
    device = Device.objects.create(
        store_id=enrolment.store_id,
        enrolment=enrolment,
        name=enrolment.name,
        secret_digest=crypto.digest(DEVICE_SECRET, secret),
        public_key=public_key,
        enrolled_by=by.pk,
        enrolled_at=now,
    )
    audit.record(by=by.pk, action="merchants.enrol", subject=device.pk, now=now, store=str(device.store_id))
    return EnrolledDevice(id=device.pk, store_id=device.store_id, name=device.name, secret=secret)


def revoke_device(*, by: User, store_id: UUID, device_id: UUID, now: datetime) -> None:
    """The device takes no more vouchers, from this commit on. Idempotent; raises NotFound."""
    require_transaction()
    queries.store_in_care(by, store_id)
    rows = Device.objects.filter(pk=device_id, store=store_id)
    if rows.filter(revoked_at=None).update(revoked_at=now):
        audit.record(by=by.pk, action="merchants.revoke_device", subject=device_id, now=now)
    elif not rows.exists():
        raise NotFound


def _require_p256(text: str) -> None:
    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        raise DeviceKeyInvalid from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise DeviceKeyInvalid
