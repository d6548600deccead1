"""Figures for a monitor, in the text form that Prometheus reads."""

from datetime import datetime

from django.db.models import F

from backend.earning import queries as earning
from backend.ledger import proof as ledger
from backend.ledger.models import Budget
from backend.ledger.queries import balance
from backend.ledger.types import Asset, budget_account
from backend.seal import queries as seal
from campaigns.models import Offer

SEAL_LAG_ALARM_SECONDS = 300  # upkeep runs every 15 seconds: five minutes mean that it has stopped


def text(now: datetime) -> str:
    """Every figure with its meaning; times in seconds."""
    lag, waiting = seal.lag(now), earning.waiting_for_review().count()
    lines = [
        *_gauge("green_transfers", "Rows of the journal.", {"": ledger.sizes()["transfers"]}),
        *_gauge("green_seal_unsealed", "Transfers that no leaf holds yet.", {"": lag.unsealed}),
        *_gauge("green_seal_lag_seconds", "Age of the oldest unsealed transfer.", {"": int(lag.oldest_seconds or 0)}),
        *_gauge("green_seal_alarm", "1 when the seal is late.", {"": int(is_late(lag.oldest_seconds))}),
        *_gauge("green_reviews_waiting", "Awards that wait for a decision.", {"": waiting}),
        *_gauge("green_budget_available", "What a programme may still issue.", _budgets()),
        *_gauge("green_offers_sold_out", "Offers without stock.", {"": _sold_out()}),
    ]
    return "\n".join(lines) + "\n"


def is_late(oldest_seconds: float | None) -> bool:
    """Whether the seal's lag calls for a person."""
    return (oldest_seconds or 0) > SEAL_LAG_ALARM_SECONDS


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
