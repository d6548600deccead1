"""Shapes of weighings, reports, screens and pick-ups."""

from typing import Any

from rest_framework import serializers

from backend.core import clock
from backend.earning.api.serializers import Coordinates
from backend.earning.types import StationStatus
from backend.edge.pagination import listing
from backend.edge.parsing import Text, WholeNumber
from backend.recycling import queries
from backend.recycling.models import Pickup, Slot, Weighing, WeighingLine
from backend.recycling.rules.pickups import MOST_DECLARED_GRAMS
from backend.recycling.rules.weighing import MOST_GRAMS, MOST_LINES
from backend.recycling.types import (
    OPEN_PICKUPS,
    DayPart,
    EnrolledDisplay,
    Line,
    Material,
    PickupKind,
    PickupStatus,
    Reported,
    Weighed,
)

MATERIALS = [each.value for each in Material]
STATUSES = [each.value for each in StationStatus]
MOST_CAPACITY = 500


class WeighedLine(serializers.Serializer[Any]):
    material = serializers.ChoiceField(choices=MATERIALS)
    grams = WholeNumber(min_value=1, max_value=MOST_GRAMS)


class WeighedLines(serializers.ListSerializer[Any]):
    """One to twenty lines."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=WeighedLine(), min_length=1, max_length=MOST_LINES, **kwargs)


class NewWeighing(serializers.Serializer[Any]):
    resident_code = Text(max_length=512)
    lines = WeighedLines()
    station = serializers.UUIDField(required=False, help_text="Where one attends several stations.")


class WeighedAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    points = serializers.IntegerField()
    carbon_mg = serializers.IntegerField()


class NewCorrection(serializers.Serializer[Any]):
    """What the line should have been; 0 grams where nothing was weighed."""

    position = WholeNumber(min_value=0, max_value=MOST_LINES - 1)
    material = serializers.ChoiceField(choices=MATERIALS)
    grams = WholeNumber(min_value=0, max_value=MOST_GRAMS)
    reason = Text(max_length=200)


class CorrectionAnswer(serializers.Serializer[Any]):
    weighing = serializers.UUIDField()
    position = serializers.IntegerField()
    grams = serializers.IntegerField()


class LineAnswer(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    material = serializers.ChoiceField(choices=MATERIALS)
    grams = serializers.IntegerField()
    points = serializers.IntegerField()
    refused = serializers.CharField(
        allow_blank=True, help_text="The code of the refusal where the line earned nothing."
    )
    corrected_grams = serializers.IntegerField(allow_null=True)


class WeighingAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    station = serializers.CharField()
    weighed_by = serializers.CharField()
    lines = LineAnswer(many=True)


WeighingsAnswer = listing(WeighingAnswer)


class AttendedStation(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class AttendedStations(serializers.Serializer[Any]):
    results = AttendedStation(many=True)


class NewReport(Coordinates):
    status = serializers.ChoiceField(choices=STATUSES)
    code = Text(max_length=512, required=False, help_text="The station's code, to be thanked for finding it full.")


class ReportAnswer(serializers.Serializer[Any]):
    station = serializers.UUIDField()
    status = serializers.ChoiceField(choices=STATUSES)
    points = serializers.IntegerField(help_text="Thanks for a full bin; 0 otherwise.")


class NewDisplay(serializers.Serializer[Any]):
    name = Text(max_length=40)


class DisplayAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    secret = serializers.CharField(help_text="Shown this once.")


class Done(serializers.Serializer[Any]):
    """Nothing to say: it is done."""


class ZoneAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class ZonesAnswer(serializers.Serializer[Any]):
    results = ZoneAnswer(many=True)


class CollectorAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(help_text="Masked: 138****5678.")


class CollectorsAnswer(serializers.Serializer[Any]):
    results = CollectorAnswer(many=True)


class NewZone(serializers.Serializer[Any]):
    name = Text(max_length=40)


class NewSlot(serializers.Serializer[Any]):
    day = serializers.DateField()
    part = serializers.ChoiceField(choices=[each.value for each in DayPart])
    capacity = WholeNumber(min_value=1, max_value=MOST_CAPACITY)


class SlotAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    zone = serializers.CharField()
    day = serializers.DateField()
    part = serializers.ChoiceField(choices=[each.value for each in DayPart])
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    left = serializers.IntegerField()


SlotsAnswer = listing(SlotAnswer)


class NewPickup(serializers.Serializer[Any]):
    slot = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=[each.value for each in PickupKind])
    address = Text(max_length=120)
    note = Text(max_length=100, required=False, allow_blank=True, default="")
    declared_grams = WholeNumber(min_value=1, max_value=MOST_DECLARED_GRAMS, required=False)


class NewTime(serializers.Serializer[Any]):
    slot = serializers.UUIDField()


class Assignment(serializers.Serializer[Any]):
    collector = serializers.UUIDField()


class DoorWeighing(serializers.Serializer[Any]):
    resident_code = Text(max_length=512, required=False, default="", allow_blank=True)
    pin = Text(max_length=6, required=False, default="", allow_blank=True)
    lines = WeighedLines()


class Missed(serializers.Serializer[Any]):
    reason = Text(max_length=200)


class PickupAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=[each.value for each in PickupStatus])
    kind = serializers.ChoiceField(choices=[each.value for each in PickupKind])
    declared_grams = serializers.IntegerField(allow_null=True)
    slot = SlotAnswer()
    assigned = serializers.BooleanField()
    address = serializers.CharField(required=False, help_text="For the resident and the assigned collector only.")
    note = serializers.CharField(required=False)
    pin = serializers.CharField(required=False, help_text="For the resident only, while the pick-up is open.")


PickupsAnswer = listing(PickupAnswer)


class DayQuery(serializers.Serializer[Any]):
    day = serializers.DateField(required=False, help_text="Today unless told.")


def lines_of(given: list[dict[str, Any]]) -> list[Line]:
    return [Line(Material(line["material"]), line["grams"]) for line in given]


def weighed_body(done: Weighed) -> dict[str, Any]:
    return {"id": done.id, "points": done.points, "carbon_mg": done.carbon_mg}


def weighing_body(row: Weighing) -> dict[str, Any]:
    return {
        "id": row.pk,
        "at": clock.local(row.at),
        "station": row.station.name if row.station else "",
        "weighed_by": row.weighed_by,
        "lines": [_line_body(line) for line in sorted(row.lines.all(), key=lambda line: line.position)],
    }


def _line_body(line: WeighingLine) -> dict[str, Any]:
    return {
        "position": line.position,
        "material": line.material,
        "grams": line.grams,
        "points": line.award.points if line.award else 0,
        "refused": line.refused,
        "corrected_grams": line.correction.grams if hasattr(line, "correction") else None,
    }


def reported_body(done: Reported) -> dict[str, Any]:
    return {"station": done.station_id, "status": done.status, "points": done.points}


def display_body(made: EnrolledDisplay) -> dict[str, Any]:
    return {"id": made.id, "secret": made.secret}


def slot_body(slot: Slot) -> dict[str, Any]:
    return {
        "id": slot.pk,
        "zone": slot.zone.name,
        "day": slot.day,
        "part": slot.part,
        "starts_at": clock.local(slot.starts_at),
        "ends_at": clock.local(slot.ends_at),
        "left": slot.capacity - slot.booked,
    }


def pickup_body(row: Pickup) -> dict[str, Any]:
    """What everybody who may see the pick-up sees; neither address nor note."""
    return {
        "id": row.pk,
        "status": row.status,
        "kind": row.kind,
        "declared_grams": row.declared_grams,
        "slot": slot_body(row.slot),
        "assigned": row.collector_id is not None,
    }


def round_body(row: Pickup) -> dict[str, Any]:
    """For the assigned collector: where to go."""
    return pickup_body(row) | {"address": queries.address_of(row), "note": row.note}


def own_pickup_body(row: Pickup) -> dict[str, Any]:
    """For the resident: all of it, and the PIN to tell at the door while there is a door to come."""
    pin = {"pin": queries.door_pin(row)} if row.status in OPEN_PICKUPS else {}
    return round_body(row) | pin
