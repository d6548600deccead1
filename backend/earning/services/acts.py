"""Check-ins and reviews. Order of rows, the hottest last: burn, latest act, caps, award, balance, budget."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.accounts.models import User
from backend.accounts.queries import pending_account, points_account
from backend.audit import services as audit
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.ids import new_id
from backend.core.transactions import require_transaction, take_within
from backend.earning import errors, queries, rules
from backend.earning.models import Award, AwardRule, CapUse, LatestAct, Review, Station
from backend.earning.types import Activity, AwardStatus, CheckedIn, Decision, Position, RuleTerms, StationStatus
from backend.edge import live
from backend.ledger import queries as ledger_queries
from backend.ledger import services as ledger
from backend.ledger.types import LotTerms
from backend.tokens import services as tokens
from backend.tokens.types import Purpose, Token

PROGRAMME = "green-acts"  # whose budget pays for check-ins
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
            "您今天在该回收点的签到次数",
            "Your check-ins at this station today",
        ),
        (who, terms.per_day, "您今天的签到次数", "Your check-ins today"),
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
    held = ledger_queries.balance(points_account(resident_id).held)  # read while the hot budget row is still free
    waiting = None if decision.status is AwardStatus.AWARDED else queries.points_of(resident_id, now)
    left = _issue(award, rule, now)
    tell_balance(resident_id=resident_id)
    balance = waiting.balance if waiting else left + held
    return CheckedIn(award.pk, decision.status, award.points, award.carbon_mg, balance)


def _issue(award: Award, rule: AwardRule, now: datetime) -> int:
    """The points as a lot: into the balance, or to where they wait for a review. Returns what is there then."""
    awarded = award.status == AwardStatus.AWARDED
    return ledger.issue(
        programme=PROGRAMME,
        to=points_account(award.resident_id) if awarded else pending_account(award.resident_id),
        amount=award.points,
        code="award.checkin",
        reference=_reference(award),
        event_id=award.event_id,
        now=now,
        lot=LotTerms(
            programme=PROGRAMME,
            earned_at=now,
            expires_at=rules.points_expire_at(day_ends_at=clock.day_bounds(now)[1], valid_days=rule.points_valid_days),
            note=f"{rule} {award.grade}",
        ),
        memo={"why_zh": award.why_zh, "why_en": award.why_en, "award": str(award.pk)},
    ).balance


def tell_balance(*, resident_id: UUID) -> None:
    """Shows a resident's points on their open pages, as they are after the commit."""
    live.push(resident_id, lambda: _balance_event(resident_id))


def _balance_event(resident_id: UUID) -> dict[str, Any]:
    points = queries.points_of(resident_id, clock.now())
    return {"type": "balance", "balance": points.balance, "available": points.available, "pending": points.pending}


def review(*, by: User, award_id: UUID, approve: bool, reason: str, now: datetime) -> Review:
    """An operator's decision on an award that waits: its points become available, or go back to the budget.

    Raises NotFound for an award that does not wait, AlreadyReviewed when somebody decided before.
    """
    require_transaction()
    award = Award.objects.filter(pk=award_id, status=AwardStatus.PENDING_REVIEW).first()
    if award is None:
        raise NotFound
    decision = _decide(award, by, approve, reason, now)
    waiting, reference = pending_account(award.resident_id), f"review:{award.pk}"
    if approve:
        ledger.post(
            debit=waiting,
            credit=points_account(award.resident_id),
            amount=award.points,
            code="award.released",
            reference=reference,
            event_id=award.event_id,
            now=now,
            memo={"why_zh": f"{award.why_zh}：审核通过", "why_en": f"{award.why_en}: approved", "award": str(award.pk)},
        )
    else:
        issued = ledger_queries.transfer(_reference(award))
        ledger.reverse(
            transfer_id=issued.pk, amount=award.points, reference=reference, event_id=award.event_id, now=now
        )
    audit.record(by=by.pk, action="earning.review", subject=award.pk, now=now, approved=approve, reason=reason)
    tell_balance(resident_id=award.resident_id)
    return decision


def _decide(award: Award, by: User, approve: bool, reason: str, now: datetime) -> Review:
    try:
        with transaction.atomic():
            return Review.objects.create(award=award, approved=approve, reason=reason, by=by.pk, at=now)
    except IntegrityError:
        raise errors.AlreadyReviewed from None


def _reference(award: Award) -> str:
    return f"award:{award.pk}"
