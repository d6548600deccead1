"""Partners and the keys that sign their requests."""

import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from backend.accounts import crypto
from backend.audit import services as audit
from backend.core.errors import NotFound
from backend.core.transactions import in_free_slot, require_transaction
from backend.travel import errors
from backend.travel.models import Partner, PartnerKey
from backend.travel.types import AccountKind, Mode

MAX_AGE = timedelta(days=7)  # how late an event may be, unless the agreement says otherwise
_SLOTS = (1, 2)  # two, so that a partner changes keys without a gap


def register_partner(
    *,
    by: object,
    code: str,
    name: str,
    account_kind: AccountKind,
    modes: list[Mode],
    max_age_seconds: int = int(MAX_AGE.total_seconds()),
    now: datetime,
) -> Partner:
    """An operator that may send rides once it has a key. Raises PartnerExists."""
    require_transaction()
    terms = {"account_kind": account_kind, "modes": sorted(set(modes)), "max_age_seconds": max_age_seconds}
    try:
        with transaction.atomic():
            partner = Partner.objects.create(code=code, name=name, created_at=now, **terms)
    except IntegrityError:
        raise errors.PartnerExists(partner=code) from None
    audit.record(by=by, action="travel.register_partner", subject=partner.pk, now=now, code=code, **terms)
    return partner


def issue_key(*, by: object, partner: Partner, now: datetime) -> tuple[PartnerKey, str]:
    """A new key and its secret, which is shown this once. Raises PartnerKeysFull while two are valid."""
    require_transaction()
    secret, key_id = secrets.token_urlsafe(32), f"pk_{secrets.token_hex(12)}"
    row = {"pk": key_id, "partner": partner, "secret_sealed": crypto.seal(secret), "issued_at": now}
    key = in_free_slot(PartnerKey, _SLOTS, **row)
    if key is None:
        raise errors.PartnerKeysFull
    audit.record(by=by, action="travel.issue_key", subject=partner.pk, now=now, key=key_id)
    return key, secret


def revoke_key(*, by: object, partner: Partner, key_id: str, now: datetime) -> None:
    """From now on the key signs nothing. Raises NotFound for one that is none of the partner's live keys."""
    require_transaction()
    if not PartnerKey.objects.filter(pk=key_id, partner=partner, revoked_at=None).update(revoked_at=now):
        raise NotFound
    audit.record(by=by, action="travel.revoke_key", subject=partner.pk, now=now, key=key_id)
