"""The carbon book: counted once, bounded by the day, rebooked under a later method, equal to the journal."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from backend.carbon import errors, queries, services
from backend.carbon.models import Entry, Method, MethodDraft, Rebooking
from backend.carbon.standard import METHODS
from backend.carbon.types import Counted, Factor, Foreseen
from backend.core.ids import new_id
from backend.ledger.models import Transfer
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + services.HEAD_START
BY_SLUG = {method.slug: method for method in METHODS}


def record(person: UUID, method: str = "bus", amount: int = 4000, key: str = "", variant: str = "") -> int:
    act = Counted(key or str(new_id()), person, "bus_ride", method, variant, amount, new_id())
    with transaction.atomic():
        return services.record(act=act, happened_at=NOON, now=NOON)


def rebook(now: datetime = LATER) -> int:
    """Everything that is due, two entries in each transaction; how many pieces."""
    pieces = 0
    while True:
        with transaction.atomic():
            if not services.rebook_due(now=now, limit=2):
                return pieces
        pieces += 1


def next_bus(mg: int, valid_from: datetime = NOON - timedelta(days=1)) -> Method:
    """A version drafted by one and published by another."""
    changed = replace(BY_SLUG["bus"], factors={"": Factor(mg)})
    with transaction.atomic():
        draft = services.draft_method(by="one", method=changed, valid_from=valid_from, now=NOON)
    with transaction.atomic():
        return services.publish_draft(by="another", draft_id=draft.pk, now=NOON)


def test_published_figures_are_counted_to_the_milligram() -> None:
    for method in METHODS:
        factories.method(method)
    person = factories.person().pk
    expected = {
        ("bus", 1000, ""): 26_900,
        ("metro", 10_000, ""): 467_000,
        ("bus_trip", 1, ""): 120_000,
        ("bike", 1, ""): 48,
        ("recycling", 1000, "aluminium"): 8_120_000,
        ("recycling", 1000, "kitchen"): 0,
        ("reuse", 1000, "fibre"): 0,
    }
    for (slug, amount, variant), mg in expected.items():
        assert record(person, slug, amount, variant=variant) == mg, slug
    assert sum(line.mg for line in queries.lines()) == sum(expected.values())
    assert list(queries.disagreements()) == []


def test_nothing_is_counted_twice() -> None:
    factories.method(BY_SLUG["bus"])
    person = factories.person().pk
    record(person, key="one ride")
    with pytest.raises(errors.AlreadyCounted):
        record(person, key="one ride")
    assert (Entry.objects.count(), Transfer.objects.filter(code="carbon").count()) == (1, 1)


def test_walking_counts_at_most_what_a_day_may() -> None:
    factories.method(BY_SLUG["steps"])
    person = factories.person().pk
    assert [record(person, "steps", 9000) for _ in range(3)] == [180_000, 116_000, 0]


def test_a_later_method_books_adjustments_once_and_an_undoing_after_it_leaves_nothing() -> None:
    factories.method(BY_SLUG["bus"])
    people = [factories.person().pk for _ in range(3)]
    for number, person in enumerate(people):
        record(person, key=f"ride {number}")
    with transaction.atomic():
        services.take_back(key="ride 2", left=1000, reference="r", now=NOON)
    later = next_bus(20)
    assert rebook(NOON) == 0  # not at once: acts that were being recorded come first
    for _ in range(2):  # the second time changes nothing
        rebook()
        assert [sum(line.mg for line in queries.lines_of(person)) for person in people] == [80_000, 80_000, 20_000]
        with transaction.atomic():
            services.ask_rebooking(by="one", method_id=later.pk, now=NOON)
    assert list(queries.disagreements()) == []
    with transaction.atomic():
        assert services.take_back(key="ride 0", left=0, reference="s", now=NOON) == 80_000
    assert queries.lines_of(people[0]) == [] or sum(line.mg for line in queries.lines_of(people[0])) == 0
    assert list(queries.disagreements()) == []


def test_a_rebooking_tells_its_progress_and_leaves_points_and_other_methods_alone() -> None:
    for slug in ("bus", "metro"):
        factories.method(BY_SLUG[slug])
    people = [factories.person(points=7).pk for _ in range(5)]
    for person in people:
        record(person)
        record(person, "metro")
    before = list(Transfer.objects.exclude(code="carbon").values_list("pk", "amount"))
    next_bus(20)
    assert rebook() == 3
    done = Rebooking.objects.get()
    assert (done.total, done.looked, done.adjusted, done.change_mg) == (5, 5, 5, 5 * (80_000 - 107_600))
    assert done.done_at == LATER
    assert sum(line.mg for line in queries.lines()) == sum(Entry.objects.values_list("mg", flat=True))
    assert {line.method: line.mg for line in queries.lines() if line.version == 1}["metro"] == 5 * 186_800
    assert list(Transfer.objects.exclude(code="carbon").values_list("pk", "amount")) == before
    assert list(queries.disagreements()) == []


def test_a_version_covers_acts_from_its_start_on_and_the_latest_word_counts() -> None:
    factories.method(BY_SLUG["bus"])
    person = factories.person().pk
    record(person)
    next_bus(10, NOON + timedelta(days=30))  # does not cover what has happened
    assert not Rebooking.objects.exists()
    next_bus(20, NOON - timedelta(days=2))  # a later word about an earlier time
    rebook()
    assert sum(line.mg for line in queries.lines_of(person)) == 80_000
    assert record(person) == 80_000
    late = queries.method_in_force("bus", NOON + timedelta(days=31))
    assert late is not None
    assert late.version == 3


def test_a_draft_is_published_once_by_another_and_foreseen() -> None:
    factories.method(BY_SLUG["bus"])
    record(factories.person().pk)
    changed = replace(BY_SLUG["bus"], factors={"": Factor(20)})
    start = NOON - timedelta(days=1)
    with transaction.atomic():
        draft = services.draft_method(by="one", method=changed, valid_from=start, now=NOON)
    assert queries.foresee(draft, NOON) == Foreseen(1, 107_600, 80_000)
    with pytest.raises(errors.MethodNeedsSecondPerson), transaction.atomic():
        services.publish_draft(by="one", draft_id=draft.pk, now=NOON)
    assert Method.objects.count() == 1
    with transaction.atomic():
        made = services.publish_draft(by="another", draft_id=draft.pk, now=NOON)
    assert (made.version, made.draft, made.drafted_by) == (2, draft, "one")
    for again in (draft.pk, drafted_anew(start).pk):
        with pytest.raises(errors.MethodPublished), transaction.atomic():
            services.publish_draft(by="another", draft_id=again, now=NOON)
    with pytest.raises(errors.RebookingUnderWay), transaction.atomic():
        services.ask_rebooking(by="one", method_id=made.pk, now=NOON)
    assert (Method.objects.count(), Rebooking.objects.count()) == (2, 1)


def drafted_anew(start: datetime) -> MethodDraft:
    with transaction.atomic():
        return services.draft_method(by="one", method=BY_SLUG["bus"], valid_from=start, now=NOON)


def test_the_command_tells_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    factories.method(BY_SLUG["bus"])
    record(factories.person().pk)
    next_bus(20)
    call_command("rebook_carbon", "--status")
    assert "bus v2: 0 of 1 entries, +0 mg, under way" in capsys.readouterr().err
    with pytest.raises(CommandError):
        call_command("rebook_carbon", "--again", "rocket")


def test_a_method_takes_two_people_and_a_source() -> None:
    with pytest.raises(errors.MethodNeedsSecondPerson), transaction.atomic():
        services.publish(by="one", drafted_by="one", method=BY_SLUG["bus"], valid_from=NOON, now=NOON)
    with pytest.raises(errors.BadMethod), transaction.atomic():
        services.publish(
            by="one", drafted_by="two", method=replace(BY_SLUG["bus"], source=""), valid_from=NOON, now=NOON
        )
    made = factories.method(BY_SLUG["bus"])
    same = {"slug": "x", "version": 1, "factors_data": {}, "uncertainty_percent": 1, "source": "s"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Method.objects.create(**same, drafted_by="a", published_by="a", valid_from=NOON, published_at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Method.objects.filter(pk=made.pk).update(source="somebody else")
    assert Method.objects.count() == 1


def test_every_standard_method_names_its_source() -> None:
    assert all(method.source and method.title_zh and method.title_en for method in METHODS)
