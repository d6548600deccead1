"""Direct grants: a list is sent in, read by a worker, approved by a second person, handed out by a worker.

The door keeps the file, sealed, and no more. Reading resolves each line to a person, or says why it cannot be; what it
found is hashed, and the approval names that hash, so that exactly what was shown is handed out. An approval takes the
vouchers off a guarded counter, so approved lists together never want more than the stock. Both works run in pieces,
each of which ends its lines in its own transaction: cut off anywhere, they go on where they were.
"""

import csv
import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from backend.accounts import crypto
from backend.accounts import queries as accounts
from backend.audit import services as audit
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction, take_within
from campaigns import errors, rules
from campaigns.models import ClaimUse, Grant, GrantLine, GrantUse, Offer
from campaigns.rules.lists import MAX_LINES, Line, read_lines
from campaigns.services.handing import settle
from campaigns.types import GrantStatus, LineState, Way

BY = "grants"


def draft_grant(*, by: object, offer_id: UUID, text: str, now: datetime) -> Grant:
    """Takes a list in, to be read by a worker. The same file for the same offer is the list that there is.

    Raises NotFound, WrongWay, GrantFileInvalid.
    """
    require_transaction()
    offer = Offer.objects.filter(pk=offer_id).first()
    if offer is None:
        raise NotFound
    if offer.way != Way.GRANT:
        raise errors.WrongWay(way=offer.way)
    lines = len(text.split("\n"))
    if not text.strip() or lines > MAX_LINES + 2:  # a heading, and a line feed at the end
        raise errors.GrantFileInvalid(limit=MAX_LINES)
    hashed = hashlib.sha256(text.encode()).hexdigest()
    columns = {"file_sha256": hashed, "content": crypto.seal(text), "lines": lines, "drafted_by": str(by)}
    try:
        with transaction.atomic():
            made = Grant.objects.create(offer=offer, created_at=now, **columns)
    except IntegrityError:
        return Grant.objects.get(offer=offer, file_sha256=hashed)
    audit.record(by=by, action="campaigns.draft_grant", subject=made.pk, now=now, offer=str(offer.pk), file=hashed)
    return made


def approve_grant(*, by: object, grant_id: UUID, preview_sha256: str, now: datetime) -> Grant:
    """A second person's yes to the preview that they have read: its vouchers are kept for it.

    Raises NotFound, GrantNotReady, GrantChanged, GrantTooLarge, and SecondPersonNeeded for who sent the list in.
    """
    require_transaction()
    grant = _decide(grant_id, GrantStatus.HANDING, by, now)
    if grant.preview_sha256 != preview_sha256:
        raise errors.GrantChanged
    offer = Offer.objects.get(pk=grant.offer_id)
    if grant.good and not take_within(GrantUse, limit=offer.stock, amount=grant.good, offer=offer.pk):
        raise errors.GrantTooLarge(vouchers=grant.good)
    audit.record(by=by, action="campaigns.approve_grant", subject=grant.pk, now=now, preview=preview_sha256)
    return grant


def reject_grant(*, by: object, grant_id: UUID, reason: str, now: datetime) -> Grant:
    """No; whoever sent the list in may do this too. Raises NotFound, GrantNotReady."""
    require_transaction()
    grant = _decide(grant_id, GrantStatus.REJECTED, by, now)
    audit.record(by=by, action="campaigns.reject_grant", subject=grant.pk, now=now, reason=reason)
    return grant


def _decide(grant_id: UUID, status: GrantStatus, by: object, now: datetime) -> Grant:
    rows = Grant.objects.filter(pk=grant_id)
    try:
        with transaction.atomic():
            ready = rows.filter(status=GrantStatus.READY.value)
            decided = ready.update(status=status.value, decided_by=str(by), decided_at=now)
    except IntegrityError:
        raise errors.SecondPersonNeeded from None
    found = rows.first()
    if found is None:
        raise NotFound
    if not decided:
        raise errors.GrantNotReady(state=found.status)
    return found


