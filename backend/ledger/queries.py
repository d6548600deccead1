"""Reads of the ledger."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet, Sum

from backend.ledger.models import Account, Balance, Budget, Lot, LotUse, Transfer
from backend.ledger.types import AccountRef, Asset, BudgetView, Entry, Kind, UseKind, budget_account


def balance(ref: AccountRef) -> int:
    """The materialised balance of a guarded account; 0 when it was never opened."""
    return balances(ref)[0]


def balances(*refs: AccountRef) -> list[int]:
    """The balances of several guarded accounts, in order, by one read."""
    rows = Balance.objects.filter(account__owner__in=[ref.owner for ref in refs])
    found = {
        (owner, asset): amount
        for owner, asset, amount in rows.values_list("account__owner", "account__asset", "amount")
    }
    return [found.get((ref.owner, ref.asset.value), 0) for ref in refs]


def spendable(*refs: AccountRef, now: datetime) -> list[int]:
    """The balances of lotted accounts less the lots that are due and not yet expired by anybody; two reads.

    What is held does not expire.
    """
    due = Lot.objects.exclude(account__kind=Kind.HELD.value).filter(
        account__owner__in=[ref.owner for ref in refs], remaining__gt=0, expires_at__lte=now
    )
    gone = {(owner, asset): total for owner, asset, total in _totals(due)}
    return [there - gone.get((ref.owner, ref.asset.value), 0) for ref, there in zip(refs, balances(*refs), strict=True)]


def expiring(ref: AccountRef, now: datetime, limit: int = 12) -> list[tuple[int, datetime]]:
    """What of the balance expires when: (units, instant), soonest first."""
    lots = Lot.objects.filter(
        account__owner=ref.owner, account__asset=ref.asset.value, remaining__gt=0, expires_at__gt=now
    )
    totals = lots.values_list("expires_at").annotate(total=Sum("remaining")).order_by("expires_at")
    return [(total, instant) for instant, total in totals[:limit]]


def live_lots(*, after: datetime, until: datetime) -> "QuerySet[Lot]":
    """Lots with something left that expire after the one instant and no later than the other, in lotted accounts."""
    lots = Lot.objects.filter(remaining__gt=0, expires_at__gt=after, expires_at__lte=until)
    return lots.filter(account__kind=Kind.LOTTED.value)


def journal_of(ref: AccountRef) -> "QuerySet[Transfer]":
    """The transfers that touch the account; order and page them by `-id`."""
    account = Account.objects.filter(owner=ref.owner, asset=ref.asset.value).values("pk")
    return Transfer.objects.filter(Q(debit__in=account) | Q(credit__in=account)).select_related("debit", "credit")


def transfer(reference: str) -> Transfer:
    """The transfer of the caller's own reference."""
    return Transfer.objects.get(reference=reference)


def find(reference: str) -> int | None:
    """The id of the transfer of a reference, if there is one."""
    return Transfer.objects.filter(reference=reference).values_list("pk", flat=True).first()


def transfers_coded(code: str) -> "QuerySet[Transfer]":
    """Every transfer of a code, oldest first."""
    return Transfer.objects.filter(code=code).order_by("pk")


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


def budget(programme: str, asset: Asset) -> BudgetView:
    """Where the programme's appropriation is at this instant.

    Points tell their whole way by their lots. Of money the ledger knows that it was issued; whether it is outstanding,
    redeemed or expired is the campaign's to tell and to prove.
    """
    account = budget_account(programme, asset)
    appropriated = Budget.objects.get(programme=programme, asset=asset.value).appropriated
    available, held = balances(account, account.held)
    if asset is not Asset.POINT:
        return BudgetView(appropriated, available, held, outstanding=_issued(account), redeemed=0, expired=0)
    lots = Lot.objects.filter(programme=programme, account__asset=asset.value)
    uses = LotUse.objects.filter(lot__programme=programme, lot__account__asset=asset.value)
    used = dict(uses.values_list("kind").annotate(total=Sum("amount")))
    return BudgetView(
        appropriated=appropriated,
        available=available,
        held=held,
        outstanding=lots.aggregate(total=Sum("remaining"))["total"] or 0,
        redeemed=used.get(UseKind.SPENT.value, 0) - used.get(UseKind.RESTORED.value, 0),
        expired=used.get(UseKind.EXPIRED.value, 0),
    )


def appropriated(programme: str, asset: Asset) -> int:
    """A programme's appropriation; 0 when it has no budget."""
    rows = Budget.objects.filter(programme=programme, asset=asset.value)
    return rows.values_list("appropriated", flat=True).first() or 0


def budget_version(programme: str, asset: Asset) -> int | None:
    """What `services.change_budget` wants, to know that nobody else has changed it since; None without a budget."""
    return Budget.objects.filter(programme=programme, asset=asset.value).values_list("version", flat=True).first()


def _totals(lots: "QuerySet[Lot]") -> Iterable[tuple[str, str, int]]:
    return lots.values_list("account__owner", "account__asset").annotate(total=Sum("remaining"))


def totals_by_code(ref: AccountRef) -> dict[str, int]:
    """Net sum of what reached the account, by transfer code."""
    totals: dict[str, int] = {}
    for side, sign in (("credit", 1), ("debit", -1)):
        rows = Transfer.objects.filter(**{f"{side}__owner": ref.owner, f"{side}__asset": ref.asset.value})
        for code, amount in rows.values_list("code").annotate(total=Sum("amount")):
            totals[code] = totals.get(code, 0) + sign * amount
    return totals


def totals_by_owner(asset: Asset, prefix: str) -> dict[str, int]:
    """What the journal says each owner whose name starts with `prefix` has of an asset; zeros are left out."""
    totals: dict[str, int] = {}
    for side, sign in (("credit", 1), ("debit", -1)):
        rows = Transfer.objects.filter(**{f"{side}__owner__startswith": prefix, "asset": asset.value})
        for owner, amount in rows.values_list(f"{side}__owner").annotate(total=Sum("amount")):
            totals[owner] = totals.get(owner, 0) + sign * amount
    return {owner: total for owner, total in totals.items() if total}


def _issued(account: AccountRef) -> int:
    """Net units that left the budget for anything but the treasury and its own held account."""
    flows = net_by_account(account.owner)
    return sum(net for (owner, _), net in flows.items() if owner not in ("appropriations", account.held.owner))


def net_by_account(owner: str) -> dict[tuple[str, str], int]:
    """Net units that went from `owner` to each other account, by (owner, asset)."""
    totals: dict[tuple[str, str], int] = {}
    for near, far, sign in (("debit", "credit", 1), ("credit", "debit", -1)):
        rows = Transfer.objects.filter(**{f"{near}__owner": owner}).values_list(f"{far}__owner", "asset")
        for other, asset, total in rows.annotate(total=Sum("amount")):
            totals[other, asset] = totals.get((other, asset), 0) + sign * total
    return totals
