"""Awarding: the one way in which an act becomes points and grams.

Order of rows, the hottest last: evidence, latest act, caps (person … programme), award, carbon, balance, budget.
Nobody takes two of them upwards, so no two awards wait for each other in a circle.
"""

from collections import Counter
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.accounts import queries as accounts
from backend.accounts.queries import pending_account, points_account
from backend.carbon import services as carbon
from backend.carbon.types import Counted
from backend.core import clock
from backend.core.ids import new_id
from backend.core.transactions import raise_counter, read_counters, require_transaction
from backend.earning import errors, queries, rules
from backend.earning.models import Award, AwardRule, CapUse, EvidenceDetail, EvidenceRecord, LatestAct, Station
from backend.earning.services.messages import tell_award
from backend.earning.services.signals import look_at
from backend.earning.types import (
    ACTIVITIES,
    Act,
    Activity,
    Awarded,
    AwardStatus,
    CapScope,
    CapUsed,
    Decision,
    Evidence,
    RuleTerms,
    Standing,
)
from backend.edge import live
from backend.ledger import queries as ledger_queries
from backend.ledger import services as ledger
from backend.ledger.types import LotTerms
from backend.webhooks import services as webhooks
from backend.webhooks.rules import Data
from backend.webhooks.types import EventType

PROGRAMME = "green-acts"  # whose budget pays for every award
DETAIL_KEPT = timedelta(days=183)  # particulars of evidence; the digest and the award stay


def award(
    *,
    resident_id: UUID,
    act: Act,
    evidence: Evidence,
    station: Station | None = None,
    event_id: UUID | None = None,
    now: datetime,
) -> Awarded:
    """Books what an act earns by the rule that was in force when it happened, or says exactly why it earns nothing.

    Raises NoRule, EvidenceAlreadyUsed, EvidenceNotAccepted, NotRewarded, TooSoon, CapReached, TooLittle, and
    BudgetExhausted of the ledger; each leaves its undoing to the caller's savepoint.
    """
    require_transaction()
    act = replace(act, at=clock.local(act.at))
    rule = queries.rule_in_force(act.activity, act.at)
    standing, act, evidence = look_at(resident_id=resident_id, act=act, evidence=evidence, station=station)
    record = _record(evidence, act, now)
    _keep_interval(resident_id, rule.terms, act.at)
    decision = _decide(resident_id, standing, rule.terms, act, station)
    made = _new(resident_id, standing.person_id, act, rule, record, decision, now)
    made.station, made.witness_id, made.event_id = station, evidence.witness, event_id or new_id()
    return book_award(made, rule, now)


def book_award(made: Award, rule: AwardRule, now: datetime) -> Awarded:
    """Writes an award that was decided on, with its grams and points, and tells the partners."""
    if made.status == AwardStatus.AWARDED:
        made.carbon_mg = count_carbon(made, left=made.amount, now=now)
    made.save(force_insert=True)
    told: Data = {"activity": made.activity, "points": made.points, "status": made.status}
    webhooks.publish(type=EventType.AWARD_MADE, subject=made.pk, data=told, now=now)
    return _book(made, rule, now)


BALANCE = {"type": "balance"}  # the figures are read where a socket listens


def tell_balance(*, resident_id: UUID) -> None:
    """Shows a resident's points on their open pages, as they are after the commit."""
    live.push(resident_id, BALANCE)


def count_carbon(award: Award, *, left: int, now: datetime) -> int:
    """Books the grams of an award whose `left` units count; 0 where the activity claims none."""
    act = Counted(
        key=f"award:{award.pk}",
        resident_id=award.resident_id,
        activity=award.activity,
        method=ACTIVITIES[Activity(award.activity)].carbon,
        variant=award.variant,
        amount=left,
        event_id=award.event_id,
    )
    return carbon.record(act=act, happened_at=award.happened_at, now=now)


def _record(evidence: Evidence, act: Act, now: datetime) -> EvidenceRecord:
    try:
        with transaction.atomic():
            record = EvidenceRecord.objects.create(key=evidence.key, grade=act.grade, digest=evidence.digest, at=act.at)
    except IntegrityError:
        raise errors.EvidenceAlreadyUsed from None
    if evidence.detail:
        EvidenceDetail.objects.create(evidence=record, detail=evidence.detail, keep_until=now + DETAIL_KEPT)
    return record


