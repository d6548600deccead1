"""Shapes of stations, check-ins and points."""

from typing import Any

from rest_framework import serializers

from backend.core import clock
from backend.earning.types import Awarded, AwardStatus, PointsView, StationStatus, StationView
from backend.edge.pagination import listing
from backend.edge.parsing import Text
from backend.ledger.models import LotUse, Transfer
from backend.ledger.queries import entry_of
from backend.ledger.types import UseKind


class Coordinates(serializers.Serializer[Any]):
    """Degrees, WGS 84; both or neither."""

    lat = serializers.FloatField(min_value=-90, max_value=90, required=False)
    lng = serializers.FloatField(min_value=-180, max_value=180, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("lat" in attrs) != ("lng" in attrs):
            raise serializers.ValidationError("lat 与 lng 需同时提供。Give both lat and lng, or neither.")
        return attrs


class StationsQuery(Coordinates):
    limit = serializers.IntegerField(min_value=1, max_value=100, default=20)


class StationAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    address = serializers.CharField()
    lat = serializers.FloatField()
    lng = serializers.FloatField()
    status = serializers.ChoiceField(choices=[s.value for s in StationStatus])
    status_source = serializers.CharField(help_text="operator, attendant, device or residents")
    updated_at = serializers.DateTimeField()
    distance_m = serializers.IntegerField(allow_null=True)


class StationsAnswer(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True, help_text="Always null: this list is bounded by `limit`.")
    results = StationAnswer(many=True)


class CodeAnswer(serializers.Serializer[Any]):
    payload = serializers.CharField()
    url = serializers.URLField()
    qr = serializers.CharField(help_text="The QR symbol of `url` as a data URL (PNG).")
    expires_at = serializers.DateTimeField()
    refresh_at = serializers.DateTimeField()


class CheckInRequest(Coordinates):
    code = Text(max_length=512)


class CheckInAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=[s.value for s in AwardStatus])
    points = serializers.IntegerField()
    carbon_mg = serializers.IntegerField()
    balance = serializers.IntegerField()


class ExpiringPoints(serializers.Serializer[Any]):
    points = serializers.IntegerField()
    expires_at = serializers.DateTimeField()


class PointsAnswer(serializers.Serializer[Any]):
    balance = serializers.IntegerField()
    available = serializers.IntegerField()
    held = serializers.IntegerField()
    pending = serializers.IntegerField()
    expiring = ExpiringPoints(many=True)


class LotUseAnswer(serializers.Serializer[Any]):
    """What an entry did to one lot of points: which lot, how many, and when that lot expires."""

    lot = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=[kind.value for kind in UseKind])
    points = serializers.IntegerField()
    expires_at = serializers.DateTimeField(allow_null=True)


class EntryAnswer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    points = serializers.IntegerField()
    balance_after = serializers.IntegerField()
    why = serializers.CharField()
    lots = LotUseAnswer(many=True)


EntriesAnswer = listing(EntryAnswer)


def station_body(view: StationView) -> dict[str, Any]:
    return {
        "id": view.id,
        "name": view.name,
        "address": view.address,
        "lat": view.lat,
        "lng": view.lng,
        "status": view.status.value,
        "status_source": view.status_source,
        "updated_at": clock.local(view.updated_at),
        "distance_m": view.distance_m,
    }


def checkin_body(done: Awarded) -> dict[str, Any]:
    return {
        "id": done.id,
        "status": done.status.value,
        "points": done.points,
        "carbon_mg": done.carbon_mg,
        "balance": done.balance,
    }


def points_body(view: PointsView) -> dict[str, Any]:
    return {
        "balance": view.balance,
        "available": view.available,
        "held": view.held,
        "pending": view.pending,
        "expiring": [{"points": points, "expires_at": clock.local(at)} for points, at in view.expiring],
    }


def entry_body(transfer: Transfer, owner: str, language: str) -> dict[str, Any]:
    entry = entry_of(transfer, owner)
    return {
        "id": entry.id,
        "at": clock.local(entry.at),
        "kind": entry.code,
        "points": entry.amount,
        "balance_after": entry.balance_after,
        "why": entry.memo.get("why_en" if language == "en" else "why_zh", entry.code),
        "lots": [_use_body(use) for use in transfer.uses.all()],
    }


def _use_body(use: LotUse) -> dict[str, Any]:
    expires_at = clock.local(use.lot.expires_at) if use.lot.expires_at else None
    return {"lot": use.lot_id, "kind": use.kind, "points": use.amount, "expires_at": expires_at}
