"""Partners, riders, routes and signed requests for tests, made by the services that make them in life."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.db import transaction

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.types import Role
from backend.core import clock
from backend.core.ids import new_id
from backend.edge import signing
from backend.ops.setting_up import set_up
from backend.tokens import services as tokens
from backend.tokens.types import Purpose
from backend.travel import services
from backend.travel.models import Partner, PartnerKey, Rider, Route, TrailHead
from backend.travel.types import AccountKind, Mode, NewHead, NewRoute, Recorded
from tests import factories

NOON = factories.NOON
_numbers = count(1)


def standard_rules(now: datetime = NOON - timedelta(days=40)) -> None:
    """The methods and rules that the service starts with, in force since well before noon, and a budget."""
    with transaction.atomic():
        factories.budget()
        set_up(by="test", now=now)


def partner(code: str = "", **terms: Any) -> Partner:
    agreed: dict[str, Any] = {
        "account_kind": AccountKind.TRANSIT_CARD,
        "modes": [Mode.BUS, Mode.METRO, Mode.BIKE, Mode.EBIKE],
    }
    with transaction.atomic():
        return services.register_partner(
            by="test", code=code or f"operator-{next(_numbers)}", name="运营方", now=NOON, **(agreed | terms)
        )


def key(of: Partner) -> tuple[PartnerKey, str]:
    with transaction.atomic():
        return services.issue_key(by="test", partner=of, now=NOON)


def card() -> str:
    return f"5000{next(_numbers):012d}"


def linked(user: User | None = None, account: str = "", now: datetime = NOON) -> tuple[User, str]:
    """A resident and the card they linked."""
    user, account = user or factories.person(), account or card()
    link(user, account, now=now)
    return user, account


def link(user: User, account: str, kind: AccountKind = AccountKind.TRANSIT_CARD, now: datetime = NOON) -> Rider:
    with transaction.atomic():
        return services.link(by=user, kind=kind, account=account, consent=True, now=now)


def event(rider: str, **changes: Any) -> dict[str, Any]:
    """A metro ride of 9.3 km that ended an hour before noon."""
    plain = {
        "reference": str(new_id()),
        "mode": "metro",
        "rider": rider,
        "at": (NOON - timedelta(hours=1)).isoformat(),
        "distance_m": 9300,
    }
    return plain | changes


def record(of: Partner, events: Sequence[object], now: datetime = NOON) -> list[Recorded]:
    with transaction.atomic():
        return services.record_rides(partner=of, events=events, now=now)


def settle(now: datetime = NOON) -> int:
    """Counts everything that is due, one rider in each transaction, as upkeep does."""
    total = 0
    while True:
        with transaction.atomic():
            done = services.settle_due(now=now)
        if not done:
            return total
        total += done


def signed(
    by: PartnerKey, secret: str, path: str, body: object, now: datetime | None = None, nonce: str = ""
) -> tuple[str, dict[str, str]]:
    """The body as text and the headers that sign it, as a partner makes them."""
    text, nonce = json.dumps(body), nonce or new_id().hex
    timestamp = str(int((now or clock.now()).timestamp()))
    signature = signing.sign(
        secret=secret.encode(),
        method="POST",
        path=path,
        key_id=by.pk,
        timestamp=timestamp,
        nonce=nonce,
        body=text.encode(),
    )
    names = ("X-Key-Id", "X-Timestamp", "X-Nonce", "X-Signature")
    return text, dict(zip(names, (by.pk, timestamp, nonce, signature), strict=True))


def route(mode: Mode = Mode.WALK, length_m: int = 2000, **changes: Any) -> Route:
    """A route with heads at its start, middle and end; a whole length takes 20 to 180 minutes."""
    figures: dict[str, Any] = {"min_seconds": 1200, "max_seconds": 10_800} | changes
    heads = tuple(
        NewHead(f"{length_m * share // 2} 米", length_m * share // 2, 29.55 + share / 100, 106.57) for share in range(3)
    )
    name = f"步道 {next(_numbers)}"
    with transaction.atomic():
        return services.add_route(
            by="test", route=NewRoute(name, name, mode, length_m, heads=heads, **figures), now=NOON
        )


def heads(of: Route) -> list[TrailHead]:
    return list(of.heads.order_by("at_m"))


def code_of(head: TrailHead, now: datetime = NOON) -> str:
    return tokens.issue(purpose=Purpose.TRAIL_HEAD, subject=head.pk, now=now).payload


def operator() -> User:
    person = factories.person()
    with transaction.atomic():
        accounts.grant(by="test", user=person, role=Role.OPERATOR, scope_kind="service", scope_id=None, now=NOON)
    return person