def _keep_interval(resident_id: UUID, terms: RuleTerms, at: datetime) -> None:
    if not terms.min_interval_seconds:
        return
    interval = timedelta(seconds=terms.min_interval_seconds)
    mine = LatestAct.objects.filter(resident_id=resident_id, activity=terms.activity)
    if mine.filter(at__lte=at - interval).update(at=at):
        return
    try:
        with transaction.atomic():
            LatestAct.objects.create(resident_id=resident_id, activity=terms.activity, at=at)
    except IntegrityError:
        retry_at = clock.local(mine.get().at + interval).isoformat(timespec="seconds")
        raise errors.TooSoon(min_interval_minutes=terms.min_interval_seconds // 60, retry_at=retry_at) from None


def _decide(resident_id: UUID, standing: Standing, terms: RuleTerms, act: Act, station: Station | None) -> Decision:
    """Reads the caps under lock, lets the pure rule judge, and takes what it took."""
    who = _who(resident_id, standing.person_id, terms, station)
    caps = rules.counters_of(terms, who, act.at)
    stand = read_counters(CapUse, [each.key for each in caps])
    if standing.joined:
        stand = _with_earlier(stand, who, standing.person_id, terms, act.at)
    decision = rules.decide(terms, act, [replace(each, used=stand[each.key]) for each in caps], _boost(act))
    for each, amount in rules.uses(decision):
        _take(each, amount)
    return decision


def _with_earlier(
    stand: dict[str, int], who: dict[CapScope, str], person_id: UUID, terms: RuleTerms, at: datetime
) -> dict[str, int]:
    """The counters with what a person's accounts used of them under their own ids, before a mark joined them.

    Nobody counts under those any more, so they need no lock; the person's own counters are held.
    """
    earlier: dict[str, str] = {}
    for account in accounts.accounts_of_person(person_id):
        then = {scope: name.replace(str(person_id), str(account)) for scope, name in who.items()}
        pairs = zip(rules.counters_of(terms, then, at), rules.counters_of(terms, who, at), strict=True)
        earlier |= {own.key: shared.key for own, shared in pairs if own.key != shared.key}
    used = CapUse.objects.filter(key__in=earlier).values_list("key", "used")
    total = Counter(stand)
    for key, amount in used:
        total[earlier[key]] += amount
    return dict(total)


def _who(resident_id: UUID, person_id: UUID, terms: RuleTerms, station: Station | None) -> dict[CapScope, str]:
    who = {CapScope.PERSON: str(person_id), CapScope.PROGRAMME: PROGRAMME}
    if station is not None:
        who |= {CapScope.STATION: str(station.pk), CapScope.PERSON_AT_STATION: f"{person_id}@{station.pk}"}
    if any(cap.scope is CapScope.HOUSEHOLD for cap in terms.caps):
        member = accounts.membership(resident_id)
        who[CapScope.HOUSEHOLD] = str(member.household_id if member and member.accepted_at else person_id)
    return who


def _take(each: CapUsed, amount: int) -> None:
    if not raise_counter(CapUse, key=each.key, amount=amount, limit=each.cap.limit):
        raise rules.cap_reached(each)


def _boost(act: Act) -> int:
    """The highest boost that holds; boosts do not multiply each other."""
    held = queries.boosts_at(act.at)
    return max([rules.FULL_BP, *(boost.factor_bp for boost in held if boost.holds(act.activity, act.at))])


def _new(
    resident_id: UUID,
    person_id: UUID,
    act: Act,
    rule: AwardRule,
    record: EvidenceRecord,
    decision: Decision,
    now: datetime,
) -> Award:
    why_zh, why_en = rules.why(rule.terms, act)
    waits = decision.status is AwardStatus.PENDING
    return Award(
        resident_id=resident_id,
        person_id=person_id,
        activity=act.activity.value,
        variant=act.variant,
        amount=act.amount,
        rule=rule,
        evidence=record,
        status=decision.status,
        release_at=now + timedelta(hours=decision.pending_hours) if waits else None,
        grade=act.grade,
        points=decision.points,
        working=asdict(decision.working),
        doubts=list(act.doubts),
        why_zh=why_zh,
        why_en=why_en,
        happened_at=act.at,
        at=now,
    )


def _book(award: Award, rule: AwardRule, now: datetime) -> Awarded:
    """The points, last of all, because everybody who earns meets at the budget."""
    held = ledger_queries.balance(points_account(award.resident_id).held)
    waiting = None if award.status == AwardStatus.AWARDED else queries.points_of(award.resident_id, now)
    tell_balance(resident_id=award.resident_id)
    tell_award(award, now)
    left = _issue(award, rule, now)
    balance = waiting.balance if waiting else left + held
    return Awarded(
        award.pk, AwardStatus(award.status), award.points, award.carbon_mg, balance, award.why_zh, award.why_en
    )


def _issue(award: Award, rule: AwardRule, now: datetime) -> int:
    """The points as a lot: into the balance, or to where they wait. Returns what is there then."""
    awarded = award.status == AwardStatus.AWARDED
    return ledger.issue(
        programme=PROGRAMME,
        to=points_account(award.resident_id) if awarded else pending_account(award.resident_id),
        amount=award.points,
        code=f"award.{award.activity}",
        reference=queries.issue_reference(award),
        event_id=award.event_id,
        now=now,
        lot=LotTerms(
            programme=PROGRAMME,
            earned_at=now,
            expires_at=rules.points_expire_at(
                day_ends_at=clock.day_bounds(now)[1], valid_days=rule.terms.points_valid_days
            ),
            note=f"{rule} {award.grade}",
        ),
        memo=queries.memo_of(award),
    ).balance
