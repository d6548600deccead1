"""The attended scale: what a weighing books, when a line earns nothing, and how a line is set right."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from backend.accounts.models import User
from backend.carbon import queries as carbon_book
from backend.core.errors import Forbidden, NotFound
from backend.earning import queries as earning
from backend.earning.errors import CapReached, TooLittle
from backend.earning.models import Award, Station
from backend.ledger import proof
from backend.ledger.models import Transfer
from backend.recycling import errors, services
from backend.recycling.models import Correction, Weighing, WeighingLine
from backend.recycling.rules.weighing import MOST_GRAMS, set_right
from backend.recycling.types import Line, Material
from backend.tokens.errors import CodeExpired, CodeForged, CodeUsed, CodeWrongPurpose
from backend.tokens.models import Burn
from tests import factories
from tests.factories import NOON, person
from tests.factories_recycling import attendant, code_of, screen_code, standard_rules, weigh

GLASS, PET = Line(Material.GLASS, 1000), Line(Material.PET, 500)
MINUTES = timedelta(minutes=1)


@pytest.fixture
def station(db: None) -> Station:
    standard_rules()
    return factories.station(name="较场口回收点")


@pytest.fixture
def staff(station: Station) -> User:
    return attendant(station)


def moved() -> tuple[int, ...]:
    """How many rows a weighing could have written."""
    transfers = Transfer.objects.exclude(code="appropriation").count()
    return transfers, *(each._default_manager.count() for each in (Award, Burn, Weighing, WeighingLine, Correction))


def points(of: User) -> int:
    return earning.points_of(of.pk, NOON).balance


def correct(by: User, of: Any, right: Line, *, position: int = 0, after: timedelta = MINUTES) -> Correction:
    with transaction.atomic():
        return services.correct(
            by=by, weighing_id=of.id, position=position, right=right, reason="秤未归零", now=NOON + after
        )


def test_a_weighing_is_an_award_for_each_line(staff: User) -> None:
    resident = person()
    done = weigh(staff, resident, Line(Material.PAPER, 2000), GLASS)
    assert (done.points, done.carbon_mg) == (16 + 4, 2000 * 220 + 1000 * 580)
    assert points(resident) == 20
    first, second = WeighingLine.objects.order_by("position")
    assert (first.material, first.grams, first.award.points) == ("paper", 2000, 16)
    assert "在「较场口回收点」回收玻璃 1000 克" in second.award.why_zh
    assert list(proof.balances()) == []


def test_kitchen_waste_earns_points_and_claims_no_carbon(staff: User) -> None:
    done = weigh(staff, person(), Line(Material.KITCHEN, 2000))
    assert (done.points, done.carbon_mg) == (6, 0)


def test_a_code_is_good_for_one_weighing(staff: User) -> None:
    resident = person()
    code = code_of(resident)
    weigh(staff, resident, resident_code=code)
    before = moved()
    with pytest.raises(CodeUsed):
        weigh(staff, resident, resident_code=code)
    assert moved() == before


def test_codes_that_are_not_a_resident_s_present_one_move_nothing(station: Station, staff: User) -> None:
    resident, before = person(), moved()
    old = code_of(resident, NOON - 3 * MINUTES)
    forged = ("A" if code_of(resident)[20] != "A" else "B").join([code_of(resident)[:20], code_of(resident)[21:]])
    for code, refusal in [(old, CodeExpired), (forged, CodeForged), (screen_code(station), CodeWrongPurpose)]:
        with pytest.raises(refusal):
            weigh(staff, resident, resident_code=code)
    assert moved() == before


def test_only_the_station_s_attendant_weighs_there(staff: User) -> None:
    elsewhere, resident, before = factories.station(), person(), moved()
    with pytest.raises(Forbidden):
        weigh(staff, resident, station_id=elsewhere.pk)
    with pytest.raises(Forbidden):
        weigh(person(), resident)
    assert moved() == before


def test_who_attends_two_stations_says_at_which(station: Station) -> None:
    other = factories.station()
    both, resident = attendant(station, other), person()
    with pytest.raises(errors.StationRequired) as refused:
        weigh(both, resident)
    assert {each["id"] for each in refused.value.data["stations"]} == {str(station.pk), str(other.pk)}
    assert Weighing.objects.get(pk=weigh(both, resident, station_id=other.pk).id).station == other


def test_nobody_weighs_for_themselves(staff: User) -> None:
    before = moved()
    with pytest.raises(errors.OwnWeighing):
        weigh(staff, staff)
    assert moved() == before
    with pytest.raises(IntegrityError), transaction.atomic():
        Weighing.objects.create(resident_id=staff.pk, by=staff.pk, weighed_by="collector", at=NOON)


def test_a_line_that_earns_nothing_is_kept_beside_those_that_do(staff: User) -> None:
    resident = person()
    done = weigh(staff, resident, Line(Material.PAPER, 10), GLASS)
    assert done.points == 4
    assert [(line.refused, line.award is None) for line in WeighingLine.objects.order_by("position")] == [
        ("too_little", True),
        ("", False),
    ]


def test_a_weighing_of_which_no_line_earns_is_refused_whole(staff: User) -> None:
    resident, before = person(), moved()
    with pytest.raises(TooLittle):
        weigh(staff, resident, Line(Material.PAPER, 10), Line(Material.GLASS, 10))
    assert moved() == before
    weigh(staff, resident, Line(Material.ALUMINIUM, 100_000), now=NOON)
    before = moved()
    with pytest.raises(CapReached):
        weigh(staff, resident, GLASS, now=NOON + 2 * MINUTES)
    assert moved() == before


@pytest.mark.parametrize(
    ("right", "points_then", "carbon"),
    [
        (Line(Material.PAPER, 1000), 8, 220_000),
        (Line(Material.PAPER, 3000), 24, 660_000),
        (Line(Material.PAPER, 0), 0, 0),
        (Line(Material.GLASS, 2000), 8, 1_160_000),
    ],
)
def test_a_corrected_line_leaves_the_books_of_the_right_one(
    staff: User, right: Line, points_then: int, carbon: int
) -> None:
    resident = person()
    done = weigh(staff, resident, Line(Material.PAPER, 2000))
    made = correct(staff, done, right)
    assert (made.grams, made.reason, points(resident)) == (right.grams, "秤未归零", points_then)
    assert sum(line.mg for line in carbon_book.lines_of(resident.pk)) == carbon
    assert list(proof.balances()) == []


def test_a_correction_is_made_once_in_time_and_by_who_weighed(station: Station, staff: User) -> None:
    resident, colleague = person(), attendant(station)
    done, right = weigh(staff, resident), Line(Material.PAPER, 1000)
    before = moved()
    for by, after, refusal in [
        (staff, 10 * MINUTES, errors.CorrectionTooLate),
        (colleague, MINUTES, NotFound),
        (resident, MINUTES, NotFound),
    ]:
        with pytest.raises(refusal):
            correct(by, done, right, after=after)
    with pytest.raises(NotFound):
        correct(staff, done, right, position=1)
    with pytest.raises(errors.NothingToCorrect):
        correct(staff, done, Line(Material.PAPER, 2000))
    assert moved() == before
    correct(staff, done, right, after=10 * MINUTES - timedelta(seconds=1))
    before = moved()
    with pytest.raises(errors.AlreadyCorrected):
        correct(staff, done, Line(Material.PAPER, 500))
    assert moved() == before


_LINES = st.builds(Line, st.sampled_from(Material), st.integers(0, MOST_GRAMS))


@given(old=_LINES.filter(lambda line: line.grams > 0), right=_LINES)
def test_what_goes_back_and_what_is_added_make_the_right_line(old: Line, right: Line) -> None:
    if old == right:
        with pytest.raises(errors.NothingToCorrect):
            set_right(old, right)
        return
    back, added = set_right(old, right)
    left = {old.material: old.grams - back}
    if added:
        left[added.material] = left.get(added.material, 0) + added.grams
    assert 0 <= back <= old.grams
    assert {material: grams for material, grams in left.items() if grams} == (
        {right.material: right.grams} if right.grams else {}
    )
