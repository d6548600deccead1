"""Fraud signals at work: a cheap look at each act, a thorough one each night, and what operators make of it.

A signal never refuses an act and is no guard: two acts at one instant may both pass unseen until the night. What it
finds waits for a person.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from uuid import UUID

from backend.accounts import queries as accounts
from backend.accounts.models import User
from backend.audit import services as audit
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.earning import errors, queries
from backend.earning.models import Signal, Station
from backend.earning.queries import signals as reads
from backend.earning.queries.signals import Period
from backend.earning.rules import UNDER_WATCH, period_of
from backend.earning.rules import signals as rules
from backend.earning.types import (
    Act,
    Activity,
    CapCounts,
    CapPeriod,
    Evidence,
    Finding,
    Found,
    Grade,
    SignalKind,
    SignalState,
    Standing,
    SubjectKind,
    Visit,
)

WATCHED = timedelta(days=30)  # after the period in which something was found
REPORTED = (Grade.OPERATOR_FEED, Grade.DEVICE)  # acts that no hurry of a person shows in, unless at a station


def look_at(
    *, resident_id: UUID, act: Act, evidence: Evidence, station: Station | None
) -> tuple[Standing, Act, Evidence]:
    """Whose limits the act uses; the act with its doubts, and its evidence with what explains them. Two queries."""
    others = [each for each in (evidence.witness, station.pk if station else None) if each]
    standing = reads.standing_of(resident_id, others, act.at)
    findings = [rules.shared_device(standing.on_one_device)]
    if station or act.grade not in REPORTED:
        this = reads.visit_of(act.at, resident_id, station)
        findings += _about(this, reads.visits_about(standing.person_id, act.at))
    found = [each for each in findings if each]
    doubts = [each.kind.value for each in found] + [UNDER_WATCH] * standing.watched
    if doubts:
        act = replace(act, doubts=tuple(dict.fromkeys([*act.doubts, *doubts])))
    if found:
        evidence = replace(evidence, detail=evidence.detail | {"signals": [asdict(each) for each in found]})
    return standing, act, evidence


def scan(*, kind: SignalKind, now: datetime) -> int:
    """Looks for one kind of signal in the month of yesterday, and writes down what is new; how many that are.

    What was found before in the same month stays as operators left it.
    """
    require_transaction()
    period = period_of(CapPeriod.MONTH, clock.local(now - timedelta(days=1)))
    period = (period[0], min(period[1], now))
    before = Signal.objects.filter(kind=kind, since=period[0]).count()
    rows = [_row(found, period, now) for found in _SCANS[kind](period)]
    Signal.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    made = Signal.objects.filter(kind=kind, since=period[0]).count() - before
    if made:
        audit.record(by="scan_signals", action="earning.signals_found", subject=kind, now=now, found=made)
    return made


def decide_signal(*, by: User, signal_id: UUID, confirm: bool, reason: str, now: datetime) -> Signal:
    """An operator confirms a signal, so that its subject stays watched, or dismisses it, so that it is not.

    Raises NotFound, SignalDecided. A confirmed one can still be dismissed.
    """
    require_transaction()
    state = SignalState.CONFIRMED if confirm else SignalState.DISMISSED
    undecided = [SignalState.OPEN] if confirm else [SignalState.OPEN, SignalState.CONFIRMED]
    mine = Signal.objects.filter(pk=signal_id)
    taken = mine.filter(state__in=undecided).update(state=state, reason=reason, decided_by=by.pk, decided_at=now)
    signal = mine.first()
    if signal is None:
        raise NotFound
    if not taken:
        raise errors.SignalDecided(state=signal.state)
    audit.record(by=by.pk, action="earning.signal", subject=signal_id, now=now, state=state.value, reason=reason)
    return signal


def _about(this: Visit, others: list[Visit]) -> list[Finding | None]:
    hour = [each for each in others if timedelta() <= this.at - each.at < timedelta(hours=1)]
    mine = [each for each in others if each.resident_id == this.resident_id and each.place]
    before = next((each for each in mine if each.at <= this.at), None)
    after = next((each for each in reversed(mine) if each.at > this.at), None)
    hops = [rules.impossible_travel(this, each) for each in (before, after) if each]
    return [rules.velocity([this, *hour]), next((hop for hop in hops if hop), None)]


def _row(found: Found, period: Period, now: datetime) -> Signal:
    return Signal(
        kind=found.finding.kind,
        subject_kind=found.subject_kind,
        subject_id=found.subject_id,
        score=found.finding.score,
        threshold=found.finding.threshold,
        zh=found.finding.zh[:200],
        en=found.finding.en[:200],
        since=period[0],
        until=period[1],
        watch_until=now + WATCHED,
        found_at=now,
    )


# -- a month, kind by kind --------------------------------------------------------------------------------------------


def _velocity(period: Period) -> Iterator[Found]:
    for person, times in reads.busiest_days(period, rules.ACTS_A_DAY):
        yield from _found(SubjectKind.PERSON, person, rules.busy_day(times))


def _shared_device(period: Period) -> Iterator[Found]:
    for person, crowd in accounts.crowded_people(rules.ACCOUNTS_ON_A_DEVICE).items():
        yield from _found(SubjectKind.PERSON, person, rules.shared_device(crowd))


def _impossible_travel(period: Period) -> Iterator[Found]:
    for person, visits in reads.journeys(period):
        yield from _found(SubjectKind.PERSON, person, rules.impossible_month(visits))


def _weight_outlier(period: Period) -> Iterator[Found]:
    for subject, column in ((SubjectKind.WITNESS, "witness_id"), (SubjectKind.STATION, "station_id")):
        for who, finding in rules.weight_outliers(reads.typical_weights(period, column)).items():
            yield Found(subject, who, finding)


def _few_people(period: Period) -> Iterator[Found]:
    for witness, regulars in reads.regulars(period):
        yield from _found(SubjectKind.WITNESS, witness, rules.few_people(regulars))


def _just_above(period: Period) -> Iterator[Found]:
    """Amounts worth reaching are those at which a cap of the rule for purchases is full."""
    try:
        terms = queries.rule_in_force(Activity.GREEN_PURCHASE, period[0]).terms
    except errors.NoRule:
        return
    limits = {cap.limit for cap in terms.caps if cap.counts is CapCounts.POINTS}
    amounts = {limit * rate.per // rate.points for limit in limits for rate in terms.rates.values()}
    for amount in sorted(amounts):
        for witness, receipts in reads.receipts_near(period, amount):
            yield from _found(SubjectKind.WITNESS, witness, rules.just_above(receipts))


def _found(kind: SubjectKind, subject: UUID, finding: Finding | None) -> Iterator[Found]:
    if finding:
        yield Found(kind, subject, finding)


_SCANS: dict[SignalKind, Callable[[Period], Iterator[Found]]] = {
    SignalKind.VELOCITY: _velocity,
    SignalKind.SHARED_DEVICE: _shared_device,
    SignalKind.IMPOSSIBLE_TRAVEL: _impossible_travel,
    SignalKind.WEIGHT_OUTLIER: _weight_outlier,
    SignalKind.FEW_PEOPLE: _few_people,
    SignalKind.JUST_ABOVE: _just_above,
}
