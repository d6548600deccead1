"""The verbs: weigh and correct, take a bin's events, report on a station, run screens, book and fetch from the door."""

from backend.recycling.services.collecting import assign, collect, miss
from backend.recycling.services.devices import issue_key, register_device, revoke_key
from backend.recycling.services.displays import enrol_display, revoke_display
from backend.recycling.services.events import apply_next, catch_up, keep, skip_gap
from backend.recycling.services.pickups import book, cancel, forget_addresses, forget_resident, reschedule
from backend.recycling.services.reports import report
from backend.recycling.services.slots import open_slot, open_zone
from backend.recycling.services.weighings import correct, weigh

__all__ = [
    "apply_next",
    "assign",
    "book",
    "cancel",
    "catch_up",
    "collect",
    "correct",
    "enrol_display",
    "forget_addresses",
    "forget_resident",
    "issue_key",
    "keep",
    "miss",
    "open_slot",
    "open_zone",
    "register_device",
    "report",
    "reschedule",
    "revoke_display",
    "revoke_key",
    "skip_gap",
    "weigh",
]
