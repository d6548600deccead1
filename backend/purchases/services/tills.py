"""A till's keys. The secret is answered once; two may be good at once, so that one can be changed."""

import secrets
from datetime import datetime
from uuid import UUID

from backend.accounts import crypto
from backend.audit import services as audit
from backend.core.errors import NotFound
from backend.core.transactions import in_free_slot, require_transaction
from backend.merchants.models import Store
from backend.purchases.errors import TillKeyLimit
from backend.purchases.models import TillKey
from backend.purchases.models.tills import SLOTS
from backend.purchases.types import IssuedTillKey


def issue_till_key(*, by: object, store_id: UUID, now: datetime) -> IssuedTillKey:
    """A new key for a store's till, beside the present one. Raises NotFound, TillKeyLimit while two are good."""
    require_transaction()
    if not Store.objects.filter(pk=store_id).exists():
        raise NotFound
    key = IssuedTillKey(f"till-{secrets.token_hex(8)}", secrets.token_urlsafe(32))
    row = {"key_id": key.key_id, "secret_sealed": crypto.seal(key.secret), "issued_at": now}
    if in_free_slot(TillKey, SLOTS, store_id=store_id, **row) is None:
        raise TillKeyLimit
    audit.record(by=by, action="purchases.issue_till_key", subject=store_id, now=now, key=key.key_id)
    return key


def revoke_till_key(*, by: object, store_id: UUID, key_id: str, now: datetime) -> None:
    """From this commit on nothing signed with it is believed; the secret is gone too. Raises NotFound."""
    require_transaction()
    live = TillKey.objects.filter(store=store_id, key_id=key_id, revoked_at=None)
    if not live.update(revoked_at=now, secret_sealed=""):
        raise NotFound
    audit.record(by=by, action="purchases.revoke_till_key", subject=store_id, now=now, key=key_id)
