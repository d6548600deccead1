"""The registry of routes and the heads where their codes hang."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.audit import services as audit
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.travel import errors
from backend.travel.models import Route, TrailHead
from backend.travel.rules import trails
from backend.travel.types import NewRoute


def add_route(*, by: object, route: NewRoute, now: datetime) -> Route:
    """A route with its heads. Raises RouteImpossible when its figures contradict each other, RouteExists."""
    require_transaction()
    trails.require_possible(route)
    figures = {"length_m": route.length_m, "min_seconds": route.min_seconds, "max_seconds": route.max_seconds}
    try:
        with transaction.atomic():
            made = Route.objects.create(name=route.name, name_en=route.name_en, mode=route.mode, **figures)
    except IntegrityError:
        raise errors.RouteExists(route=route.name) from None
    heads = [TrailHead(route=made, name=head.name, at_m=head.at_m, lat=head.lat, lng=head.lng) for head in route.heads]
    TrailHead.objects.bulk_create(heads)
    audit.record(by=by, action="travel.add_route", subject=made.pk, now=now, heads=len(heads), **figures)
    return made


def set_route_open(*, by: object, route_id: UUID, is_open: bool, now: datetime) -> Route:
    """Opens or closes a route; a trip under way on a closed one cannot be finished. Raises NotFound."""
    require_transaction()
    if not Route.objects.filter(pk=route_id).update(open=is_open):
        raise NotFound
    audit.record(by=by, action="travel.set_route_open", subject=route_id, now=now, open=is_open)
    return Route.objects.get(pk=route_id)
