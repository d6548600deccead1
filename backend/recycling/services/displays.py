"""A station's screens: each has a secret of its own, so that no person's login stays on a screen in the street."""

import secrets
from datetime import datetime
from uuid import UUID

from backend.accounts import crypto
from backend.accounts.models import User
from backend.audit import services as audit
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.recycling import queries
from backend.recycling.models import Display
from backend.recycling.types import EnrolledDisplay


def enrol_display(*, by: User, station_id: UUID, name: str, now: datetime) -> EnrolledDisplay:
    """A new screen of a station, by its attendant or an operator. Raises NotFound, Forbidden."""
    require_transaction()
    station, secret = queries.station_run_by(by, station_id), secrets.token_urlsafe(32)
    made = Display.objects.create(
        station=station, name=name, secret_digest=crypto.digest("display", secret), enrolled_at=now
    )
    audit.record(by=by.pk, action="recycling.enrol_display", subject=made.pk, now=now, station=str(station.pk))
    return EnrolledDisplay(made.pk, secret)


def revoke_display(*, by: User, display_id: UUID, now: datetime) -> None:
    """Its screen goes dark at its next code. Idempotent; raises NotFound, Forbidden."""
    require_transaction()
    found = Display.objects.filter(pk=display_id).first()
    if found is None:
        raise NotFound
    queries.station_run_by(by, found.station_id)
    if Display.objects.filter(pk=display_id, revoked_at=None).update(revoked_at=now):
        audit.record(by=by.pk, action="recycling.revoke_display", subject=display_id, now=now)
