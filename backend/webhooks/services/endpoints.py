"""Partners' endpoints and their secrets."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from backend.accounts import crypto
from backend.audit import services as audit
from backend.core.transactions import require_transaction
from backend.webhooks import errors, queries, rules
from backend.webhooks.models import Endpoint, Secret
from backend.webhooks.types import EndpointStatus, EventType

_FORGOTTEN: dict[str, object] = {"failing_since": None, "resting_until": None}


def register_endpoint(
    *, by: object, name: str, url: str, types: Sequence[EventType], now: datetime
) -> tuple[Endpoint, str]:
    """A new enabled endpoint and its secret, which is never shown again.

    Raises WebhookUrlRefused and EndpointExists.
    """
    require_transaction()
    rules.require_url(url, allow_private=settings.WEBHOOKS_ALLOW_PRIVATE)
    try:
        with transaction.atomic():
            made = Endpoint.objects.create(name=name, url=url, types=_names(types), created_at=now)
    except IntegrityError:
        raise errors.EndpointExists(name=name) from None
    secret = _new_secret(made.pk, now)
    audit.record(by=by, action="webhooks.register", subject=made.pk, now=now, url=url, types=made.types)
    return made, secret


def change_endpoint(
    *,
    by: object,
    endpoint_id: UUID,
    url: str | None = None,
    types: Sequence[EventType] | None = None,
    enabled: bool | None = None,
    reason: str = "",
    now: datetime,
) -> Endpoint:
    """Changes what is given. Enabling forgets the failures; raises NotFound and WebhookUrlRefused."""
    require_transaction()
    changes: dict[str, object] = {}
    if url is not None:
        rules.require_url(url, allow_private=settings.WEBHOOKS_ALLOW_PRIVATE)
        changes["url"] = url
    if types is not None:
        changes["types"] = _names(types)
    if enabled is not None:
        status = EndpointStatus.ENABLED if enabled else EndpointStatus.DISABLED
        changes |= {"status": status.value, "reason": reason} | (_FORGOTTEN if enabled else {})
    if changes:
        Endpoint.objects.filter(pk=endpoint_id).update(**changes)
    found = queries.endpoint(endpoint_id)
    told = {name: value for name, value in changes.items() if name not in _FORGOTTEN}
    audit.record(by=by, action="webhooks.change", subject=endpoint_id, now=now, **told)
    return found


def rotate_secret(*, by: object, endpoint_id: UUID, now: datetime) -> str:
    """A new secret, shown once; the one before it goes on signing beside it for `rules.ROTATION`.

    Never more than two are valid. Raises NotFound, and SecretChanged when somebody else rotates at the same moment.
    """
    require_transaction()
    queries.endpoint(endpoint_id)
    rows = Secret.objects.filter(endpoint=endpoint_id)
    rows.filter(ends_at__gt=now).update(ends_at=now)
    if not rows.filter(ends_at__isnull=True).update(ends_at=now + rules.ROTATION):
        raise errors.SecretChanged
    secret = _new_secret(endpoint_id, now)
    audit.record(by=by, action="webhooks.rotate_secret", subject=endpoint_id, now=now)
    return secret


def _new_secret(endpoint_id: UUID, now: datetime) -> str:
    secret = rules.secret_of(secrets.token_bytes(rules.SECRET_BYTES))
    try:
        with transaction.atomic():
            Secret.objects.create(endpoint_id=endpoint_id, sealed=crypto.seal(secret), created_at=now)
    except IntegrityError:
        raise errors.SecretChanged from None
    return secret


def _names(types: Sequence[EventType]) -> list[str]:
    return sorted({each.value for each in types})
