"""How a station is: who is believed, for how long, and who is thanked for finding it full."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.types import MarkKind
from backend.core.errors import Forbidden, NotFound
from backend.core.ids import new_id
from backend.earning import queries as earning
from backend.earning.errors import EvidenceAlreadyUsed
from backend.earning.models import Award, Station
from backend.earning.services import check_in
from backend.earning.types import Position, StationStatus
from backend.recycling import errors, queries, services
from backend.recycling.models import Display, StationReport
from backend.recycling.types import Reported
from backend.tokens import services as tokens
from backend.tokens.errors import CodeUsed
from backend.tokens.types import Purpose
from tests import factories
from tests.factories import NOON, person
from tests.factories_recycling import attendant, operator, screen_code, standard_rules

pytestmark = pytest.mark.django_db
FULL, OPEN = StationStatus.FULL, StationStatus.OPEN
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def station() -> Station:
    standard_rules()
    return factories.station(now=NOON - HOUR)


def say(by: User, station: Station, status: StationStatus = FULL, now: datetime = NOON, **more: Any) -> Reported:
    with transaction.atomic():
        return services.report(by=by, station_id=station.pk, status=status, now=now, **more)


def shown(station: Station, now: datetime = NOON) -> tuple[str, str]:
    status, _, source = earning.station(station.pk).condition(now)
    return status.value, source


def test_an_attendant_s_and_an_operator_s_word_counts_at_once(station: Station) -> None:
    assert say(attendant(station), station, FULL).status == "full"
    assert shown(station) == ("full", "attendant")
    say(operator(), station, StationStatus.QUEUE, NOON + MINUTE)
    assert shown(station, NOON + MINUTE) == ("queue", "operator")


def test_three_persons_who_agree_within_the_hour_are_believed_until_it_expires(station: Station) -> None:
    for minutes in (0, 20):
        assert say(person(), station, now=NOON + minutes * MINUTE).status == "open"
    assert say(person(), station, OPEN, now=NOON + 30 * MINUTE).status == "open"  # disagrees, and does not count
    third = NOON + 59 * MINUTE
    assert say(person(), station, now=third).status == "full"
    view = earning.station_view(earning.station(station.pk), third)
    assert (view.status, view.status_source, view.updated_at) == (FULL, "residents", third)
    assert shown(station, third + 2 * HOUR - MINUTE) == ("full", "residents")
    assert shown(station, third + 2 * HOUR) == ("open", "operator")


def test_words_older_than_an_hour_do_not_count(station: Station) -> None:
    for minutes in (0, 1, 60):
        say(person(), station, now=NOON + minutes * MINUTE)
    assert shown(station, NOON + 60 * MINUTE) == ("open", "operator")


def test_an_attendant_s_newer_word_ends_the_crowd_s(station: Station) -> None:
    for _ in range(3):
        say(person(), station)
    say(attendant(station), station, OPEN, NOON + MINUTE)
    assert shown(station, NOON + MINUTE) == ("open", "attendant")


def test_what_residents_said_before_an_attendant_s_word_counts_no_more(station: Station) -> None:
    for _ in range(2):
        say(person(), station)
    say(attendant(station), station, OPEN, NOON + MINUTE)
    for minutes in (2, 3):
        assert say(person(), station, now=NOON + minutes * MINUTE).status == "open"
    assert say(person(), station, now=NOON + 4 * MINUTE).status == "full"


def test_one_person_is_one_voice_whatever_accounts_they_have(station: Station) -> None:
    one = person()
    say(one, station)
    with pytest.raises(errors.ReportedAlready):
        say(one, station)
    twins = [person(), person()]
    for each in (one, *twins):
        with transaction.atomic():
            accounts.note_mark(user=each, kind=MarkKind.PAYMENT, value="alipay-1", now=NOON)
    for minutes, each in [(11, one), (22, twins[0]), (33, twins[1])]:
        say(each, station, now=NOON + minutes * MINUTE)
    assert shown(station, NOON + 33 * MINUTE) == ("open", "operator")


def test_a_report_on_nothing_is_not_found(station: Station) -> None:
    with pytest.raises(NotFound), transaction.atomic():
        services.report(by=person(), station_id=new_id(), status=FULL, now=NOON)
    assert StationReport.objects.count() == 0


# -- thanks -----------------------------------------------------------------------------------------------------------


def test_who_shows_that_they_found_it_full_is_thanked_once_a_day(station: Station) -> None:
    say(attendant(station), station)
    resident, other = person(), factories.station()
    assert say(resident, station, code=screen_code(station)).points == 3
    later = NOON + 20 * MINUTE
    say(attendant(other), other, now=later)
    before = StationReport.objects.count()
    with pytest.raises(EvidenceAlreadyUsed):
        say(resident, other, now=later, code=screen_code(other, later))
    assert (StationReport.objects.count(), Award.objects.count()) == (before, 1)
    assert earning.points_of(resident.pk, NOON).balance == 3


def test_thanks_wait_for_a_review_where_nobody_else_says_so(station: Station) -> None:
    resident = person()
    say(resident, station, code=screen_code(station))
    award = Award.objects.get()
    assert (award.status, award.doubts) == ("pending_review", ["bin_not_known_full"])
    assert earning.points_of(resident.pk, NOON).balance == 0


def test_no_thanks_without_presence(station: Station) -> None:
    say(attendant(station), station)
    resident, elsewhere = person(), factories.station()
    printed = tokens.issue(purpose=Purpose.STATION_PRINTED, subject=station.pk, now=NOON).payload
    far = Position(station.lat + 0.01, station.lng)
    for more, refusal in [
        ({"code": screen_code(elsewhere)}, errors.NotThisStation),
        ({"code": printed}, errors.NotAtStation),
        ({"code": printed, "position": far}, errors.NotAtStation),
    ]:
        with pytest.raises(refusal):
            say(resident, station, **more)
    assert Award.objects.count() == 0
    assert say(resident, station).points == 0
    assert say(person(), station, code=printed, position=station.place).points == 3


def test_a_screen_s_code_is_good_once_for_a_person_for_whatever_they_do(station: Station) -> None:
    say(attendant(station), station, FULL)
    resident, code = person(), screen_code(station)
    with transaction.atomic():
        check_in(by=resident, code=code, position=None, now=NOON)
    before = StationReport.objects.count()
    with pytest.raises(CodeUsed):
        say(resident, station, code=code)
    assert (StationReport.objects.count(), Award.objects.count()) == (before, 1)
    assert say(person(), station, code=code).points == 3


# -- screens ----------------------------------------------------------------------------------------------------------


def test_a_screen_is_enrolled_by_who_runs_the_station_and_its_secret_is_not_kept(station: Station) -> None:
    for by in (attendant(station), operator()):
        with transaction.atomic():
            made = services.enrol_display(by=by, station_id=station.pk, name="门口屏", now=NOON)
        found = queries.display_of(made.secret)
        assert found is not None
        assert (found.pk, found.station_id) == (made.id, station.pk)
        assert made.secret not in str(list(Display.objects.values()))
    for stranger in (person(), attendant(factories.station())):
        with pytest.raises(Forbidden), transaction.atomic():
            services.enrol_display(by=stranger, station_id=station.pk, name="门口屏", now=NOON)
        with pytest.raises(Forbidden), transaction.atomic():
            services.revoke_display(by=stranger, display_id=made.id, now=NOON)
    with transaction.atomic():
        services.revoke_display(by=operator(), display_id=made.id, now=NOON)
    assert queries.display_of(made.secret) is None
    assert Display.objects.count() == 2
