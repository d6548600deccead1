"""Batches: the writes of one statement do what the same writes do one by one, on every database."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.audit.models import AuditRow
from backend.core import batch as batches
from backend.core.batch import Batch
from backend.core.ids import new_id
from backend.core.transactions import NoTransaction
from backend.ledger import proof, services
from backend.ledger.errors import Overdraft, ReferenceReused
from backend.ledger.models import Balance, Lot, LotUse, Transfer
from backend.ledger.types import AccountRef, Asset, Kind, LotTerms
from tests.factories import NOON

pytestmark = pytest.mark.django_db

MINT = AccountRef(Asset.POINT, "mint", Kind.OPEN)
PURSES = [AccountRef(Asset.POINT, f"purse-{number}") for number in range(3)]
LOTTED = [AccountRef(Asset.POINT, f"lotted-{number}", Kind.LOTTED) for number in range(2)]
_POSTINGS = st.tuples(st.sampled_from([MINT, *PURSES]), st.sampled_from([MINT, *PURSES]), st.integers(1, 40))
_SPENDS = st.tuples(st.sampled_from(LOTTED), st.sampled_from([MINT, *PURSES, *LOTTED]), st.integers(1, 40))
_ACTS = st.lists(st.lists(st.one_of(_POSTINGS, _SPENDS), min_size=1, max_size=5), min_size=1, max_size=6)


class Rollback(Exception):
    """Ends an example, so that the next begins with the same books."""


def books(acts: list[list[tuple[AccountRef, AccountRef, int]]]) -> Any:
    """What acts of several postings each, one batch an act, leave in the books and answer; then all is undone."""
    seen: Any = None
    try:
        with transaction.atomic():
            for ref in LOTTED:
                services.post(
                    debit=MINT, credit=ref, amount=50, code="award", reference=f"{ref.owner}:award",
                    event_id=new_id(), now=NOON, lot=LotTerms("town", NOON),
                )  # fmt: skip
            answers = [answer(lambda act=act, number=number: enter_all(act, number)) for number, act in enumerate(acts)]
            assert [*proof.balances(), *proof.chains(), *proof.lots()] == []
            seen = (answers, rows())
            raise Rollback
    except Rollback:
        return seen


def enter_all(act: list[tuple[AccountRef, AccountRef, int]], number: int) -> None:
    batch = Batch()
    for place, (debit, credit, amount) in enumerate(each for each in act if each[0] != each[1]):
        services.enter(
            batch, debit=debit, credit=credit, amount=amount, code="move", reference=f"{number}:{place}",
            event_id=new_id(), now=NOON, lot=LotTerms("town", NOON),
        )  # fmt: skip
        if debit.lotted or credit.lotted:
            batch.send()  # lots are read before they are written, so their rows must be there
    batch.send()


def answer(act: Callable[[], None]) -> str:
    try:
        with transaction.atomic():
            act()
    except Overdraft as short:
        return f"missing {short.data['missing']}"
    return "done"


def rows() -> Any:
    return (
        sorted(Balance.objects.values_list("account__owner", "amount")),
        sorted(
            Transfer.objects.values_list(
                "reference", "debit__owner", "credit__owner", "amount", "debit_balance_after", "credit_balance_after"
            ),
            key=str,
        ),
        sorted(Lot.objects.values_list("account__owner", "amount", "remaining")),
        sorted(LotUse.objects.values_list("transfer__reference", "kind", "amount")),
    )


@settings(max_examples=40, deadline=None)
@given(acts=_ACTS)
def test_together_and_one_by_one_leave_the_same_books(acts: Any) -> None:
    together = books(acts)
    with patch.object(batches, "_MOST_TOGETHER", 1):
        assert books(acts) == together


def enter(batch: Batch, reference: str, amount: int = 10) -> Any:
    return services.enter(
        batch,
        debit=MINT,
        credit=PURSES[0],
        amount=amount,
        code="move",
        reference=reference,
        event_id=new_id(),
        now=NOON,
    )


def test_nothing_is_written_before_it_is_sent() -> None:
    with transaction.atomic():
        batch = Batch()
        entry = enter(batch, "a")
        assert not Transfer.objects.exists()
        batch.send()
        assert Transfer.objects.get() == entry.transfer
    assert (entry.transfer.credit_balance_after, Balance.objects.get().amount) == (10, 10)


def test_a_row_that_changes_twice_keeps_both_changes() -> None:
    with transaction.atomic():
        batch = Batch()
        for reference in "abc":
            enter(batch, reference)
        batch.send()
    assert Balance.objects.get().amount == 30
    assert [*proof.balances(), *proof.chains()] == []


def test_what_stands_behind_a_guard_that_says_no_is_not_touched() -> None:
    with transaction.atomic():
        enter_and_send("a")
        balance = Balance.objects.get().amount
    batch = Batch()
    batch.insert(Transfer, unless=["reference"], otherwise=lambda: ReferenceReused(reference="a"), **like("a"))
    audit = batch.insert(AuditRow, at=NOON, by="test", action="x", subject="", data={})
    with pytest.raises(ReferenceReused), transaction.atomic():
        batch.send()
    assert audit.value is None
    assert (Balance.objects.get().amount, AuditRow.objects.filter(by="test").count()) == (balance, 0)


def enter_and_send(reference: str) -> None:
    batch = Batch()
    enter(batch, reference)
    batch.send()


def like(reference: str) -> dict[str, Any]:
    row = Transfer.objects.get(reference=reference)
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}


def test_one_round_trip_on_postgresql_and_the_writes_themselves_on_sqlite() -> None:
    with transaction.atomic():
        batch = Batch()
        enter(batch, "a")
        with CaptureQueriesContext(connection) as sent:
            batch.send()
    assert len(sent) == (1 if connection.vendor == "postgresql" else 2)


def test_a_batch_wants_a_transaction() -> None:
    batch = Batch()
    batch.insert(AuditRow, at=NOON, by="test", action="x", subject="", data={})
    with pytest.raises(NoTransaction):
        batch.send()
