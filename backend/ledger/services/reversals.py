"""Undoing: a reversal restores the recorded lots with their old expiry; a clawback books what is gone as a debt."""

from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from backend.core.batch import Batch, Write
from backend.core.transactions import require_transaction
from backend.ledger import rules
from backend.ledger.errors import AlreadySpent, Overdraft, OverReversal
from backend.ledger.models import Balance, Lot, LotUse, Reversed, Transfer
from backend.ledger.services import accounts, lots, posting
from backend.ledger.types import AccountRef, Asset, Kind, UseKind

POSTED = ":posted"  # how the reference of a posted hold ends; what it came from is the rest


def reverse(
    *, transfer_id: int, amount: int, reference: str, event_id: UUID, now: datetime, code: str = "reversal"
) -> Transfer:
    """Moves `amount` of a transfer back. The sum of reversals never passes the original.

    Lots that the original made lose the units; lots that it used get them back, last used first, with their old
    expiry. Raises OverReversal, and AlreadySpent when the units have left the account that got them.
    """
    require_transaction()
    original = Transfer.objects.select_related("debit", "credit").get(pk=transfer_id)
    earlier = _count(original, amount)
    batch = Batch()
    try:
        made = _move_back(batch, original, amount, reference, event_id, now, code)
        _put_lots_back(batch, original, earlier, amount, made.row)
        batch.send()
    except Overdraft:
        raise AlreadySpent from None
    if original.reference.endswith(POSTED):
        _release_from_hold(original, amount, reference, event_id, now, code)
    return made.transfer


def claw_back(*, transfer_id: int, amount: int, reference: str, event_id: UUID, now: datetime) -> int:
    """Takes back an award: what remains of its own lot at once, the rest as a debt that later awards repay.

    Returns the debt that was booked. The balance never goes below zero; other awards are not touched.
    """
    require_transaction()
    original = Transfer.objects.select_related("debit", "credit").get(pk=transfer_id)
    accounts.lock([(original.credit.hot, original.credit_id)])
    left = Lot.objects.filter(transfer=original).aggregate(total=Sum("remaining"))["total"] or 0
    at_once = min(amount, left)
    if at_once:
        reverse(
            transfer_id=transfer_id, amount=at_once, reference=reference, event_id=event_id, now=now, code="clawback"
        )
    owed = amount - at_once
    if owed:
        _count(original, owed)
        _book_debt(original, owed, reference, event_id, now)
    return owed


def debt_account(owner: str, asset: Asset) -> AccountRef:
    """What `owner` owes after clawbacks: a balance that says how much, never negative."""
    return AccountRef(asset, f"{owner}:debt")


def repay(award: Transfer, owner: AccountRef, now: datetime) -> int:
    """Lets a new award repay a part of its owner's debt, by `rules.repayment`; returns how much."""
    debt = debt_account(owner.owner, owner.asset)
    owed = Balance.objects.filter(account__owner=debt.owner, account__asset=debt.asset.value, amount__gt=0).first()
    if owed is None:
        return 0
    sink = accounts.open_account(_debts(owner.asset))
    part = rules.repayment(debt=accounts.balance_of(owed.account_id), award=award.amount)
    reverse(
        transfer_id=award.pk, amount=part, reference=f"{award.reference}:repaid", event_id=award.event_id, now=now,
        code="debt.repaid",
    )  # fmt: skip
    batch = Batch()
    posting.move(
        batch, owed.account_id, sink, debit=debt, credit=_debts(owner.asset), amount=part, code="debt.settled",
        reference=f"{award.reference}:settled", event_id=award.event_id, now=now,
    )  # fmt: skip
    batch.send()
    return part


def _count(original: Transfer, amount: int) -> int:
    """Counts `amount` as reversed, within the original; returns what was reversed before."""
    if amount < 1:
        raise OverReversal
    batch = Batch()
    reversed_ = batch.count(
        Reversed, limit=original.amount, amount=amount, otherwise=OverReversal, transfer=original.pk
    )
    batch.send()
    return int(reversed_.value) - amount


def _move_back(
    batch: Batch, original: Transfer, amount: int, reference: str, event_id: UUID, now: datetime, code: str
) -> posting.Entry:
    debit, credit = original.credit.ref, original.debit.ref
    sides = ((debit, original.credit_id), (credit, original.debit_id))
    if debit.lotted or credit.lotted:
        accounts.lock((ref.hot, account) for ref, account in sides if ref.guarded)
    return posting.move(
        batch, original.credit_id, original.debit_id, debit=debit, credit=credit, amount=amount, code=code,
        reference=reference, event_id=event_id, now=now, reverses=original, memo=original.memo,
    )  # fmt: skip


def _put_lots_back(batch: Batch, original: Transfer, earlier: int, amount: int, made: Write) -> None:
    if original.credit.ref.lotted:
        taken = lots.choose(lots.live(original.credit_id, within=original), amount)
        lots.record(batch, taken, made, UseKind.REVOKED)
        if original.debit.ref.lotted:
            parents = [(lot.parent, units) for lot, units in taken if lot.parent is not None]
            lots.record(batch, parents, made, UseKind.RETURNED, back=True)
    elif original.debit.ref.lotted:
        uses = LotUse.objects.filter(transfer=original).select_related("lot").order_by("-pk")
        restored = _after(earlier, amount, [(use.lot, use.amount) for use in uses])
        lots.record(batch, restored, made, UseKind.RESTORED, back=True)


def _after(skipped: int, amount: int, uses: lots.Taken) -> lots.Taken:
    """The part [skipped, skipped + amount) of the uses laid end to end."""
    parts = []
    for lot, units in uses:
        passed = min(skipped, units)
        skipped -= passed
        part = min(units - passed, amount)
        amount -= part
        if part:
            parts.append((lot, part))
    return parts


def _release_from_hold(posted: Transfer, amount: int, reference: str, event_id: UUID, now: datetime, code: str) -> None:
    """What a posted hold gives back goes on to where the hold took it from."""
    held = Transfer.objects.get(reference=posted.reference.removesuffix(POSTED))
    reverse(
        transfer_id=held.pk, amount=amount, reference=f"{reference}:released", event_id=event_id, now=now, code=code
    )


def _book_debt(original: Transfer, owed: int, reference: str, event_id: UUID, now: datetime) -> None:
    asset = Asset(original.asset)
    debit, credit = _debts(asset), debt_account(original.credit.owner, asset)
    source, target = accounts.open_accounts(debit, credit)
    batch = Batch()
    posting.move(
        batch, source, target, debit=debit, credit=credit, amount=owed, code="clawback.debt",
        reference=f"{reference}:debt", event_id=event_id, now=now, memo=original.memo, reverses=original,
    )  # fmt: skip
    batch.send()


def _debts(asset: Asset) -> AccountRef:
    return AccountRef(asset, "debts", Kind.OPEN)
