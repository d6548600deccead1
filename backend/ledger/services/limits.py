"""Limits as accounts: an allowance of uses that can be spent, held and given back like anything else."""

from datetime import datetime

from django.db import transaction

from backend.core.ids import new_id
from backend.ledger.errors import ReferenceReused
from backend.ledger.models import Transfer
from backend.ledger.services import posting
from backend.ledger.types import AccountRef, Asset, Kind

USED = AccountRef(Asset.USE, "limits-used", Kind.OPEN)
_ALLOWANCES = AccountRef(Asset.USE, "limits-allowed", Kind.OPEN)


def limit_account(*, key: str, allowance: int, now: datetime) -> AccountRef:
    """The account of the limit `key` (who, what, which period), with its allowance given once.

    Move uses from it to `USED`, or hold them: an Overdraft says that the limit is reached.
    """
    account, reference = AccountRef(Asset.USE, f"limit:{key}"), f"limit:{key}"
    if not Transfer.objects.filter(reference=reference).exists():
        _allow(account, allowance, reference, now)
    return account


def _allow(account: AccountRef, allowance: int, reference: str, now: datetime) -> None:
    try:
        with transaction.atomic():
            posting.post(
                debit=_ALLOWANCES, credit=account, amount=allowance, code="limit.allowed", reference=reference,
                event_id=new_id(), now=now,
            )  # fmt: skip
    except ReferenceReused:  # somebody else gave it just now
        return
