"""Demo data of travel: an operator, and two routes with heads whose codes can be scanned. Places are marked 演示."""

from datetime import datetime

from backend.tokens import services as tokens
from backend.tokens.types import Purpose
from backend.travel import services
from backend.travel.models import Partner, Route, TrailHead
from backend.travel.types import AccountKind, Mode, NewHead, NewRoute

PARTNER = "demo-metro"
ROUTES = (
    NewRoute(
        "山城步道（演示）", "Mountain-city trail (demo)", Mode.WALK, 1800, 1080, 9000,
        (
            NewHead("石板坡口（演示）", 0, 29.5520, 106.5690),
            NewHead("观景台（演示）", 1000, 29.5540, 106.5620),
            NewHead("中兴路口（演示）", 1800, 29.5560, 106.5750),
        ),
    ),
    NewRoute(
        "滨江骑行道（演示）", "Riverside ride (demo)", Mode.BIKE, 5000, 720, 7200,
        (NewHead("珊瑚公园口（演示）", 0, 29.5500, 106.5600), NewHead("化龙桥口（演示）", 5000, 29.5530, 106.5240)),
    ),
)  # fmt: skip


def load(*, by: str, now: datetime) -> None:
    """Makes what is missing. The caller's transaction."""
    if not Partner.objects.filter(code=PARTNER).exists():
        kind, modes = AccountKind.TRANSIT_CARD, [Mode.BUS, Mode.METRO]
        services.register_partner(by=by, code=PARTNER, name="轨道公交（演示）", account_kind=kind, modes=modes, now=now)
    for route in ROUTES:
        if not Route.objects.filter(name=route.name).exists():
            services.add_route(by=by, route=route, now=now)


def routes(*, now: datetime) -> list[dict[str, object]]:
    """The routes with the codes of their heads, for `demo --json`."""
    rows = Route.objects.filter(name__in=[route.name for route in ROUTES]).order_by("name")
    return [
        {"id": str(row.pk), "name": row.name, "heads": [_head(head, now) for head in row.heads.order_by("at_m")]}
        for row in rows
    ]


def _head(head: TrailHead, now: datetime) -> dict[str, object]:
    code = tokens.issue(purpose=Purpose.TRAIL_HEAD, subject=head.pk, now=now).payload
    return {"name": head.name, "lat": head.lat, "lng": head.lng, "code": code}
