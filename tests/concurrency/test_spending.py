"""64 people's worth of threads spend one balance. Without the guard it goes wrong; with it, never."""

from threading import Barrier
from unittest.mock import patch

import pytest
from django.db import transaction

from backend.core import batch
from backend.core.batch import Batch, Write
from backend.core.ids import new_id
from backend.ledger import proof, queries, services
from backend.ledger.errors import Overdraft
from backend.ledger.models import Balance, Transfer
from backend.ledger.services import accounts, posting
from backend.ledger.types import AccountRef, Asset, Kind
from tests.concurrency.race import race, written
from tests.factories import NOON

pytestmark = pytest.mark.django_db(transaction=True)
MINT = AccountRef(Asset.POINT, "mint", Kind.OPEN)
PURSE, SHOP = AccountRef(Asset.POINT, "purse"), AccountRef(Asset.POINT, "shop", Kind.OPEN)
WORKERS, WORTH = 64, 10


def spend() -> Transfer:
    with transaction.atomic(durable=True):
        return services.post(
            debit=PURSE, credit=SHOP, amount=1, code="spend", reference=str(new_id()), event_id=new_id(), now=NOON
        )


@pytest.fixture(autouse=True)
def _purse() -> None:
    with transaction.atomic():
        services.open_account(SHOP)
        services.post(
            debit=MINT, credit=PURSE, amount=WORTH, code="give", reference="give", event_id=new_id(), now=NOON
        )


def test_exactly_the_balance_is_spent() -> None:
    results = race([spend] * WORKERS)
    refused = [result for result in results if isinstance(result, Exception)]
    assert {type(result) for result in refused} == {Overdraft}, refused
    assert len(results) - len(refused) == WORTH
    assert queries.balance(PURSE) == 0
    assert [*proof.balances(), *proof.chains()] == []


def test_without_the_guard_the_same_race_overspends() -> None:
    """The control: read, compare, write in three steps, as so many back ends do. Two readers meet between."""
    meeting = Barrier(2)

    def check_then_write(to: Batch, account: int, delta: int, short: object) -> Write:
        amount = Balance.objects.get(account_id=account).amount
        if amount + delta < 0:
            raise Overdraft(missing=1)
        meeting.wait(timeout=20)  # both have read, none has written
        Balance.objects.filter(account_id=account).update(amount=amount + delta)
        return written(amount + delta)

    def unguarded() -> Transfer:
        return services.post(
            debit=PURSE, credit=SHOP, amount=WORTH, code="spend", reference=str(new_id()), event_id=new_id(), now=NOON
        )

    # Autocommit stands for the deferred transactions of a plain SQLite set-up: IMMEDIATE alone would serialise. The
    # patches stand out here: two threads that patched and unpatched at once would leave one of them behind for good.
    with (
        patch.object(batch, "require_transaction"),
        patch.object(posting, "require_transaction"),
        patch.object(accounts, "require_transaction"),
        patch.object(accounts, "change", check_then_write),
    ):
        results = race([unguarded, unguarded])
    assert [result for result in results if isinstance(result, Exception)] == []
    assert Transfer.objects.filter(code="spend").count() == 2
    assert list(proof.balances()) != []
