"""Attendants, smart bins, slots and collectors for tests, made by the services that make them in life."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.types import Role
from backend.core.ids import new_id
from backend.earning.models import Station
from backend.edge import signing
from backend.ops.setting_up import set_up
from backend.recycling import services
from backend.recycling.models import Device, Pickup, Slot, Zone
from backend.recycling.types import (
    STATION_SCOPE,
    ZONE_SCOPE,
    DayPart,
    DeviceEventIn,
    EventKind,
    IssuedKey,
    Line,
    Material,
    PickupKind,
    Weighed,
)
from backend.tokens import services as tokens
from backend.tokens.types import Purpose
from tests import factories
from tests.factories import NOON, person

TOMORROW = date(2026, 6, 6)
PAPER = Line(Material.PAPER, 2000)


def standard_rules(now: datetime = NOON) -> None:
    """The rules and methods that the service starts with, and a budget to pay for them."""
    with transaction.atomic():
        set_up(by="test", now=now - timedelta(days=2))
        factories.budget()


def attendant(*stations: Station, now: datetime = NOON) -> User:
    return _granted(Role.ATTENDANT, STATION_SCOPE, [each.pk for each in stations], now)


def collector(*zones: Zone, now: datetime = NOON) -> User:
    return _granted(Role.COLLECTOR, ZONE_SCOPE, [each.pk for each in zones], now)


def operator(now: datetime = NOON) -> User:
    return _granted(Role.OPERATOR, "service", [None], now)


def _granted(role: Role, kind: str, scopes: list[Any], now: datetime) -> User:
    user = person(now=now)
    with transaction.atomic():
        for each in scopes:
            accounts.grant(by="test", user=user, role=role, scope_kind=kind, scope_id=each, now=now)
    return user


def code_of(user: User, now: datetime = NOON) -> str:
    """The rotating personal code on the resident's phone."""
    return tokens.issue(purpose=Purpose.RESIDENT, subject=user.pk, now=now).payload


def screen_code(station: Station, now: datetime = NOON) -> str:
    return tokens.issue(purpose=Purpose.STATION_SCREEN, subject=station.pk, now=now).payload


def weigh(by: User, resident: User, *lines: Line, now: datetime = NOON, **more: Any) -> Weighed:
    asked = {"resident_code": code_of(resident, now), "lines": lines or (PAPER,)} | more
    with transaction.atomic():
        return services.weigh(by=by, now=now, **asked)


def device(at: Station | None = None, *, name: str = "一号箱", now: datetime = NOON) -> Device:
    with transaction.atomic():
        return services.register_device(by="test", station_id=(at or factories.station()).pk, name=name, now=now)


def key(of: Device, now: datetime = NOON) -> IssuedKey:
    with transaction.atomic():
        return services.issue_key(by="test", device_id=of.pk, now=now)


def claim(now: datetime = NOON) -> signing.Claim:
    """A proved signature with a nonce of its own."""
    return signing.Claim("dev-test", str(int(now.timestamp())), new_id().hex, "0" * 64)


def drop(seq: int, resident: User, *, grams: int = 1000, at: datetime = NOON, material: str = "paper") -> DeviceEventIn:
    body = {"resident_code": code_of(resident, at), "lines": [{"material": material, "grams": grams}]}
    return DeviceEventIn(seq, at, EventKind.DROP, body)


def status(seq: int, said: str, at: datetime = NOON) -> DeviceEventIn:
    return DeviceEventIn(seq, at, EventKind.STATUS, {"status": said})


def zone(name: str = "解放碑片区") -> Zone:
    with transaction.atomic():
        return services.open_zone(by="test", name=name, now=NOON)


def slot(of: Zone, *, capacity: int = 5, day: date = TOMORROW, part: DayPart = DayPart.MORNING) -> Slot:
    with transaction.atomic():
        return services.open_slot(by="test", zone_id=of.pk, day=day, part=part, capacity=capacity, now=NOON)


def book(by: User, of: Slot, *, now: datetime = NOON, **more: Any) -> Pickup:
    asked: dict[str, Any] = {"kind": PickupKind.BULKY, "address": "民权路 28 号 3-2"} | more
    with transaction.atomic():
        return services.book(by=by, slot_id=of.pk, now=now, **asked)


def assign(of: Pickup, to: User, now: datetime = NOON) -> Pickup:
    with transaction.atomic():
        return services.assign(by="test", pickup_id=of.pk, collector_id=to.pk, now=now)
