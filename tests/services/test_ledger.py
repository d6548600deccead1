"""The ledger against a model of it that fits on a page, and against whoever writes past its services."""

from collections import defaultdict

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.core import triggers
from backend.core.ids import new_id
from backend.core.transactions import NoTransaction
from backend.ledger import proof, queries, services
from backend.ledger.errors import Overdraft, ReferenceReused
from backend.ledger.models import Account, Balance, Transfer
from backend.ledger.types import AccountRef, Asset, Kind
from tests.factories import NOON

pytestmark = pytest.mark.django_db
MINT = AccountRef(Asset.POINT, "mint", Kind.OPEN)


def post(debit: AccountRef, credit: AccountRef, amount: int, reference: str | None = None) -> Transfer:
    with transaction.atomic():
        return services.post(
            debit=debit,
            credit=credit,
            amount=amount,
            code="test",
            reference=reference or str(new_id()),
            event_id=new_id(),
            now=NOON,
        )


def account(name: str = "") -> AccountRef:
    return AccountRef(Asset.POINT, name or f"owner:{new_id()}")


def disagreements() -> list[str]:
    return [*proof.balances(), *proof.chains(), *proof.assets()]


def test_a_transfer_moves_both_sides_and_leaves_its_balances() -> None:
    anna, ben = account(), account()
    post(MINT, anna, 50)
    row = post(anna, ben, 20)
    assert (queries.balance(anna), queries.balance(ben)) == (30, 20)
    assert (row.debit_balance_after, row.credit_balance_after) == (30, 20)
    assert disagreements() == []


def test_an_overdraft_is_refused_and_nothing_moves() -> None:
    anna, ben = account(), account()
    post(MINT, anna, 50)
    before = Transfer.objects.count()
    with pytest.raises(Overdraft) as refusal:
        post(anna, ben, 51)
    assert refusal.value.data == {"missing": 1}
    assert (queries.balance(anna), queries.balance(ben), Transfer.objects.count()) == (50, 0, before)


def test_a_reference_is_posted_once() -> None:
    anna = account()
    post(MINT, anna, 5, reference="act:1")
    with pytest.raises(ReferenceReused):
        post(MINT, anna, 5, reference="act:1")
    assert queries.balance(anna) == 5


@pytest.mark.parametrize("amount", [0, -1])
def test_an_amount_below_one_is_a_programming_error(amount: int) -> None:
    with pytest.raises(ValueError, match="cannot move"):
        post(MINT, account(), amount)


def test_two_assets_never_meet() -> None:
    with pytest.raises(ValueError, match="cannot move"):
        post(MINT, AccountRef(Asset.FEN, "purse"), 1)


@pytest.mark.django_db(transaction=True)
def test_a_step_refuses_to_run_without_a_transaction() -> None:
    with pytest.raises(NoTransaction):
        services.post(debit=MINT, credit=account(), amount=1, code="test", reference="x", event_id=new_id(), now=NOON)
    assert not Account.objects.exists()


@pytest.mark.parametrize("sql", ["UPDATE ledger_transfer SET amount = 1000", "DELETE FROM ledger_transfer"])
def test_the_journal_refuses_to_be_rewritten(sql: str) -> None:
    post(MINT, account(), 5)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Transfer.objects.get().amount == 5


@pytest.mark.parametrize("change", [{"amount": 0}, {"amount": -5}, {"credit": "same"}])
def test_the_database_itself_refuses_an_impossible_transfer(change: dict[str, object]) -> None:
    row = post(MINT, account(), 5)
    fields = {"amount": 5, "credit_id": row.credit_id} | change
    if fields.pop("credit", None):
        fields["credit_id"] = row.debit_id
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.create(
            asset="POINT", debit_id=row.debit_id, code="x", reference="y", event_id=new_id(), at=NOON, **fields
        )


def test_the_database_itself_refuses_a_negative_balance() -> None:
    anna = account()
    post(MINT, anna, 5)
    with pytest.raises(IntegrityError), transaction.atomic():
        Balance.objects.filter(account__owner=anna.owner).update(amount=-1)


def test_every_append_only_table_has_its_triggers() -> None:
    assert triggers.missing(connection) == []
    assert {model.__name__ for model in triggers.guarded_models()} >= {"Transfer", "Account", "AuditRow", "Burn"}


def test_the_proof_finds_a_balance_that_was_tampered_with() -> None:
    anna = account()
    post(MINT, anna, 5)
    Balance.objects.filter(account__owner=anna.owner).update(amount=6)
    assert [line for line in disagreements() if anna.owner in line]


def test_the_proof_finds_a_transfer_that_lies_about_what_it_left() -> None:
    row = post(MINT, account(), 5)
    Transfer.objects.create(
        asset="POINT",
        debit_id=row.debit_id,
        credit_id=row.credit_id,
        amount=1,
        code="x",
        reference="forged",
        event_id=new_id(),
        at=NOON,
        credit_balance_after=5,
    )
    forged = Transfer.objects.get(reference="forged")
    assert any(line.startswith(f"transfer {forged.pk}:") for line in proof.chains())


MOVES = st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 3), st.integers(1, 40)), min_size=1, max_size=40)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MOVES)
def test_any_sequence_of_moves_agrees_with_the_model(moves: list[tuple[int, int, int]]) -> None:
    """The model: a dictionary of balances, where a move that would overdraw is refused. Source -1 is the mint."""
    people = [account() for _ in range(4)]
    model: dict[int, int] = defaultdict(int)
    for source, target, amount in moves:
        if source == target:
            continue
        allowed = source == -1 or model[source] >= amount
        debit = MINT if source == -1 else people[source]
        if not allowed:
            with pytest.raises(Overdraft) as refusal:
                post(debit, people[target], amount)
            assert refusal.value.data["missing"] == amount - model[source]
            continue
        post(debit, people[target], amount)
        model[source] -= amount if source >= 0 else 0
        model[target] += amount
    assert [queries.balance(person) for person in people] == [model[index] for index in range(4)]
    assert disagreements() == []
