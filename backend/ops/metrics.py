"""Figures for a monitor, in the text form that Prometheus reads."""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.db.models import F

from backend.earning import queries as earning
from backend.ledger import proof as ledger
from backend.ledger.models import Budget
from backend.ledger.queries import balance
from backend.ledger.types import Asset, budget_account
from backend.outbox import queries as outbox
from backend.outbox.types import Depth, Lane
from backend.seal import queries as seal
from backend.webhooks import queries as webhooks
from campaigns.models import Offer

SEAL_LAG_ALARM_SECONDS = 300  # it is sealed every 15 seconds: five minutes mean that nobody does
OUTBOX_ALARM_SECONDS = 300  # a worker looks every second: five minutes mean that none does, or far too few


def text(now: datetime) -> str:
    """Every figure with its meaning; times in seconds."""
    lag, waiting = seal.lag(now), earning.waiting_for_review().count()
    lanes = {lane: outbox.depth(lane, now) for lane in Lane}
    lines = [
        *_gauge("green_transfers", "Rows of the journal.", {"": ledger.sizes()["transfers"]}),
        *_gauge("green_seal_unsealed", "Transfers that no leaf holds yet.", {"": lag.unsealed}),
        *_gauge("green_seal_lag_seconds", "Age of the oldest unsealed transfer.", {"": int(lag.oldest_seconds or 0)}),
        *_gauge("green_seal_alarm", "1 when the seal is late.", {"": int(is_late(lag.oldest_seconds))}),
        *_gauge("green_reviews_waiting", "Awards that wait for a decision.", {"": waiting}),
        *_gauge("green_budget_available", "What a programme may still issue.", _budgets()),
        *_gauge("green_outbox_waiting", "Tasks that wait or run.", _each(lanes, lambda lane: lane.waiting)),
        *_gauge("green_outbox_dead", "Tasks that nobody tries any more.", _each(lanes, lambda lane: lane.dead)),
        *_gauge("green_outbox_oldest_due_seconds", "How late the oldest due task is.", _each(lanes, _late_seconds)),
        *_gauge("green_outbox_alarm", "1 when tasks are late.", _each(lanes, lambda lane: int(_is_behind(lane)))),
        *_gauge("green_webhook_endpoints_disabled", "Partners who are told nothing.", {"": webhooks.disabled()}),
        *_gauge("green_offers_sold_out", "Offers without stock.", {"": _sold_out()}),
    ]
    return "\n".join(lines) + "\n"


def is_late(oldest_seconds: float | None) -> bool:
    """Whether the seal's lag calls for a person."""
    return (oldest_seconds or 0) > SEAL_LAG_ALARM_SECONDS


def alarms(now: datetime) -> Iterator[str]:
    """One sentence for each thing that calls for a person."""
    lag = seal.lag(now)
    if is_late(lag.oldest_seconds):
        yield f"the seal is late: {lag.unsealed} transfers wait, the oldest {lag.oldest_seconds} s"
    for lane in Lane:
        depth = outbox.depth(lane, now)
        if _is_behind(depth):
            yield f"the outbox is late: {depth.waiting} tasks of {lane.value} wait, the oldest {_late_seconds(depth)} s"


def _is_behind(depth: Depth) -> bool:
    return _late_seconds(depth) > OUTBOX_ALARM_SECONDS


def _late_seconds(depth: Depth) -> int:
    return int(depth.oldest_due_seconds or 0)


def _each(lanes: dict[Lane, Depth], figure: Callable[[Depth], int]) -> dict[str, int]:
    return {f'{{lane="{lane.value}"}}': figure(depth) for lane, depth in lanes.items()}


def _budgets() -> dict[str, int]:
    rows = Budget.objects.order_by("pk")
    return {
        f'{{programme="{row.programme}",asset="{row.asset}"}}': balance(budget_account(row.programme, Asset(row.asset)))
        for row in rows
    }


def _sold_out() -> int:
    return Offer.objects.filter(claimed__gte=F("stock")).count()


def _gauge(name: str, meaning: str, values: dict[str, int]) -> list[str]:
    return [f"# HELP {name} {meaning}", f"# TYPE {name} gauge", *(f"{name}{label} {n}" for label, n in values.items())]
