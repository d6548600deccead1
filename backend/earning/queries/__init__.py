"""Reads of stations, awards and points."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from backend.accounts.queries import pending_account, points_account
from backend.core import clock
from backend.core.errors import NotFound
from backend.earning.errors import NoRule
from backend.earning.models import Award, AwardRule, Boost, Project, RuleDraft, Station
from backend.earning.rules import distance_m
from backend.earning.types import (
    Act,
    Activity,
    AppealState,
    AwardStatus,
    CapScope,
    Grade,
    PastAct,
    PointsView,
    Position,
    Rate,
    StationView,
    Working,
)
from backend.ledger import queries as ledger
from backend.ledger.types import AccountRef, Asset, Kind


def points_of(resident_id: UUID, now: datetime) -> PointsView:
    """What a resident has, what of it is held, what expires when, and what still waits for review."""
    account = points_account(resident_id)
    available, held, pending = ledger.spendable(account, account.held, pending_account(resident_id), now=now)
    return PointsView(available, held, pending, expiring=ledger.expiring(account, now))


def balance_event(resident_id: UUID) -> dict[str, int]:
    """The figures of the `balance` event, as they are now."""
    points = points_of(resident_id, clock.now())
    return {"balance": points.balance, "available": points.available, "pending": points.pending}


def waiting(status: AwardStatus) -> "QuerySet[Award]":
    """Awards that wait: for a person's decision, or for their time."""
    return Award.objects.filter(status=status, review=None)


def waiting_for_review() -> "QuerySet[Award]":
    """Awards that wait for a decision; order and page them by `-id`."""
    return waiting(AwardStatus.PENDING_REVIEW).select_related("station", "rule")


def awards_of(resident_id: UUID) -> "QuerySet[Award]":
    """A resident's awards with their rule and how their wait ended; order and page them by `-id`."""
    return Award.objects.filter(resident_id=resident_id).select_related(
        "rule", "review", "station", "evidence", "appeal", "photo"
    )


def is_under_review(award: Award) -> bool:
    """Whether a person has yet to decide: on the award itself, or on the appeal against its rejection."""
    appeal = getattr(award, "appeal", None)
    if appeal is not None:
        return bool(appeal.state == AppealState.FILED)
    return award.status == AwardStatus.PENDING_REVIEW and getattr(award, "review", None) is None


def award_of(resident_id: UUID, award_id: UUID) -> Award:
    """One of a resident's awards. Raises NotFound."""
    found = awards_of(resident_id).filter(pk=award_id).first()
    if found is None:
        raise NotFound
    return found


def issue_reference(award: Award) -> str:
    """The ledger's name for the transfer that issued an award's points."""
    return f"award:{award.pk}"


def memo_of(award: Award, more_zh: str = "", more_en: str = "") -> dict[str, object]:
    """What the journal says of an award's transfers."""
    return {"why_zh": award.why_zh + more_zh, "why_en": award.why_en + more_en, "award": str(award.pk)}


def act_of(award: Award) -> Act:
    """The act that an award was given for, as the rules saw it."""
    return Act(
        Activity(award.activity), award.amount, Grade(award.grade), clock.local(award.happened_at), award.variant,
        doubts=tuple(award.doubts),
    )  # fmt: skip


def working_of(award: Award) -> Working | None:
    """The sum that gave an award's points; None for an award of the first release, which kept none."""
    if not award.working:
        return None
    data = dict(award.working)
    return Working(rate=Rate(**data.pop("rate")), **data)


def drafts() -> "QuerySet[RuleDraft]":
    """Rules that are drafted and not published; order and page them by `-id`."""
    return RuleDraft.objects.filter(published=None)


def past_acts(activity: Activity, since: datetime, limit: int = 100_000) -> Iterator[PastAct]:
    """The awards of an activity since an instant, in the order in which they happened, for a preview."""
    acts = Award.objects.filter(activity=activity.value, happened_at__gte=since, restores=None)
    rows = acts.order_by("happened_at", "pk")
    for row in rows[:limit].iterator():
        who = {CapScope.PERSON: str(row.person_id), CapScope.HOUSEHOLD: str(row.person_id), CapScope.PROGRAMME: ""}
        if row.station_id:
            who |= {
                CapScope.STATION: str(row.station_id),
                CapScope.PERSON_AT_STATION: f"{row.person_id}@{row.station_id}",
            }
        yield PastAct(act_of(row), who, row.points)


def boosts_at(at: datetime) -> "QuerySet[Boost]":
    """The boosts that hold at an instant, of any activity."""
    return Boost.objects.filter(starts_at__lte=at, ends_at__gt=at)


def rules_in_force(now: datetime) -> list[AwardRule]:
    """What each activity earns now, one rule each, by activity."""
    live = AwardRule.objects.filter(Q(valid_to=None) | Q(valid_to__gt=now), valid_from__lte=now)
    newest = {rule.activity: rule for rule in live.order_by("valid_from")}
    return [newest[activity] for activity in sorted(newest)]


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


def nearest_stations(position: Position | None, limit: int, now: datetime) -> list[StationView]:
    """Stations by distance from `position`, or by name where none is given. A district has hundreds, not millions."""
    views = [station_view(row, now, position) for row in Station.objects.order_by("name")]
    if position is not None:
        views.sort(key=lambda view: view.distance_m or 0)
    return views[:limit]


def station_view(row: Station, now: datetime, position: Position | None = None) -> StationView:
    status, since, source = row.condition(now)
    return StationView(
        id=row.pk,
        name=row.name,
        address=row.address,
        lat=row.lat,
        lng=row.lng,
        status=status,
        status_source=source,
        updated_at=since,
        distance_m=distance_m(position, row.place) if position else None,
    )
