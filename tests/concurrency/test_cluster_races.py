"""Accounts are joined from many threads at once: no join is lost, whichever order they commit in."""

from threading import Barrier, local
from unittest.mock import patch
from uuid import UUID

import pytest
from django.db import connection, transaction

from backend.accounts import queries, services
from backend.accounts.models import ClusterChange, Mark, MarkHolder, User
from backend.accounts.services import clusters
from backend.accounts.types import MarkKind
from tests.concurrency.race import race
from tests.factories import NOON, person

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 12


def note(user: User, value: str) -> None:
    with transaction.atomic(durable=True):
        services.note_mark(user=user, kind=MarkKind.DEVICE, value=value, now=NOON)


def persons(people: list[User]) -> set[UUID]:
    return {queries.person_of(user.pk) for user in people}


def chain() -> list[User]:
    """People of whom each holds a mark of their own; the next one is about to come with it too."""
    people = [person() for _ in range(PEOPLE)]
    for number, user in enumerate(people):
        note(user, f"mark {number}")
    return people


def test_joins_that_meet_in_one_account_make_one_person() -> None:
    people = chain()
    acts = [lambda n=n: note(people[n + 1], f"mark {n}") for n in range(PEOPLE - 1)]
    assert race(acts) == [None] * (PEOPLE - 1)
    assert persons(people) == {people[0].pk}
    assert list(queries.cluster_disagreements()) == []


def test_one_device_that_many_bring_at_once_makes_one_person() -> None:
    people = [person() for _ in range(PEOPLE)]
    assert race([lambda user=user: note(user, "farm") for user in people * 2]) == [None] * (2 * PEOPLE)
    assert persons(people) == {people[0].pk}
    assert (Mark.objects.count(), MarkHolder.objects.count()) == (1, PEOPLE)
    assert list(queries.cluster_disagreements()) == []


def test_without_the_gate_joins_are_lost() -> None:
    """The control: each derives from what it read before the others wrote, as two snapshots do.

    The reading stands outside the transaction, because SQLite's IMMEDIATE ones run one after the other.
    """
    people, all_have_read, seen = chain(), Barrier(PEOPLE - 1), local()

    def unguarded(number: int) -> None:
        mark = MarkHolder.objects.values_list("mark_id", flat=True).get(user=people[number])
        seen.pairs = [*queries.joined_pairs(people_ids), (people[number + 1].pk, mark)]
        connection.close()
        all_have_read.wait(timeout=60)
        note(people[number + 1], f"mark {number}")

    people_ids = [user.pk for user in people]
    read = queries.joined_pairs
    with (
        patch.object(clusters, "_pass_gate"),
        patch.object(queries, "joined_pairs", lambda reached: getattr(seen, "pairs", None) or read(reached)),
        patch.object(queries, "reached_from", lambda seeds: {user for user, _ in seen.pairs}),
    ):
        results = race([lambda n=n: unguarded(n) for n in range(PEOPLE - 1)])
    assert results == [None] * (PEOPLE - 1)
    assert len(persons(people)) > 1
    assert list(queries.cluster_disagreements()) != []


def test_a_join_and_an_appeal_at_once_agree_with_the_marks() -> None:
    people = chain()
    for user in people[1:]:
        note(user, "mark 0")
    split = people[PEOPLE // 2]

    def appeal() -> None:
        with transaction.atomic(durable=True):
            services.split_person(by="operator", user_id=split.pk, reason="误判", now=NOON)

    late = [person() for _ in range(4)]
    assert race([appeal, *(lambda user=user: note(user, "mark 0") for user in late)]) == [None] * 5
    assert queries.person_of(split.pk) == split.pk
    assert persons([*people, *late]) == {people[0].pk, split.pk}
    assert ClusterChange.objects.filter(reason="appeal").count() == 1
    assert list(queries.cluster_disagreements()) == []
