"""Rows of screens, scales, bins, reports and pick-ups."""

from backend.recycling.models.devices import Device, DeviceEvent, DeviceKey
from backend.recycling.models.pickups import BookingCount, Pickup, Slot, Zone
from backend.recycling.models.stations import Display, StationReport
from backend.recycling.models.weighings import Correction, Weighing, WeighingLine

__all__ = [
    "BookingCount",
    "Correction",
    "Device",
    "DeviceEvent",
    "DeviceKey",
    "Display",
    "Pickup",
    "Slot",
    "StationReport",
    "Weighing",
    "WeighingLine",
    "Zone",
]
