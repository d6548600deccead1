"""Reads of screens, scales, bins and pick-ups."""

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from backend.accounts import crypto
from backend.accounts import queries as accounts
from backend.accounts.models import User
from backend.accounts.types import Role
from backend.core.errors import Forbidden, NotFound
from backend.earning import queries as earning
from backend.earning.models import Station
from backend.recycling.errors import StationRequired
from backend.recycling.models import Device, DeviceEvent, DeviceKey, Display, Pickup, Slot, Weighing, WeighingLine, Zone
from backend.recycling.rules.pickups import CUT_OFF, pin_of
from backend.recycling.types import STATION_SCOPE, ZONE_SCOPE, EventStatus, PickupStatus


def attendant_station(user: User, station_id: UUID | None) -> Station:
    """The station that `user` attends; `station_id` chooses where there are several.

    Raises Forbidden for a station that is not theirs, or when they have none, and StationRequired.
    """
    allowed = accounts.scopes(user, Role.ATTENDANT, STATION_SCOPE)
    wanted = allowed if station_id is None else allowed & {station_id}
    stations = list(Station.objects.filter(pk__in=wanted).order_by("name"))
    if not stations:
        raise Forbidden
    if len(stations) > 1:
        raise StationRequired(stations=[{"id": str(each.pk), "name": each.name} for each in stations])
    return stations[0]


def stations_attended(user: User) -> list[Station]:
    """Every station that `user` attends, by name."""
    return list(Station.objects.filter(pk__in=accounts.scopes(user, Role.ATTENDANT, STATION_SCOPE)).order_by("name"))


def may_run_station(user: User, station_id: UUID) -> bool:
    """Whether `user` may set up this station's screens: its attendants and operators."""
    return user.has_role(Role.OPERATOR) or station_id in accounts.scopes(user, Role.ATTENDANT, STATION_SCOPE)


def station_run_by(user: User, station_id: UUID) -> Station:
    """The station, for those who may run it. Raises NotFound, Forbidden."""
    station = earning.station(station_id)
    if not may_run_station(user, station.pk):
        raise Forbidden
    return station


def display_of(secret: str) -> Display | None:
    """The enrolled screen with this secret; None when there is none or it was revoked."""
    return Display.objects.filter(secret_digest=crypto.digest("display", secret), revoked_at=None).first()


def live_display(display_id: UUID) -> UUID | None:
    """The station that a screen belongs to; None when it was revoked."""
    return Display.objects.filter(pk=display_id, revoked_at=None).values_list("station", flat=True).first()


def weighings_at(station_ids: "set[UUID]") -> "QuerySet[Weighing]":
    """Weighings of these stations with their lines; order and page them by `-id`."""
    found = Weighing.objects.filter(station__in=station_ids).select_related("station")
    return found.prefetch_related("lines__award", "lines__correction")


def lines_of(resident_id: UUID) -> "QuerySet[WeighingLine]":
    """Every line that was weighed for a resident."""
    return WeighingLine.objects.filter(weighing__resident_id=resident_id).select_related("weighing")


def device_key(device_id: UUID, key_id: str) -> DeviceKey | None:
    """A key of this very device that is good now."""
    rows = DeviceKey.objects.select_related("device__station")
    return rows.filter(key_id=key_id, device=device_id, revoked_at=None).first()


def devices() -> "QuerySet[Device]":
    """Devices with their keys, and how many of their events wait behind a gap."""
    waiting = Count("events", filter=Q(events__status=EventStatus.WAITING))
    return Device.objects.select_related("station").prefetch_related("keys").annotate(waiting=waiting)


def waiting_events(device_id: UUID) -> "QuerySet[DeviceEvent]":
    return DeviceEvent.objects.filter(device=device_id, status=EventStatus.WAITING).order_by("seq")


def zones() -> "QuerySet[Zone]":
    return Zone.objects.order_by("name")


def open_slots(zone_id: UUID, now: datetime) -> "QuerySet[Slot]":
    """Slots of a zone that can still be booked, soonest first."""
    return Slot.objects.filter(zone=zone_id, starts_at__gt=now + CUT_OFF, booked__lt=F("capacity")).order_by(
        "starts_at"
    )


def pickups_of(resident_id: UUID) -> "QuerySet[Pickup]":
    """A resident's own pick-ups; order and page them by `-id`."""
    return Pickup.objects.filter(resident_id=resident_id).select_related("slot__zone")


def round_of(user: User, day: date) -> "QuerySet[Pickup]":
    """What a collector has to fetch, or has fetched, on `day`."""
    rows = Pickup.objects.filter(collector_id=user.pk, slot__day=day).exclude(status=PickupStatus.CANCELLED)
    return rows.select_related("slot__zone")


def pickups_on(day: date) -> "QuerySet[Pickup]":
    """Every pick-up of a day, for the operators who assign them."""
    return Pickup.objects.filter(slot__day=day).exclude(status=PickupStatus.CANCELLED).select_related("slot__zone")


def collectors_of(zone_id: UUID) -> list[User]:
    """Who may fetch in a zone, longest known first."""
    return accounts.holders(Role.COLLECTOR, ZONE_SCOPE, zone_id)


def own_pickup(user: User, pickup_id: UUID) -> Pickup:
    """One's own pick-up. Raises NotFound, also for somebody else's."""
    found = pickups_of(user.pk).filter(pk=pickup_id).first()
    if found is None:
        raise NotFound
    return found


def address_of(pickup: Pickup) -> str:
    """The address in clear; empty once it was forgotten."""
    return crypto.unseal(pickup.address_sealed) if pickup.address_sealed else ""


def door_pin(pickup: Pickup) -> str:
    """The PIN that the resident tells the collector. Derived, so that it is stored nowhere."""
    return pin_of(crypto.digest("door-pin", str(pickup.pk)))


def disagreements() -> Iterator[str]:
    """What does not agree: the slots' counters with the bookings, the lines with their awards."""
    held = Count("pickups", filter=~Q(pickups__status=PickupStatus.CANCELLED))
    for slot in Slot.objects.annotate(held=held).exclude(booked=F("held")):
        yield f"slot {slot}: counter says {slot.booked} booked, there are {slot.held} pick-ups"
    for line in WeighingLine.objects.exclude(award=None).exclude(award__amount=F("grams")).select_related("award"):
        yield f"{line} of weighing {line.weighing_id}: its award is for {line.award.amount if line.award else 0} g"
    for device in Device.objects.filter(
        events__status=EventStatus.WAITING, events__seq__lte=F("applied_seq")
    ).distinct():
        yield f"device {device}: an event waits that was passed"
