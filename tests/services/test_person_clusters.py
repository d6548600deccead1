"""Who is the same person: what marks join, what a household is spared, what an appeal keeps apart."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from backend.accounts import queries, rules, services
from backend.accounts.models import Cluster, ClusterChange, Mark, MarkHolder, User
from backend.accounts.types import MarkKind
from backend.audit.models import AuditRow
from backend.core.errors import NotFound
from backend.core.transactions import NoTransaction
from tests.factories import NOON, person

pytestmark = pytest.mark.django_db(transaction=True)


def note(user: User, value: str, kind: MarkKind = MarkKind.DEVICE) -> None:
    with transaction.atomic():
        services.note_mark(user=user, kind=kind, value=value, now=NOON)


def split(user: User) -> int:
    with transaction.atomic():
        return services.split_person(by="operator", user_id=user.pk, reason="二手手机", now=NOON)


def family(*members: User) -> None:
    first, *others = members
    with transaction.atomic():
        for other in others:
            services.invite(by=first, invitee=other.pk, now=NOON)
            services.accept_invitation(by=other, now=NOON)


def persons(*users: User) -> list[UUID]:
    return [queries.person_of(user.pk) for user in users]


def test_alone_one_is_oneself_at_the_cost_of_one_query(django_assert_num_queries: Any) -> None:
    anna = person()
    note(anna, "phone of anna")
    with django_assert_num_queries(1):
        assert queries.person_of(anna.pk) == anna.pk
    assert Cluster.objects.count() == 0


@pytest.mark.parametrize("kind", MarkKind)
def test_any_one_mark_joins_and_the_oldest_account_is_the_person(kind: MarkKind) -> None:
    anna, ben, carla = person(), person(), person()
    note(carla, "shared", kind)
    note(ben, "shared", kind)
    assert persons(anna, ben, carla) == [anna.pk, ben.pk, ben.pk]
    note(anna, "shared", kind)
    assert persons(anna, ben, carla) == [anna.pk] * 3
    assert [(row.was, row.person_id) for row in ClusterChange.objects.filter(user_id=carla.pk).order_by("id")] == [
        (carla.pk, ben.pk),
        (ben.pk, anna.pk),
    ]


def test_two_kinds_of_mark_with_one_value_do_not_meet() -> None:
    anna, ben = person(), person()
    note(anna, "13800000000", MarkKind.DEVICE)
    note(ben, "13800000000", MarkKind.PAYMENT)
    assert persons(anna, ben) == [anna.pk, ben.pk]
    assert len(set(Mark.objects.values_list("digest", flat=True))) == 2
    assert not Mark.objects.filter(digest__contains="138").exists()


def test_a_household_shares_a_device_up_to_the_limit() -> None:
    members = [person() for _ in range(rules.DEVICE_SHARED_BY + 1)]
    family(*members)
    for member in members:
        note(member, "tablet")
    *spared, last = members
    assert persons(*spared) == [member.pk for member in spared]
    assert queries.person_of(last.pk) == members[0].pk


def test_a_household_does_not_excuse_a_payment_account_or_an_invitation() -> None:
    anna, ben = person(), person()
    family(anna, ben)
    note(anna, "card", MarkKind.PAYMENT)
    note(ben, "card", MarkKind.PAYMENT)
    assert persons(anna, ben) == [anna.pk, anna.pk]
    carla, dora = person(), person()
    with transaction.atomic():
        services.invite(by=carla, invitee=dora.pk, now=NOON)  # not accepted
    note(carla, "tablet")
    note(dora, "tablet")
    assert persons(carla, dora) == [carla.pk, carla.pk]


def test_a_guest_on_the_family_s_device_does_not_make_the_family_one_person() -> None:
    anna, ben, guest = person(), person(), person()
    family(anna, ben)
    for user in (anna, ben, guest):
        note(user, "tablet")
    assert persons(anna, ben, guest) == [anna.pk, ben.pk, anna.pk]


def test_an_appeal_keeps_apart_for_good_and_is_written_down() -> None:
    anna, ben, carla = person(), person(), person()
    for user in (anna, ben, carla):
        note(user, "second-hand")
    assert split(anna) == 1
    assert persons(anna, ben, carla) == [anna.pk, ben.pk, ben.pk]
    note(anna, "second-hand")
    assert persons(anna, ben, carla) == [anna.pk, ben.pk, ben.pk]
    row = AuditRow.objects.get(action="accounts.split_person")
    assert (row.by, row.subject, row.data) == ("operator", str(anna.pk), {"reason": "二手手机", "marks": 1})
    note(anna, "card", MarkKind.PAYMENT)
    note(carla, "card", MarkKind.PAYMENT)  # a new mark joins anew
    assert persons(anna, ben, carla) == [anna.pk] * 3


def test_nobody_is_split_from_nobody() -> None:
    anna = person()
    note(anna, "own")
    with pytest.raises(NotFound):
        split(anna)
    assert (AuditRow.objects.filter(action="accounts.split_person").count(), ClusterChange.objects.count()) == (0, 0)
    assert MarkHolder.objects.get().holding == "joined"


def test_an_account_takes_a_bounded_number_of_marks() -> None:
    anna = person()
    with transaction.atomic():
        for number in range(rules.MARKS_PER_ACCOUNT + 5):
            services.note_mark(user=anna, kind=MarkKind.DEVICE, value=f"invented {number}", now=NOON)
    assert MarkHolder.objects.filter(user=anna).count() == rules.MARKS_PER_ACCOUNT


def test_a_known_mark_costs_one_query(django_assert_num_queries: Any) -> None:
    anna = person()
    note(anna, "own")
    with transaction.atomic(), django_assert_num_queries(1):
        services.note_mark(user=anna, kind=MarkKind.DEVICE, value="own", now=NOON)


def test_marks_need_a_transaction() -> None:
    with pytest.raises(NoTransaction):
        services.note_mark(user=person(), kind=MarkKind.DEVICE, value="d", now=NOON)
    assert Mark.objects.count() == 0


def test_a_forgotten_telephone_joins_until_its_time_is_over() -> None:
    """Whoever deletes the account and logs in again is somebody new whose limits go on; later even that is gone."""
    anna, again = person(), person()
    note(anna, "13800000000", MarkKind.TELEPHONE)
    note(anna, "phone of anna")
    with transaction.atomic():
        services.forget(by=anna, now=NOON)
    assert list(Mark.objects.values_list("kind", flat=True)) == ["telephone"]
    note(again, "13800000000", MarkKind.TELEPHONE)
    assert queries.person_of(again.pk) == anna.pk
    for now, due in [(NOON + rules.TELEPHONE_KEPT - timedelta(seconds=1), 0), (NOON + rules.TELEPHONE_KEPT, 1)]:
        with transaction.atomic():
            assert services.drop_due_marks(now=now) == due
    assert persons(anna, again) == [anna.pk, again.pk]
    assert list(queries.cluster_disagreements()) == []


def test_a_tampered_cluster_is_found() -> None:
    anna, ben = person(), person()
    note(anna, "shared")
    note(ben, "shared")
    Cluster.objects.filter(user=ben).update(person_id=ben.pk)
    assert list(queries.cluster_disagreements()) == [f"account {ben.pk} counts as {ben.pk}, its marks say {anna.pk}"]


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 5)), max_size=30))
def test_the_rule_gives_the_components_whatever_the_order(pairs: list[tuple[int, int]]) -> None:
    ids = [UUID(int=number) for number in range(8)]
    holders = [(ids[user], mark) for user, mark in pairs]
    found = rules.people(holders)
    assert found == rules.people(reversed(holders)) == rules.people([*holders, *holders])
    for user, one in found.items():
        assert one <= user
        assert found[one] == one
    for one, mark in holders:
        assert all(found[one] == found[other] for other, same in holders if same == mark)


class Neighbourhood(RuleBasedStateMachine):
    """Random notes and appeals; a small model says who is joined."""

    @initialize()
    def move_in(self) -> None:
        self.users = [person() for _ in range(5)]
        self.joins: dict[tuple[int, int], bool] = {}

    @rule(who=st.integers(0, 4), mark=st.integers(0, 3))
    def note(self, who: int, mark: int) -> None:
        note(self.users[who], f"mark {mark} of {self.users[0].pk}")
        self.joins.setdefault((who, mark), True)

    @rule(who=st.integers(0, 4))
    def appeal(self, who: int) -> None:
        shared = {
            (mine, mark)
            for (mine, mark), joined in self.joins.items()
            if mine == who and joined and any(self.joins.get((other, mark)) for other in range(5) if other != who)
        }
        if shared:
            split(self.users[who])
        self.joins.update(dict.fromkeys(shared, False))

    @invariant()
    def persons_follow_from_marks(self) -> None:
        expected = list(range(5))
        for _ in range(5):
            for (one, mark), joined in self.joins.items():
                for other in range(5):
                    if joined and self.joins.get((other, mark)):
                        expected[one] = expected[other] = min(expected[one], expected[other])
        assert persons(*self.users) == [self.users[number].pk for number in expected]
        assert list(queries.cluster_disagreements()) == []


def test_any_order_of_notes_and_appeals_agrees_with_the_model() -> None:
    run_state_machine_as_test(
        Neighbourhood,
        settings=settings(
            max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
