"""Signals in the database: a cheap look at each act, a thorough one each night; nothing is refused or lost."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.types import MarkKind
from backend.core.ids import new_id
from backend.earning import errors, services
from backend.earning.models import Award, Signal, Station
from backend.earning.queries import signals as reads
from backend.earning.services import awarding
from backend.earning.types import Act, Activity, Awarded, AwardStatus, Evidence, Grade, SignalKind, SubjectKind
from tests import factories
from tests.factories import NOON
from tests.factories_evidence import operator

pytestmark = pytest.mark.django_db
WEIGHED: dict[str, Any] = {
    "rates": {"paper": [8, 1000]}, "grades": {"attended": {}, "operator_feed": {}}, "caps": [],
    "min_interval_seconds": 0,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _rule() -> None:
    factories.rule(Activity.WEIGHING, **WEIGHED)


def weigh(
    who: User, minutes: float = 0, *, station: Station | None = None, witness: UUID | None = None, grams: int = 1000,
    grade: Grade = Grade.ATTENDED,
) -> Awarded:  # fmt: skip
    at = NOON + timedelta(minutes=minutes)
    act = Act(Activity.WEIGHING, grams, grade, at, "paper")
    evidence = Evidence(str(new_id()), witness=witness)
    with transaction.atomic():
        return services.award(resident_id=who.pk, act=act, evidence=evidence, station=station, now=at)


def doubts(done: Awarded) -> list[str]:
    found: list[str] = Award.objects.get(pk=done.id).doubts
    return found


def scan(kind: SignalKind, days: float = 1) -> int:
    with transaction.atomic():
        return services.scan(kind=kind, now=NOON + timedelta(days=days))


def on_one_phone(count: int) -> list[User]:
    users = [factories.person() for _ in range(count)]
    with transaction.atomic():
        for user in users:
            accounts.note_mark(user=user, kind=MarkKind.DEVICE, value="phone", now=NOON)
    return users


def test_the_tenth_act_of_an_hour_waits_and_says_why() -> None:
    anna = factories.person()
    calm = [weigh(anna, minutes) for minutes in range(9)]
    assert {each.status for each in calm} == {AwardStatus.AWARDED}
    tenth = weigh(anna, 10)
    assert (tenth.status, doubts(tenth)) == (AwardStatus.PENDING_REVIEW, ["velocity"])
    [told] = Award.objects.get(pk=tenth.id).evidence.detail.detail["signals"]
    assert (told["kind"], told["score"], told["threshold"]) == ("velocity", 10, 10)
    assert weigh(anna, 90).status == AwardStatus.AWARDED  # an hour later it is forgotten
    assert weigh(factories.person(), 10).status == AwardStatus.AWARDED


def test_what_an_operator_reports_is_no_hurry() -> None:
    anna = factories.person()
    told = [weigh(anna, minutes, grade=Grade.OPERATOR_FEED) for minutes in range(15)]
    assert {each.status for each in told} == {AwardStatus.AWARDED}
    assert weigh(anna, 16).status == AwardStatus.AWARDED


@pytest.mark.parametrize("minutes", [2, -2])
def test_two_places_at_once(minutes: int) -> None:
    """In whatever order the two arrive."""
    anna, here = factories.person(), factories.station()
    there = factories.station()
    Station.objects.filter(pk=there.pk).update(lng=106.53)
    there.refresh_from_db()
    weigh(anna, station=here)
    assert doubts(weigh(anna, minutes, station=there)) == ["impossible_travel"]
    assert doubts(weigh(factories.person(), minutes, station=there)) == []
    assert doubts(weigh(anna, 100, station=here)) == []


def test_many_accounts_on_one_device() -> None:
    users = on_one_phone(5)
    assert doubts(weigh(users[0])) == ["shared_device"]
    with transaction.atomic():
        accounts.split_person(by="test", user_id=users[0].pk, reason="appeal", now=NOON)
    assert (doubts(weigh(users[0])), doubts(weigh(users[1]))) == ([], [])  # four are left on it


def test_a_look_costs_two_queries_and_one_of_them_was_there() -> None:
    anna, station = factories.person(), factories.station()
    weigh(anna, station=station)
    with CaptureQueriesContext(connection) as asked, transaction.atomic():
        awarding.look_at(
            resident_id=anna.pk,
            act=Act(Activity.WEIGHING, 1, Grade.ATTENDED, NOON),
            evidence=Evidence("x", witness=new_id()),
            station=station,
        )
    assert len([each for each in asked if each["sql"].startswith("SELECT")]) == 2


def heavy_month() -> tuple[UUID, UUID]:
    """Nine attendants weigh a kilogram, the tenth writes three."""
    anna, witnesses = factories.person(), [new_id() for _ in range(10)]
    made = weigh(anna)
    template = Award.objects.select_related("evidence").get(pk=made.id)
    rows = [(witness, number) for witness in witnesses for number in range(30)]
    for witness, number in rows:
        copy_of(template, witness, 3000 if witness == witnesses[-1] else 1000 + number, number)
    return witnesses[0], witnesses[-1]


def copy_of(award: Award, witness: UUID, amount: int, number: int, person: UUID | None = None) -> None:
    """A month of rows is made by copying one, because each of them booked would take minutes."""
    evidence = type(award.evidence).objects.create(key=str(new_id()), grade=award.grade, at=award.at)
    fields = {each.attname: getattr(award, each.attname) for each in Award._meta.concrete_fields if each.name != "id"}
    changed = {
        "evidence_id": evidence.pk, "witness_id": witness, "amount": amount, "person_id": person or new_id(),
        "happened_at": NOON + timedelta(minutes=number), "event_id": new_id(),
    }  # fmt: skip
    Award.objects.create(**fields | changed)


def test_a_heavy_hand_is_found_once_watched_and_let_go() -> None:
    honest, heavy = heavy_month()
    assert scan(SignalKind.WEIGHT_OUTLIER) == 1
    assert scan(SignalKind.WEIGHT_OUTLIER) == 0
    signal = Signal.objects.get()
    assert (signal.subject_id, signal.subject_kind, signal.state) == (heavy, SubjectKind.WITNESS, "open")
    assert "3.0" in signal.en or "2.9" in signal.en
    ben = factories.person()
    assert doubts(weigh(ben, witness=heavy)) == ["under_watch"]
    assert doubts(weigh(ben, witness=honest)) == []
    chief = operator()
    with transaction.atomic():
        services.decide_signal(by=chief, signal_id=signal.pk, confirm=True, reason="秤坏了", now=NOON)
    assert doubts(weigh(ben, witness=heavy)) == ["under_watch"]
    with transaction.atomic():
        services.decide_signal(by=chief, signal_id=signal.pk, confirm=False, reason="已换秤", now=NOON)
    assert doubts(weigh(ben, witness=heavy)) == []
    with pytest.raises(errors.SignalDecided), transaction.atomic():
        services.decide_signal(by=chief, signal_id=signal.pk, confirm=True, reason="再查", now=NOON)
    assert scan(SignalKind.WEIGHT_OUTLIER) == 0  # dismissed for this month
    signal.refresh_from_db()
    assert (signal.state, signal.reason) == ("dismissed", "已换秤")


def test_the_same_few_people() -> None:
    anna = factories.person()
    template = Award.objects.select_related("evidence").get(pk=weigh(anna).id)
    honest, cousin = new_id(), new_id()
    for number in range(60):
        copy_of(template, honest, 1000, number)
        copy_of(template, cousin, 1000, number, person=UUID(int=number % 3))
    assert scan(SignalKind.FEW_PEOPLE) == 1
    assert Signal.objects.get().subject_id == cousin


def test_receipts_just_above_what_fills_the_cap() -> None:
    caps = [factories.cap("person", "day", "points", 50)]
    factories.rule(Activity.GREEN_PURCHASE, rates={"": [1, 1000]}, caps=caps, min_interval_seconds=0)
    template = Award.objects.select_related("evidence").get(pk=weigh(factories.person()).id)
    template.activity, honest, keen = Activity.GREEN_PURCHASE.value, new_id(), new_id()
    for number in range(40):
        copy_of(template, honest, 38_000 + number * 600, number)
        copy_of(template, keen, 50_000 + number, number)
    assert scan(SignalKind.JUST_ABOVE) == 1
    assert Signal.objects.get().subject_id == keen


def test_busy_days_crowds_and_journeys() -> None:
    users, here, there = on_one_phone(5), factories.station(), factories.station()
    Station.objects.filter(pk=there.pk).update(lng=106.53)
    busy = factories.person()
    for number in range(25):
        weigh(busy, number * 25)
    for number in range(4):
        weigh(users[0], number * 2, station=Station.objects.get(pk=(here, there)[number % 2].pk))
    found = {kind: scan(kind) for kind in SignalKind}
    assert found == dict.fromkeys(SignalKind, 0) | {
        SignalKind.VELOCITY: 1, SignalKind.SHARED_DEVICE: 1, SignalKind.IMPOSSIBLE_TRAVEL: 1,
    }  # fmt: skip
    assert Signal.objects.get(kind="velocity").subject_id == busy.pk
    assert doubts(weigh(busy, 2000)) == ["under_watch"]


def test_a_clean_month_is_quiet_and_last_month_is_looked_at_once_more() -> None:
    anna = factories.person()
    for number in range(8):
        weigh(anna, number * 60)
    assert {scan(kind, days=25.6) for kind in SignalKind} == {0}
    assert reads.signals().count() == 0
