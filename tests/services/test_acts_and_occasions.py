"""Acts that a counter confirms, and being at an occasion: registered, once, never for oneself."""

from typing import Any

import pytest
from django.db import transaction

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.queries import points_account
from backend.accounts.types import MarkKind
from backend.core.errors import Forbidden
from backend.earning.errors import CapReached, NoRule
from backend.earning.models import Award
from backend.earning.types import Activity
from backend.ledger import queries as ledger
from backend.purchases import errors, queries, services
from backend.purchases.models import Attendance, ConfirmedAct, Permit, Seats
from backend.tokens.errors import CodeExpired, CodeUsed, CodeWrongPurpose
from tests import factories
from tests import factories_purchases as green
from tests.factories import NOON, person
from tests.factories_campaigns import DAY, counter, store

pytestmark = pytest.mark.django_db(transaction=True)


def points(of: User) -> int:
    return ledger.balance(points_account(of.pk))


def confirm(cashier: User, who: User, activity: Activity = Activity.OWN_CUP, shown: Any = NOON, now: Any = NOON) -> Any:
    with transaction.atomic():
        return services.confirm(
            by=cashier, store_id=None, resident_code=green.resident_code(who, shown), activity=activity, now=now
        )


@pytest.fixture
def cashier() -> User:
    """At a store without any certificate, which may confirm own cups."""
    factories.rule(Activity.OWN_CUP, points=3, per_day=2, min_interval_seconds=0)
    at = store()
    green.permit(at)
    return counter(at)


def test_a_registered_counter_confirms_an_act(cashier: User) -> None:
    who = person()
    done = confirm(cashier, who)
    assert (done.awarded.points, points(who), ConfirmedAct.objects.get().pk) == (3, 3, done.id)
    assert "在「较场口店」自带杯" in done.awarded.why_zh
    assert list(queries.disagreements()) == []


def test_one_showing_of_a_code_is_one_act_of_a_kind(cashier: User) -> None:
    who, later = person(), NOON + DAY / 24
    confirm(cashier, who)
    with pytest.raises(CodeUsed):
        confirm(cashier, who)
    with pytest.raises(CodeExpired):
        confirm(cashier, who, now=later)
    confirm(cashier, who, shown=later, now=later)
    with pytest.raises(CapReached):
        confirm(cashier, who, shown=later + DAY / 24, now=later + DAY / 24)
    assert (points(who), ConfirmedAct.objects.count()) == (6, 2)


def test_only_what_is_registered_is_confirmed_and_only_there(cashier: User) -> None:
    who = person()
    with pytest.raises(errors.ActNotRegistered) as wrong:
        confirm(cashier, who, Activity.TRADE_IN)
    assert wrong.value.data == {"activity": "trade_in", "registered": ["own_cup"]}
    with pytest.raises(Forbidden):
        confirm(person(), who)
    with pytest.raises(errors.OwnTill):
        confirm(cashier, cashier)
    with transaction.atomic():
        services.end(by="test", kind=Permit, row_id=Permit.objects.get().pk, now=NOON)
    with pytest.raises(errors.ActNotRegistered):
        confirm(cashier, who)
    assert (points(who), points(cashier), Award.objects.count()) == (0, 0, 0)


def test_an_act_without_a_rule_earns_nothing(cashier: User) -> None:
    green.permit(Permit.objects.get().store, Activity.CLEAN_PLATE)
    with pytest.raises(NoRule):
        confirm(cashier, person(), Activity.CLEAN_PLATE)
    assert Award.objects.count() == 0


@pytest.fixture
def _classes() -> None:
    factories.rule(Activity.GREEN_CLASS, points=20, per_day=5, min_interval_seconds=0)


@pytest.mark.usefixtures("_classes")
def test_everybody_there_earns_once_whatever_their_accounts() -> None:
    of, who, twin = green.occasion(), person(), person()
    with transaction.atomic():
        for each in (who, twin):
            accounts.note_mark(user=each, kind=MarkKind.DEVICE, value="one phone", now=NOON)
    assert green.attend(who, of).awarded.points == 20
    for again in (who, twin):
        with pytest.raises(errors.AlreadyAttended):
            green.attend(again, of)
    assert (points(who), points(twin), Attendance.objects.count()) == (20, 0, 1)
    assert Seats.objects.get().used == 1
    assert list(queries.disagreements()) == []


@pytest.mark.usefixtures("_classes")
def test_an_occasion_is_open_within_its_time_and_places() -> None:
    of, late = green.occasion(capacity=1), person()
    for now in (of.starts_at - DAY / 86400, of.ends_at):
        with pytest.raises(errors.OccasionNotOpen):
            green.attend(late, of, now)
    green.attend(person(), of, of.starts_at)
    with pytest.raises(errors.OccasionFull) as full:
        green.attend(late, of)
    assert full.value.data == {"capacity": 1}
    assert (points(late), Attendance.objects.count()) == (0, 1)


@pytest.mark.usefixtures("_classes")
def test_a_cancelled_occasion_takes_nobody_more() -> None:
    of, who = green.occasion(), person()
    with transaction.atomic():
        services.cancel_occasion(by="test", occasion_id=of.pk, now=NOON)
    with pytest.raises(errors.OccasionNotOpen):
        green.attend(who, of)
    with pytest.raises(errors.RegistrationEnded), transaction.atomic():
        services.cancel_occasion(by="test", occasion_id=of.pk, now=NOON)
    assert (points(who), Attendance.objects.count()) == (0, 0)


@pytest.mark.usefixtures("_classes")
def test_a_code_of_another_kind_or_time_attends_nothing() -> None:
    of, who = green.occasion(), person()
    with pytest.raises(CodeWrongPurpose), transaction.atomic():
        services.attend(by=who, code=green.resident_code(who), now=NOON)
    old = green.occasion_code(of, NOON)
    with pytest.raises(CodeExpired), transaction.atomic():
        services.attend(by=who, code=old, now=NOON + DAY / 24 / 12)
    assert (points(who), Attendance.objects.count()) == (0, 0)


@pytest.mark.usefixtures("_classes")
def test_the_organiser_shows_the_code_and_earns_nothing() -> None:
    of, stranger = green.occasion("13900008888"), person()
    with transaction.atomic():
        organiser = accounts.person_of(phone="13900008888", now=NOON)
    assert services.code_of(by=organiser, occasion_id=of.pk, now=NOON).payload
    with pytest.raises(Forbidden):
        services.code_of(by=stranger, occasion_id=of.pk, now=NOON)
    with pytest.raises(errors.OwnOccasion):
        green.attend(organiser, of)
    assert (points(organiser), Attendance.objects.count()) == (0, 0)
