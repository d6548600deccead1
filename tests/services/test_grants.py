"""Lists: every fault is told by its line, a second person approves what was shown, and each person gets one."""

import pytest
from django.db import transaction

from backend.accounts import services as accounts
from backend.core.ids import new_id
from campaigns import services
from campaigns.errors import (
    GrantChanged,
    GrantFileInvalid,
    GrantNotReady,
    GrantTooLarge,
    NotClaimable,
    SecondPersonNeeded,
    WrongWay,
)
from campaigns.models import Grant, GrantLine, GrantUse, Offer, Voucher
from campaigns.queries import ways
from campaigns.types import NewGrant
from tests.factories import NOON, person
from tests.factories_campaigns import DAY, DRAFTER, claim, offer
from tests.factories_ways import approve_list, disagreements, offer_by, run, send_list

pytestmark = pytest.mark.django_db


def read(text: str, of: Offer) -> Grant:
    grant = send_list(of, text)
    run(services.advance_grants, limit=2)
    grant.refresh_from_db()
    return grant


def test_each_faulty_line_is_told_with_its_number_and_the_others_are_handed_out() -> None:
    of, anna, ben = offer_by(NewGrant()), person(), person()
    text = f'居民,备注\n{anna.pk},老党员\nnobody\n13700000000\n\n{ben.pk}\n{anna.pk}\n{new_id()}\n"open\n'
    grant = read(text, of)
    assert (grant.status, grant.good, grant.content) == ("ready", 2, "")
    faults = [(row.number, row.fault, row.shown) for row in ways.faults_of(grant)]
    assert [(number, fault) for number, fault, _ in faults] == [
        (3, "unreadable"), (4, "unknown"), (7, "duplicate"), (8, "unknown"), (9, "unreadable")
    ]  # fmt: skip
    assert faults[1][2] == "137****0000"
    assert Voucher.objects.count() == 0
    approve_list(grant)
    run(services.advance_grants, limit=1)
    rows = Voucher.objects.order_by("pk").values_list("resident_id", "points_paid", "source")
    assert list(rows) == [(anna.pk, 0, "grant"), (ben.pk, 0, "grant")]
    assert Grant.objects.get().status == "done"
    assert disagreements() == []


def test_a_telephone_names_its_person_however_it_is_written() -> None:
    of = offer_by(NewGrant())
    person()
    with transaction.atomic():
        user = accounts.person_of(phone="13612345678", now=NOON)
    grant = read("\ufeffphone\r\n+86 136-1234-5678\r\n", of)
    assert GrantLine.objects.get(grant=grant).resident_id == user.pk


def test_the_same_file_is_the_same_list() -> None:
    of, anna = offer_by(NewGrant()), person()
    first = read(f"{anna.pk}\n", of)
    approve_list(first)
    run(services.advance_grants)
    again = send_list(of, f"{anna.pk}\n")
    assert again.pk == first.pk
    run(services.advance_grants)
    assert Voucher.objects.count() == 1
    other = read(f"{anna.pk}\n# another file\n", of)
    assert ways.faults_of(other)[0].fault == "over_limit"


def test_a_run_that_is_cut_off_goes_on_where_it_was() -> None:
    of, people = offer_by(NewGrant()), [person() for _ in range(5)]
    grant = read("".join(f"{each.pk}\n" for each in people), of)
    approve_list(grant)
    run(services.advance_grants, pieces=1, limit=2)
    assert Voucher.objects.count() == 2
    with transaction.atomic():
        services.advance_grants(now=NOON, limit=2)
        transaction.set_rollback(True)  # the worker is killed before it commits
    assert Voucher.objects.count() == 2
    run(services.advance_grants, limit=2)
    assert sorted(Voucher.objects.values_list("resident_id", flat=True)) == sorted(each.pk for each in people)
    assert disagreements() == []


def test_a_second_person_approves_what_was_shown_and_nothing_else() -> None:
    of, anna = offer_by(NewGrant()), person()
    grant = send_list(of, f"{anna.pk}\n")
    with pytest.raises(GrantNotReady):
        approve_list(grant)
    run(services.advance_grants)
    with pytest.raises(SecondPersonNeeded):
        approve_list(grant, by=DRAFTER)
    with pytest.raises(GrantChanged):
        approve_list(grant, preview="0" * 64)
    run(services.advance_grants)
    assert (Grant.objects.get().status, Voucher.objects.count()) == ("ready", 0)
    with transaction.atomic():
        services.reject_grant(by=DRAFTER, grant_id=grant.pk, reason="错", now=NOON)
    with pytest.raises(GrantNotReady):
        approve_list(grant)
    assert disagreements() == []


def test_approved_lists_together_never_want_more_than_the_stock() -> None:
    of, people = offer_by(NewGrant(), stock=3), [person() for _ in range(4)]
    first = read("".join(f"{each.pk}\n" for each in people[:2]), of)
    second = read("".join(f"{each.pk}\n" for each in people[2:]), of)
    approve_list(first)
    with pytest.raises(GrantTooLarge):
        approve_list(second)
    assert (Grant.objects.get(pk=second.pk).status, GrantUse.objects.get().used) == ("ready", 2)
    run(services.advance_grants)
    assert Voucher.objects.count() == 2
    assert disagreements() == []


def test_lists_are_for_their_own_kind_of_offer_and_of_a_bounded_size() -> None:
    of = offer_by(NewGrant())
    with pytest.raises(NotClaimable):
        claim(person(points=100), of)
    with pytest.raises(GrantFileInvalid):
        send_list(of, " \n")
    with pytest.raises(GrantFileInvalid):
        send_list(of, "x\n" * 20_010)
    with pytest.raises(WrongWay):
        send_list(offer(), "x\n")
    assert (Grant.objects.count(), Voucher.objects.count()) == (0, 0)


def test_a_list_waits_for_the_next_day_s_budget_and_through_a_pause() -> None:
    of, people = offer_by(NewGrant(), campaign={"day_budget_fen": 500}), [person(), person()]
    grant = read("".join(f"{each.pk}\n" for each in people), of)
    approve_list(grant)
    assert run(services.advance_grants) == 1
    assert run(services.advance_grants, NOON + DAY) == 1
    assert (Grant.objects.get().status, Voucher.objects.count()) == ("done", 2)
    assert disagreements() == []
