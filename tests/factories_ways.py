"""Offers that reach people by lists, drops, draws and challenges, made by the services that make them in life."""

from datetime import datetime
from typing import Any

from django.db import transaction

from backend.accounts.models import User
from backend.core.ids import new_id
from backend.earning.models import Award, AwardRule, EvidenceRecord
from backend.ledger import proof as ledger
from backend.seal import services as seal
from campaigns import queries, services
from campaigns.models import Entry, Grant, Offer, Ticket
from campaigns.queries import campaign_proof, way_proof
from campaigns.types import Plan
from tests.factories import NOON, give_points, person, rule
from tests.factories_campaigns import APPROVER, DAY, DRAFTER
from tests.factories_plans import draft, new_offer, step


def offer_by(plan: Plan, *, now: datetime = NOON, campaign: dict[str, Any] | None = None, **terms: Any) -> Offer:
    """An approved offer whose vouchers reach people by `plan`."""
    made = draft(new_offer(now=now, **terms), now=now, **({"budget_fen": 1_000_000} | (campaign or {})))
    offer = made.offers.get()
    with transaction.atomic():
        services.choose_way(by=DRAFTER, offer_id=offer.pk, plan=plan, now=now)
    step(services.submit, made, now=now)
    step(services.approve, made, by=APPROVER, now=now)
    return Offer.objects.select_related("campaign").get(pk=offer.pk)


def send_list(of: Offer, text: str, *, by: object = DRAFTER, now: datetime = NOON) -> Grant:
    with transaction.atomic():
        return services.draft_grant(by=by, offer_id=of.pk, text=text, now=now)


def approve_list(grant: Grant, *, by: object = APPROVER, preview: str | None = None, now: datetime = NOON) -> Grant:
    shown = Grant.objects.get(pk=grant.pk).preview_sha256 if preview is None else preview
    with transaction.atomic():
        return services.approve_grant(by=by, grant_id=grant.pk, preview_sha256=shown, now=now)


def run(job: Any, now: datetime = NOON, pieces: int = 1000, **sizes: int) -> int:
    """A job as the workers run it: each piece in its own transaction, until none is due or `pieces` are done."""
    total = 0
    for _ in range(pieces):
        with transaction.atomic():
            done = job(now=now, **sizes)
        total += done
        if not done:
            break
    return total


def enter(by: User, of: Offer, now: datetime = NOON) -> Entry:
    with transaction.atomic():
        return services.enter_draw(by=by, offer_id=of.pk, now=now)


def queue_up(by: User, of: Offer, now: datetime = NOON) -> Ticket:
    with transaction.atomic():
        return services.take_ticket(by=by, offer_id=of.pk, now=now)


def act(user: User, at: datetime, *, activity: str = "metro_ride", amount: int = 1, status: str = "awarded") -> Award:
    """A rewarded act as the books keep it."""
    return Award.objects.create(
        resident_id=user.pk,
        person_id=user.pk,
        activity=activity,
        amount=amount,
        rule=AwardRule.objects.first() or rule(),
        evidence=EvidenceRecord.objects.create(key=str(new_id()), at=at),
        status=status,
        release_at=at + DAY if status == "pending" else None,
        grade="screen",
        points=1,
        why_zh="地铁",
        why_en="metro",
        event_id=new_id(),
        happened_at=at,
        at=at,
    )


def checkpoint(now: datetime) -> None:
    """The journal grows by something and its head is signed, as every day."""
    with transaction.atomic():
        give_points(person(now=now), 1, now)
    run(lambda now: seal.seal_pending(by="test", now=now), now)
    with transaction.atomic():
        seal.publish_checkpoint(by="test", now=now)


def disagreements() -> list[str]:
    """Everything that `prove` would say of campaigns and balances."""
    return [
        *way_proof.disagreements(), *queries.disagreements(), *campaign_proof.money(), *campaign_proof.approvals(),
        *campaign_proof.limits(),
        *ledger.balances(), *ledger.chains(), *ledger.budgets(),
    ]  # fmt: skip
