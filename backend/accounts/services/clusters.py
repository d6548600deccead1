"""Marks and the persons that follow from them.

Order of rows: the marks, then the gate, then holders and clusters. A mark's row makes two accounts that come with one
device at the same instant see each other; the gate makes two joins that meet in one account see each other. Only a
mark that somebody else holds leads to the gate, which is rare; the usual login ends at the first query.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet

from backend.accounts import crypto, queries, rules
from backend.accounts.models import Cluster, ClusterChange, ClusterGate, Mark, MarkHolder, User
from backend.accounts.types import ChangeReason, Holding, MarkKind
from backend.audit import services as audit
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction


def note_mark(*, user: User, kind: MarkKind, value: str, now: datetime) -> None:
    """Remembers that `user` came with this telephone, device or payment account."""
    note_marks(user=user, marks={kind: value}, now=now)


def payer_digest(payer: str) -> str:
    """What is kept of a payment account's reference: its digest as a mark, from which nobody reads it."""
    return _digest(MarkKind.PAYMENT, payer)


def note_payers(*, user: User, digests: Collection[str], now: datetime) -> set[UUID]:
    """The same for payment accounts that were kept as digests until it was known whose they are."""
    return _note(user, {(MarkKind.PAYMENT.value, each) for each in digests}, now)


def note_marks(*, user: User, marks: Mapping[MarkKind, str], now: datetime) -> set[UUID]:
    """Remembers several marks at once, in one order for everybody; empty values are none. The accounts that this
    joins, `user` among them; usually nobody.

    A mark known of the account changes nothing, so that who was kept apart on appeal stays apart. An account takes a
    bounded number of marks: what comes after them is somebody's invention.
    """
    return _note(user, {(kind.value, _digest(kind, value)) for kind, value in marks.items() if value}, now)


def _note(user: User, digests: set[tuple[str, str]], now: datetime) -> set[UUID]:
    require_transaction()
    if not digests:
        return set()
    known = set(MarkHolder.objects.filter(user=user).values_list("mark__kind", "mark__digest"))
    fresh = sorted(digests - known)
    if not fresh or len(known) + len(fresh) > rules.MARKS_PER_ACCOUNT:
        return set()
    rows = [Mark(kind=kind, digest=digest, noted_at=now) for kind, digest in fresh]
    Mark.objects.bulk_create(rows, update_conflicts=True, unique_fields=["kind", "digest"], update_fields=["noted_at"])
    shared = [_hold(user, Mark.objects.get(kind=kind, digest=digest), now) for kind, digest in fresh]
    if not any(shared):
        return set()
    _pass_gate(now)
    _settle([user.pk], ChangeReason.SHARED, now)
    return {user.pk}.union(*shared)


def _hold(user: User, mark: Mark, now: datetime) -> set[UUID]:
    """Makes `user` a holder of the mark, whose row is held; the accounts that it is joined with by that."""
    others = list(MarkHolder.objects.filter(mark=mark).exclude(user=user))
    spared = _is_spared(user, mark, others)
    holding = Holding.SPARED if spared else Holding.JOINED
    MarkHolder.objects.get_or_create(user=user, mark=mark, defaults={"holding": holding.value, "at": now})
    return set() if spared else {other.user_id for other in others if other.holding == Holding.JOINED.value}


def _is_spared(user: User, mark: Mark, others: list[MarkHolder]) -> bool:
    """A household's device joins nobody; nor does a payment account any further that a whole crowd comes with."""
    if mark.kind == MarkKind.PAYMENT.value:
        return len(others) >= rules.PAYMENT_JOINS
    return (
        mark.kind == MarkKind.DEVICE.value
        and 0 < len(others) < rules.DEVICE_SHARED_BY
        and queries.one_household([user.pk, *(other.user_id for other in others)])
    )


def split_person(*, by: object, user_id: UUID, reason: str, now: datetime) -> int:
    """Keeps an account apart, from now on, from every mark that joins it with another; on appeal.

    How many marks that were. Raises NotFound for an account that is joined with nobody.
    """
    require_transaction()
    _pass_gate(now)
    joined = MarkHolder.objects.filter(user=user_id, holding=Holding.JOINED.value)
    with_others = MarkHolder.objects.filter(holding=Holding.JOINED.value).exclude(user=user_id)
    cut = joined.filter(mark__in=with_others.values("mark")).update(holding=Holding.APART.value)
    if not cut:
        raise NotFound
    _settle([user_id], ChangeReason.APPEAL, now)
    actor = by.pk if isinstance(by, User) else by
    audit.record(by=actor, action="accounts.split_person", subject=user_id, now=now, reason=reason, marks=cut)
    return cut


def drop_marks(*, user: User, now: datetime) -> None:
    """Forgets a person's marks. The telephone's digest stays for a while, so that limits are not begun anew by it."""
    require_transaction()
    held = MarkHolder.objects.filter(user=user)
    telephones = held.filter(mark__kind=MarkKind.TELEPHONE.value)
    telephones.update(kept_until=now + rules.TELEPHONE_KEPT)
    _let_go(held.exclude(mark__kind=MarkKind.TELEPHONE.value), now)


def drop_due_marks(*, now: datetime, limit: int = 200) -> int:
    """Deletes telephones of forgotten people whose time is over; returns how many were due."""
    require_transaction()
    due = MarkHolder.objects.filter(kept_until__lte=now).order_by("pk")[:limit]
    return _let_go(due, now)


def _let_go(holders: "QuerySet[MarkHolder]", now: datetime) -> int:
    """Ends these holdings, and the marks that nobody else holds; returns how many holdings there were."""
    rows = list(holders)
    if not rows:
        return 0
    marks = sorted({row.mark_id for row in rows})
    for mark in marks:  # in the order of `note_marks`; whoever is about to hold one commits first
        Mark.objects.filter(pk=mark).update(noted_at=F("noted_at"))
    _pass_gate(now)
    reached = queries.reached_from([row.user_id for row in rows])
    MarkHolder.objects.filter(pk__in=[row.pk for row in rows]).delete()
    Mark.objects.filter(pk__in=marks, holders=None).delete()
    _settle(reached, ChangeReason.ENDED, now)
    return len(rows)


def _digest(kind: MarkKind, value: str) -> str:
    return crypto.digest(f"mark/{kind}", value)


def _pass_gate(now: datetime) -> None:
    """One writer of clusters at a time, until its transaction ends."""
    gate = [ClusterGate(pk=1, passed_at=now)]
    ClusterGate.objects.bulk_create(gate, update_conflicts=True, unique_fields=["id"], update_fields=["passed_at"])


def _settle(seeds: Iterable[UUID], reason: ChangeReason, now: datetime) -> None:
    """Derives anew the persons of everybody whom a change of `seeds` can reach, and writes what is different."""
    reached = queries.reached_from(seeds)
    now_of = rules.people(queries.joined_pairs(reached))
    was_of = {user: user for user in reached} | dict(
        Cluster.objects.filter(user__in=reached).values_list("user_id", "person_id")
    )
    changed = {user: now_of.get(user, user) for user in sorted(reached) if now_of.get(user, user) != was_of[user]}
    Cluster.objects.bulk_create(
        [Cluster(user_id=user, person_id=person) for user, person in changed.items()],
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["person_id"],
    )
    ClusterChange.objects.bulk_create(
        ClusterChange(user_id=user, was=was_of[user], person_id=person, reason=reason.value, at=now)
        for user, person in changed.items()
    )
