"""Check-ins. Order of rows, the hottest last: burn, latest act, caps, award, balance."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.accounts.models import User
from backend.core import clock
from backend.core.ids import new_id
from backend.core.transactions import require_transaction, take_within
from backend.earning import errors, queries, rules
from backend.earning.models import Award, AwardRule, CapUse, LatestAct, Station
from backend.earning.types import Activity, AwardStatus, CheckedIn, Decision, Position, RuleTerms, StationStatus
from backend.edge import live
from backend.ledger import services as ledger
from backend.ledger.types import AccountRef, Asset
from backend.tokens import services as tokens
from backend.tokens.types import Purpose, Token

ISSUANCE = AccountRef(Asset.POINT, "points-issued", guarded=False)
_ACTIVITY = {
    Purpose.STATION_SCREEN: Activity.CHECKIN_SCREEN,
    Purpose.STATION_PRINTED: Activity.CHECKIN_PRINTED,
}


def check_in(*, by: User, code: str, position: Position | None, now: datetime) -> CheckedIn:
    """Awards a resident for being at a recycling point, or says exactly why not.

    Raises the code's refusals (tokens), StationUnavailable, PositionRequired, TooSoon, CapReached, NoRule. A refusal
    burns nothing: the same code works again when its reason is gone.
    """
    require_transaction()
    token = tokens.verify(code=code, purpose=tuple(_ACTIVITY), now=now)
    station = queries.station(token.subject)
    if station.status == StationStatus.DOWN:
        raise errors.StationUnavailable(station=station.name)
    rule = queries.rule_in_force(_ACTIVITY[token.purpose], now)
    decision = rules.award(
        rule.terms, station=station.name, place=station.place, radius_m=station.radius_m, position=position
    )
    _burn(token, by, now)
    _keep_interval(by.pk, rule.terms, now)
    _use_caps(by.pk, rule.terms, station, now)
    return _book(by.pk, station, rule, decision, now)


def _burn(token: Token, by: User, now: datetime) -> None:
    """A rotating code is good once for each person; a printed one is bounded by its caps."""
    if token.purpose is Purpose.STATION_SCREEN:
        tokens.burn(token=token, burner=str(by.pk), now=now)


def _keep_interval(resident_id: UUID, terms: RuleTerms, now: datetime) -> None:
    interval = timedelta(seconds=terms.min_interval_seconds)
    mine = LatestAct.objects.filter(resident_id=resident_id, activity=terms.activity)
    if mine.filter(at__lte=now - interval).update(at=now):
        return
    try:
        with transaction.atomic():
            LatestAct.objects.create(resident_id=resident_id, activity=terms.activity, at=now)
    except IntegrityError:
        retry_at = clock.local(mine.get().at + interval).isoformat(timespec="seconds")
        raise errors.TooSoon(min_interval_minutes=terms.min_interval_seconds // 60, retry_at=retry_at) from None


def _use_caps(resident_id: UUID, terms: RuleTerms, station: Station, now: datetime) -> None:
    start, end = clock.day_bounds(now)
    who = f"{resident_id}:{terms.activity}:{start.date()}"
    caps = [
        (
            f"{who}:{station.pk}",
            terms.per_station_and_day,
            "您今天在该回收点的打卡次数",
            "Your check-ins at this station today",
        ),
        (who, terms.per_day, "您今天的打卡次数", "Your check-ins today"),
    ]
    for key, limit, zh, en in caps:
        if not take_within(CapUse, limit=limit, key=key):
            raise errors.CapReached(cap_zh=zh, cap_en=en, limit=limit, resets_at=end.isoformat(timespec="seconds"))


def _book(resident_id: UUID, station: Station, rule: AwardRule, decision: Decision, now: datetime) -> CheckedIn:
    award = Award.objects.create(
        resident_id=resident_id,
        station=station,
        rule=rule,
        status=decision.status,
        grade=decision.grade,
        points=decision.points,
        why_zh=decision.why_zh,
        why_en=decision.why_en,
        event_id=new_id(),
        at=now,
    )
    if decision.status is AwardStatus.AWARDED:
        _post(award, resident_id, now)
    points = queries.points_of(resident_id)
    live.push(resident_id, {"type": "balance", "balance": points.balance, "available": points.available})
    return CheckedIn(award.pk, decision.status, award.points, award.carbon_mg, points.balance)


def _post(award: Award, resident_id: UUID, now: datetime) -> None:
    memo: dict[str, Any] = {"why_zh": award.why_zh, "why_en": award.why_en, "award": str(award.pk)}
    ledger.post(
        debit=ISSUANCE,
        credit=queries.points_account(resident_id),
        amount=award.points,
        code="award.checkin",
        reference=f"award:{award.pk}",
        event_id=award.event_id,
        now=now,
        memo=memo,
    )
