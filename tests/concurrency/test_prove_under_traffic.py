"""`prove` sees one consistent snapshot while others write: it never finds what a half-told story would show."""

import threading
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connections, transaction

from backend.core.ids import new_id
from backend.ledger import services
from backend.ledger.models import Transfer
from backend.ledger.types import AccountRef, Asset, Kind, LotTerms
from tests.factories import NOON

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, PROOFS = 3, 6
SHOP = AccountRef(Asset.POINT, "shop", Kind.OPEN)


def test_prove_says_yes_under_traffic() -> None:
    with transaction.atomic():
        services.open_budget(by="test", programme="town", asset=Asset.POINT, amount=10**9, now=NOON)
    stop, faults = threading.Event(), []

    def write(number: int) -> None:
        who = AccountRef(Asset.POINT, f"person:{number}", Kind.LOTTED)
        try:
            while not stop.is_set():
                _earn_and_spend(who)
        except Exception as wrong:
            faults.append(wrong)
        finally:
            connections.close_all()

    writers = [threading.Thread(target=write, args=[number]) for number in range(WRITERS)]
    for each in writers:
        each.start()
    seen = []
    try:
        for _ in range(PROOFS):
            call_command("prove", stdout=StringIO())  # raises SystemExit where something does not agree
            seen.append(Transfer.objects.count())
    finally:
        stop.set()
        for each in writers:
            each.join()
    assert faults == []
    assert seen[-1] > seen[0], "nobody wrote while it was proved"


def _earn_and_spend(who: AccountRef) -> None:
    with transaction.atomic(durable=True):
        services.issue(
            programme="town", to=who, amount=5, code="award", reference=str(new_id()), event_id=new_id(), now=NOON,
            lot=LotTerms("town", NOON),
        )  # fmt: skip
        services.post(
            debit=who, credit=SHOP, amount=3, code="spend", reference=str(new_id()), event_id=new_id(), now=NOON
        )
