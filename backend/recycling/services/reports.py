"""How a station is: said by its attendants and devices, or by three residents who agree."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from backend.accounts.models import User
from backend.accounts.queries import person_of
from backend.accounts.types import Role
from backend.audit import services as audit
from backend.core import clock
from backend.core.transactions import require_transaction
from backend.earning import queries as earning
from backend.earning.models import Station
from backend.earning.rules import distance_m
from backend.earning.types import Grade, Position, StationStatus
from backend.edge import live
from backend.recycling import errors, queries
from backend.recycling.models import StationReport
from backend.recycling.rules import reports as rules
from backend.recycling.services.thanks import thank_for_full_bin
from backend.recycling.types import Reported, Source
from backend.tokens import services as tokens
from backend.tokens.types import Purpose


def report(
    *,
    by: User,
    station_id: UUID,
    status: StationStatus,
    code: str = "",
    position: Position | None = None,
    now: datetime,
) -> Reported:
    """What `by` says about a station. An attendant's or operator's word counts at once, three residents' together.

    A resident who shows by the station's `code` that they came and found it full is thanked. Raises NotFound,
    ReportedAlready, the code's refusals, NotThisStation, PositionRequired, and those of `earning.services.award`.
    """
    require_transaction()
    station = earning.station(station_id)
    if queries.may_run_station(by, station.pk):
        source = Source.OPERATOR if by.has_role(Role.OPERATOR) else Source.ATTENDANT
        note_status(station, status, source=source, by=by.pk, at=now)
        audit.record(by=by.pk, action="recycling.report", subject=station.pk, now=now, status=status.value)
        return _as_it_is(station.pk, 0, now)
    _count_voice(station, status, by, now)
    points = _thank(station, by, code, position, now) if code and status is StationStatus.FULL else 0
    return _as_it_is(station.pk, points, now)


def note_status(station: Station, status: StationStatus, *, source: Source, by: UUID, at: datetime) -> None:
    """An authority's word. A newer one stands: a device that was offline does not bring back yesterday."""
    StationReport.objects.create(station=station, status=status, source=source, by=by, at=at)
    newer = Station.objects.filter(pk=station.pk, updated_at__lt=at)
    if newer.update(status=status, status_source=source, updated_at=at):
        _tell(station.pk)


def _count_voice(station: Station, status: StationStatus, by: User, now: datetime) -> None:
    """One person's word, once in ten minutes."""
    person = person_of(by.pk)
    turn = int(now.timestamp() // rules.BETWEEN_REPORTS.total_seconds())
    try:
        with transaction.atomic():
            StationReport.objects.create(
                station=station, status=status, source=Source.RESIDENTS, by=by.pk, person=person, turn=turn, at=now
            )
    except IntegrityError:
        raise errors.ReportedAlready(minutes=int(rules.BETWEEN_REPORTS.total_seconds() // 60)) from None
    _believe_three(station, status, now)


def _believe_three(station: Station, status: StationStatus, now: datetime) -> None:
    """Shows what three persons have agreed on since an authority last spoke.

    The row is held before counting, so that two who report at once see each other.
    """
    Station.objects.filter(pk=station.pk).update(crowd_at=F("crowd_at"))
    since = max(now - rules.AGREE_WITHIN, earning.station(station.pk).updated_at)
    agreeing = StationReport.objects.filter(station=station, status=status, source=Source.RESIDENTS, at__gt=since)
    if rules.believed(agreeing.values("person").distinct().count()):
        until = now + rules.BELIEVED_FOR
        Station.objects.filter(pk=station.pk).update(crowd_status=status, crowd_at=now, crowd_until=until)
        _tell(station.pk)


def _thank(station: Station, by: User, code: str, position: Position | None, now: datetime) -> int:
    grade = _presence(station, by, code, position, now)
    known_full = earning.station(station.pk).condition(now)[0] is StationStatus.FULL
    done = thank_for_full_bin(resident_id=by.pk, station=station, grade=grade, sure=known_full, at=now, now=now)
    return done.points


def _presence(station: Station, by: User, code: str, position: Position | None, now: datetime) -> Grade:
    """How well `code` shows that `by` stands at the station; a screen's code is burned for the person."""
    token = tokens.verify(code=code, purpose=(Purpose.STATION_SCREEN, Purpose.STATION_PRINTED), now=now)
    if token.subject != station.pk:
        raise errors.NotThisStation
    if token.purpose is Purpose.STATION_SCREEN:
        tokens.burn(token=token, burner=str(by.pk), now=now)
        return Grade.ROTATING_CODE
    if position is None or distance_m(station.place, position) > station.radius_m:
        raise errors.NotAtStation
    return Grade.PRINTED_CODE_IN_PLACE


def _as_it_is(station_id: UUID, points: int, now: datetime) -> Reported:
    return Reported(station_id, earning.station(station_id).condition(now)[0].value, points)


def group_of(station_id: UUID) -> str:
    """The channel-layer group of a station's screens."""
    return f"station.{station_id.hex}"


def _tell(station_id: UUID) -> None:
    """Shows the change on the station's screens, as it is after the commit."""
    live.tell(group_of(station_id), lambda: status_event(station_id))


def status_event(station_id: UUID) -> dict[str, object]:
    """The station's present condition, as a screen is told it."""
    status, since, source = earning.station(station_id).condition(clock.now())
    return {"type": "status", "status": status.value, "source": source, "since": clock.local(since).isoformat()}
