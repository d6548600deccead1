"""Reads of the ledger."""

from django.db.models import Q, QuerySet, Sum

from backend.ledger.models import Account, Balance, Transfer
from backend.ledger.types import AccountRef, Entry


def balance(ref: AccountRef) -> int:
    """The materialised balance of a guarded account; 0 when it was never opened."""
    found = Balance.objects.filter(account__owner=ref.owner, account__asset=ref.asset.value).first()
    return found.amount if found else 0


def journal_of(ref: AccountRef) -> "QuerySet[Transfer]":
    """The transfers that touch the account; order and page them by `-id`."""
    account = Account.objects.filter(owner=ref.owner, asset=ref.asset.value).values("pk")
    return Transfer.objects.filter(Q(debit__in=account) | Q(credit__in=account)).select_related("debit", "credit")


def entry_of(transfer: Transfer, owner: str) -> Entry:
    """`transfer` as `owner` sees it."""
    spent = transfer.debit.owner == owner
    after = transfer.debit_balance_after if spent else transfer.credit_balance_after
    return Entry(
        id=transfer.pk,
        at=transfer.at,
        code=transfer.code,
        amount=-transfer.amount if spent else transfer.amount,
        balance_after=after or 0,
        event_id=transfer.event_id,
        memo=transfer.memo,
    )


def totals_by_code(ref: AccountRef) -> dict[str, int]:
    """Net sum of what reached the account, by transfer code."""
    totals: dict[str, int] = {}
    for side, sign in (("credit", 1), ("debit", -1)):
        rows = Transfer.objects.filter(**{f"{side}__owner": ref.owner, f"{side}__asset": ref.asset.value})
        for code, amount in rows.values_list("code").annotate(total=Sum("amount")):
            totals[code] = totals.get(code, 0) + sign * amount
    return totals
