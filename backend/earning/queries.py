"""Reads of stations, awards and points."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from backend.accounts.queries import pending_account, points_account
from backend.core.errors import NotFound
from backend.earning.errors import NoRule
from backend.earning.models import Award, AwardRule, Project, Station
from backend.earning.rules import distance_m
from backend.earning.types import Activity, AwardStatus, PointsView, Position, StationStatus, StationView
from backend.ledger import queries as ledger
from backend.ledger.types import AccountRef, Asset, Kind


def points_of(resident_id: UUID, now: datetime) -> PointsView:
    """What a resident has, what of it is held, what expires when, and what still waits for review."""
    account = points_account(resident_id)
    available, held, pending = ledger.spendable(account, account.held, pending_account(resident_id), now=now)
    return PointsView(available, held, pending, expiring=ledger.expiring(account, now))


def waiting_for_review() -> "QuerySet[Award]":
    """Awards that wait for a decision; order and page them by `-id`."""
    return Award.objects.filter(status=AwardStatus.PENDING_REVIEW, review=None).select_related("station", "rule")


def project_account(project_id: UUID) -> AccountRef:
    """Where a project's points are. They keep their lots, and with them their expiry."""
    return AccountRef(Asset.POINT, f"project:{project_id}", Kind.LOTTED)


def open_projects() -> "QuerySet[Project]":
    """The projects that take donations."""
    return Project.objects.filter(open=True)


def rule_in_force(activity: Activity, now: datetime) -> AwardRule:
    """The newest rule whose [valid_from, valid_to) holds `now`. Raises NoRule."""
    live = AwardRule.objects.filter(Q(valid_to=None) | Q(valid_to__gt=now), activity=activity, valid_from__lte=now)
    found = live.order_by("-valid_from").first()
    if found is None:
        raise NoRule
    return found


def station(station_id: UUID) -> Station:
    found = Station.objects.filter(pk=station_id).first()
    if found is None:
        raise NotFound
    return found


def nearest_stations(position: Position | None, limit: int) -> list[StationView]:
    """Stations by distance from `position`, or by name where none is given. A district has hundreds, not millions."""
    views = [station_view(row, position) for row in Station.objects.order_by("name")]
    if position is not None:
        views.sort(key=lambda view: view.distance_m or 0)
    return views[:limit]


def station_view(row: Station, position: Position | None = None) -> StationView:
    return StationView(
        id=row.pk,
        name=row.name,
        address=row.address,
        lat=row.lat,
        lng=row.lng,
        status=StationStatus(row.status),
        updated_at=row.updated_at,
        distance_m=distance_m(position, row.place) if position else None,
    )
