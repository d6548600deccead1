"""Shapes of smart bins: what an operator sees of them, and the batches that they send."""

from typing import Any

from rest_framework import serializers

from backend.core import clock
from backend.edge.pagination import listing
from backend.edge.parsing import Instant, Text, WholeNumber
from backend.recycling.api.shapes import STATUSES, WeighedLines
from backend.recycling.models import Device
from backend.recycling.rules.sequence import MOST_EVENTS
from backend.recycling.types import BatchResult, DeviceEventIn, EventKind, EventStatus, IssuedKey

MOST_SEQ = 2**53 - 1  # what a device's JSON library keeps exactly
_WANTED = {
    EventKind.DROP: {"resident_code", "lines"},
    EventKind.FULL_DROP: {"resident_code"},
    EventKind.STATUS: {"status"},
}


class DeviceEvent(serializers.Serializer[Any]):
    """`drop` has `resident_code` and `lines`, `full_drop` has `resident_code`, `status` has `status`."""

    seq = WholeNumber(min_value=1, max_value=MOST_SEQ)
    at = Instant()
    kind = serializers.ChoiceField(choices=[each.value for each in EventKind])
    resident_code = Text(max_length=512, required=False)
    lines = WeighedLines(required=False)
    status = serializers.ChoiceField(choices=STATUSES, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        body = attrs.keys() - {"seq", "at", "kind"}
        if body != _WANTED[EventKind(attrs["kind"])]:
            wanted = ", ".join(sorted(_WANTED[EventKind(attrs["kind"])]))
            raise serializers.ValidationError(f"{attrs['kind']} 事件须有且仅有：{wanted}。It has exactly: {wanted}.")
        return attrs


class Batch(serializers.Serializer[Any]):
    events: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=DeviceEvent(), min_length=1, max_length=MOST_EVENTS
    )


class ResultAnswer(serializers.Serializer[Any]):
    """`status` may become `applied` or `refused` later where it is `waiting`; then it stays."""

    seq = serializers.IntegerField()
    status = serializers.ChoiceField(choices=[each.value for each in EventStatus])
    result = serializers.DictField(help_text="`weighing`, `points`, `carbon_mg`; or `code` and `detail` of a refusal.")


class BatchAnswer(serializers.Serializer[Any]):
    results = ResultAnswer(many=True)
    next_seq = serializers.IntegerField(help_text="The first number that has not been applied.")
    missing = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2),
        help_text="Ranges [first, last] that the waiting events wait for.",
    )


class NewDevice(serializers.Serializer[Any]):
    station = serializers.UUIDField()
    name = Text(max_length=40)


class KeyAnswer(serializers.Serializer[Any]):
    key_id = serializers.CharField()
    issued_at = serializers.DateTimeField()
    revoked = serializers.BooleanField()


class DeviceAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    station = serializers.UUIDField()
    next_seq = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="Events that wait behind a gap.")
    keys = KeyAnswer(many=True)


DevicesAnswer = listing(DeviceAnswer)


class NewKeyAnswer(serializers.Serializer[Any]):
    key_id = serializers.CharField()
    secret = serializers.CharField(help_text="Shown this once.")


class Skip(serializers.Serializer[Any]):
    reason = Text(max_length=200)


class SkipAnswer(serializers.Serializer[Any]):
    skipped = serializers.IntegerField()


def events_of(given: list[dict[str, Any]]) -> list[DeviceEventIn]:
    return [_event(dict(each)) for each in given]


def _event(fields: dict[str, Any]) -> DeviceEventIn:
    seq, at, kind = fields.pop("seq"), fields.pop("at"), EventKind(fields.pop("kind"))
    if "lines" in fields:
        fields["lines"] = [dict(line) for line in fields["lines"]]
    return DeviceEventIn(seq, at, kind, fields)


def batch_body(done: BatchResult) -> dict[str, Any]:
    return {
        "results": [{"seq": each.seq, "status": each.status, "result": dict(each.result)} for each in done.results],
        "next_seq": done.next_seq,
        "missing": [list(each) for each in done.missing],
    }


def device_body(row: Device) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "station": row.station_id,
        "next_seq": row.applied_seq + 1,
        "waiting": getattr(row, "waiting", 0),
        "keys": [
            {"key_id": key.key_id, "issued_at": clock.local(key.issued_at), "revoked": key.revoked_at is not None}
            for key in row.keys.all()
        ],
    }


def key_body(made: IssuedKey) -> dict[str, Any]:
    return {"key_id": made.key_id, "secret": made.secret}
