"""Linking one's cards and accounts, so that operators' rides count; by consent, and undone as easily."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.accounts.models import User
from backend.audit import services as audit
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction, take_within
from backend.travel import errors
from backend.travel.models import LinkCount, Rider
from backend.travel.rules import rides as rules
from backend.travel.services.feed import rider_digest
from backend.travel.types import AccountKind

LINKS_PER_MONTH = 5
CONSENT = "ride-matching-1"  # the version of the words that were agreed to


def link(*, by: User, kind: AccountKind, account: str, consent: bool, now: datetime) -> Rider:
    """From now on rides under this account are the resident's, those that still wait for their rider too.

    Raises EventInvalid for what is no account number, LinkConsentRequired, LinkLimitReached, LinkedElsewhere and
    LinkExists (one account of each kind). Linking what one has linked already changes nothing.
    """
    require_transaction()
    if not consent:
        raise errors.LinkConsentRequired
    number = rules.account(account)
    digest = rider_digest(kind, number)
    mine = Rider.objects.filter(pk=digest, resident_id=by.pk).first()
    if mine is not None:
        return mine
    month = clock.local(now).date().replace(day=1)
    if not take_within(LinkCount, limit=LINKS_PER_MONTH, resident_id=by.pk, month=month):
        raise errors.LinkLimitReached(limit=LINKS_PER_MONTH)
    found = _take(digest, kind, by.pk, rules.masked(number), now)
    audit.record(by=by.pk, action="travel.link", subject=by.pk, now=now, kind=kind, consent=CONSENT)
    return found


def _take(digest: str, kind: AccountKind, resident_id: UUID, masked: str, now: datetime) -> Rider:
    Rider.objects.bulk_create([Rider(digest=digest, kind=kind, seen_at=now)], ignore_conflicts=True)
    free = Rider.objects.filter(pk=digest, resident_id=None)
    try:
        with transaction.atomic():
            taken = free.update(resident_id=resident_id, masked=masked, linked_at=now)
    except IntegrityError:
        raise errors.LinkExists from None
    if not taken:
        raise errors.LinkedElsewhere
    return Rider.objects.get(pk=digest)


def unlink(*, by: User, kind: str, now: datetime) -> None:
    """Ends the link at once. Rides that were not counted yet go back to waiting. Raises NotFound."""
    require_transaction()
    if not _release(by.pk, kind=kind):
        raise NotFound
    audit.record(by=by.pk, action="travel.unlink", subject=by.pk, now=now, kind=kind)


def unlink_all(*, resident_id: UUID) -> int:
    """Ends every link of a person who is forgotten; how many."""
    require_transaction()
    return _release(resident_id)


def _release(resident_id: UUID, **which: str) -> int:
    return Rider.objects.filter(resident_id=resident_id, **which).update(resident_id=None, masked="", linked_at=None)