def advance_grants(*, now: datetime, limit: int = 200) -> int:
    """One piece of work: reads up to `limit` lines of a list, else hands up to `limit` out. How many; 0 for none."""
    require_transaction()
    waiting = Grant.objects.filter(status=GrantStatus.READING.value).order_by("pk").first()
    if waiting is not None:
        return _read(waiting, now, limit)
    approved = Grant.objects.filter(status=GrantStatus.HANDING.value).select_related("offer__campaign")
    return sum(_hand_out(each, now, limit) for each in approved.order_by("pk"))


# -- reading ----------------------------------------------------------------------------------------------------------


def _read(grant: Grant, now: datetime, limit: int) -> int:
    piece = crypto.unseal(grant.content).split("\n")[grant.read : grant.read + limit]
    if not Grant.objects.filter(pk=grant.pk, read=grant.read).update(read=F("read") + len(piece)):
        return 0
    cells = (next(csv.reader([line]), []) for line in piece)  # line by line: an open quote spoils its own line only
    GrantLine.objects.bulk_create(_judged(grant, read_lines(cells, grant.read + 1)))
    if grant.read + len(piece) == grant.lines:
        _ready(grant, now)
    return len(piece)


def _judged(grant: Grant, piece: Sequence[Line]) -> list[GrantLine]:
    """The lines with the people they name. A person counts once in a list, at the first line."""
    by_phone = accounts.residents_by_phone({line.phone for line in piece if line.phone})
    known = set(by_phone.values()) | accounts.active_residents({line.resident for line in piece if line.resident})
    people = accounts.people_of_accounts(known)
    taken = set(
        GrantLine.objects.filter(grant=grant, person_id__in=people.values()).values_list("person_id", flat=True)
    )
    limit = grant.offer.per_person_limit
    full = set(
        ClaimUse.objects.filter(offer=grant.offer_id, person_id__in=people.values(), used__gte=limit).values_list(
            "person_id", flat=True
        )
    )
    rows = []
    for line in piece:
        resident = by_phone.get(line.phone) if line.phone else line.resident
        person = people.get(resident) if resident else None
        fault = rules.line_fault(line, known=person is not None, twice=person in taken, full=person in full)
        good = not fault
        rows.append(
            GrantLine(
                grant=grant,
                number=line.number,
                shown=line.shown,
                note=line.note,
                resident_id=resident if good else None,
                person_id=person if good else None,
                state=(LineState.WAITING if good else LineState.REFUSED).value,
                fault=fault,
            )
        )
        if good:
            taken.add(person)
    return rows


def _ready(grant: Grant, now: datetime) -> None:
    """The list is read: the file is forgotten, and what was found is hashed for the second person."""
    rows = GrantLine.objects.filter(grant=grant)
    found = rows.order_by("number").values_list("number", "resident_id", "fault")
    text = "".join(f"{number}:{resident or ''}:{fault}\n" for number, resident, fault in found.iterator())
    good = rows.filter(state=LineState.WAITING.value).count()
    preview = hashlib.sha256(f"{grant.offer_id}\n{text}".encode()).hexdigest()
    ready = {"status": GrantStatus.READY.value, "content": "", "good": good, "preview_sha256": preview}
    Grant.objects.filter(pk=grant.pk, status=GrantStatus.READING.value).update(**ready)
    audit.record(by=BY, action="campaigns.read_grant", subject=grant.pk, now=now, good=good)


# -- handing out ------------------------------------------------------------------------------------------------------


def _hand_out(grant: Grant, now: datetime, limit: int) -> int:
    waiting = GrantLine.objects.filter(grant=grant, state=LineState.WAITING.value)
    done, batch = 0, list(waiting.order_by("number")[:limit])
    for line in batch:
        assert line.resident_id is not None
        if not settle(line, offer=grant.offer, resident_id=line.resident_id, way=Way.GRANT, source_id=line.pk, now=now):
            return done
        done += 1
    if not waiting.exists():
        Grant.objects.filter(pk=grant.pk, status=GrantStatus.HANDING.value).update(status=GrantStatus.DONE.value)
        audit.record(by=BY, action="campaigns.grant_done", subject=grant.pk, now=now)
    return done
