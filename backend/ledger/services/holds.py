"""Holds: two-phase transfers. What is held counts against the balance at once and is resolved exactly once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.core.transactions import require_transaction
from backend.ledger.errors import HoldEnded, ReferenceReused
from backend.ledger.models import Hold, HoldPart
from backend.ledger.services import accounts, posting, reversals
from backend.ledger.types import HoldRequest, HoldState


def hold(
    *, parts: Sequence[HoldRequest], code: str, reference: str, event_id: UUID, expires_at: datetime, now: datetime
) -> Hold:
    """Sets every part aside, or none: a balance, a day's limit, a campaign's money, resolved later as one.

    Raises Overdraft for a part that is not covered, ReferenceReused for a `reference` that was held before.
    """
    require_transaction()
    made = _open(code=code, reference=reference, event_id=event_id, expires_at=expires_at, created_at=now)
    refs = [ref for part in parts for ref in (part.debit, part.debit.held)]
    accounts.lock(zip((ref.hot for ref in refs), accounts.open_accounts(*refs), strict=True))
    for index, part in enumerate(parts):
        transfer = posting.post(
            debit=part.debit, credit=part.debit.held, amount=part.amount, code=f"{code}.hold",
            reference=f"hold:{made.pk}:{index}", event_id=event_id, now=now,
        )  # fmt: skip
        HoldPart.objects.create(hold=made, transfer=transfer, credit_id=accounts.open_account(part.credit))
    return made


def post_hold(*, hold_id: UUID, now: datetime, amounts: Sequence[int] | None = None) -> Hold:
    """Moves what was held to where it was meant, whole or `amounts` of each part; the rest goes back.

    Raises HoldEnded when the hold was resolved before or its time has passed.
    """
    _end(hold_id, HoldState.POSTED, now, expires_at__gt=now)
    for index, part in enumerate(_parts(hold_id)):
        amount = part.transfer.amount if amounts is None else amounts[index]
        if not 0 <= amount <= part.transfer.amount:
            raise ValueError(f"cannot post {amount} of {part.transfer.amount}")
        if amount:
            _post_part(part, amount, now)
        _give_back(part, part.transfer.amount - amount, now)
    return Hold.objects.get(pk=hold_id)


def void_hold(*, hold_id: UUID, now: datetime) -> Hold:
    """Gives everything back, into the same lots. Raises HoldEnded."""
    _end(hold_id, HoldState.VOIDED, now)
    for part in _parts(hold_id):
        _give_back(part, part.transfer.amount, now)
    return Hold.objects.get(pk=hold_id)


def time_out_due(*, now: datetime, limit: int = 500) -> int:
    """Gives back up to `limit` holds whose time has passed; returns how many were due. Safe twice and at once."""
    require_transaction()
    due = Hold.objects.filter(state=HoldState.OPEN.value, expires_at__lte=now).order_by("pk")
    numbers = list(due.values_list("pk", flat=True)[:limit])
    for number in numbers:
        if _ended(number, HoldState.TIMED_OUT, now, expires_at__lte=now):
            for part in _parts(number):
                _give_back(part, part.transfer.amount, now)
    return len(numbers)


def _open(**fields: object) -> Hold:
    try:
        with transaction.atomic():
            return Hold.objects.create(**fields)
    except IntegrityError:
        raise ReferenceReused(reference=fields["reference"]) from None


def _end(hold_id: UUID, state: HoldState, now: datetime, **when: datetime) -> None:
    require_transaction()
    if not _ended(hold_id, state, now, **when):
        raise HoldEnded


def _ended(hold_id: UUID, state: HoldState, now: datetime, **when: datetime) -> bool:
    """The guard: one statement ends an open hold; who finds it ended changes nothing."""
    rows = Hold.objects.filter(pk=hold_id, state=HoldState.OPEN.value, **when)
    return bool(rows.update(state=state.value, resolved_at=now))


def _parts(hold_id: UUID) -> list[HoldPart]:
    parts = HoldPart.objects.filter(hold_id=hold_id).order_by("pk")
    return list(parts.select_related("hold", "transfer__debit", "transfer__credit", "credit"))


def _post_part(part: HoldPart, amount: int, now: datetime) -> None:
    posting.post(
        debit=part.transfer.credit.ref, credit=part.credit.ref, amount=amount, code=part.hold.code,
        reference=f"{part.transfer.reference}{reversals.POSTED}", event_id=part.hold.event_id, now=now,
        within=part.transfer if part.transfer.credit.ref.lotted else None,
    )  # fmt: skip


def _give_back(part: HoldPart, amount: int, now: datetime) -> None:
    if amount:
        reversals.reverse(
            transfer_id=part.transfer.pk, amount=amount, reference=f"{part.transfer.reference}:back",
            event_id=part.hold.event_id, now=now, code=f"{part.hold.code}.released",
        )  # fmt: skip
