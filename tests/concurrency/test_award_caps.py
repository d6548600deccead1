"""One person's acts on many threads: what a cap has left is given once, and without the lock it is given many times."""

from threading import Barrier, local
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from django.db import connection, transaction

from backend.accounts.queries import points_account
from backend.carbon import queries as carbon
from backend.core.ids import new_id
from backend.earning import services
from backend.earning.errors import CapReached, EvidenceAlreadyUsed
from backend.earning.models import Award, CapUse
from backend.earning.services import awarding
from backend.earning.types import Act, Activity, Awarded, Evidence, Grade
from backend.ledger import proof
from backend.ledger import queries as ledger
from tests import factories
from tests.concurrency.race import race
from tests.factories import NOON, cap

pytestmark = pytest.mark.django_db(transaction=True)
THREADS, CAP = 16, 50
RULE: dict[str, Any] = {
    "rates": {"": [7, 1000]},
    "grades": {"attended": {}},
    "caps": [cap("person", "day", "points", CAP), cap("programme", "day", "units", 1_000_000)],
    "min_interval_seconds": 0,
}


def weigh(person: UUID, key: str = "") -> Awarded:
    act = Act(Activity.WEIGHING, 1000, Grade.ATTENDED, NOON)
    with transaction.atomic():
        return services.award(resident_id=person, act=act, evidence=Evidence(key or str(new_id())), now=NOON)


def test_racing_acts_share_what_the_cap_has_left() -> None:
    factories.rule(Activity.WEIGHING, **RULE)
    person = factories.person().pk
    results = race([lambda: weigh(person)] * THREADS)
    points = sorted(each.points for each in results if isinstance(each, Awarded))
    assert points == [1, 7, 7, 7, 7, 7, 7, 7]
    assert all(isinstance(each, Awarded | CapReached) for each in results), results
    assert ledger.balance(points_account(person)) == CAP
    assert [*proof.balances(), *proof.chains(), *carbon.disagreements()] == []


def test_without_the_lock_the_same_race_passes_the_cap() -> None:
    """The control: counters are read as a page reads them, and written back without a guard."""
    factories.rule(Activity.WEIGHING, **RULE)
    person, all_have_read, seen = factories.person().pk, Barrier(THREADS), local()

    def read(_: object, keys: list[str]) -> dict[str, int]:
        return {key: seen.used.get(key, 0) for key in keys}

    def write(_: object, *, key: str, amount: int, limit: int) -> bool:
        CapUse.objects.update_or_create(key=key, defaults={"used": seen.used.get(key, 0) + amount})
        return True

    def unguarded() -> Awarded:
        seen.used = dict(CapUse.objects.values_list("key", "used"))
        connection.close()
        all_have_read.wait(timeout=60)
        return weigh(person)

    with patch.object(awarding, "read_counters", read), patch.object(awarding, "raise_counter", write):
        results = race([unguarded] * THREADS)
    assert sum(each.points for each in results if isinstance(each, Awarded)) > CAP


def test_one_deed_on_many_threads_counts_once() -> None:
    factories.rule(Activity.WEIGHING, **RULE)
    people = [factories.person().pk for _ in range(THREADS)]
    results = race([lambda who=who: weigh(who, "one slip") for who in people])
    assert sum(isinstance(each, Awarded) for each in results) == 1
    assert all(isinstance(each, Awarded | EvidenceAlreadyUsed) for each in results), results
    assert Award.objects.count() == 1
