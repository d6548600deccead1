"""Shapes of the inbox."""

from typing import Any

from rest_framework import serializers

from backend.inbox.models import Message
from backend.inbox.types import Channel, Kind

_KINDS, _CHANNELS = [each.value for each in Kind], [each.value for each in Channel]


class MessageAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=_KINDS)
    title = serializers.CharField(help_text="What happened, in the client's language.")
    why = serializers.CharField(allow_blank=True)
    data = serializers.DictField(  # type: ignore[assignment]  # the name of the field, not the serializer's result
        help_text="For links: ids and figures; depends on the kind."
    )
    at = serializers.DateTimeField()
    read = serializers.BooleanField()


class Messages(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True)
    results = MessageAnswer(many=True)
    unread = serializers.IntegerField(help_text="Of all messages, not of this page.")


class Unread(serializers.Serializer[Any]):
    unread = serializers.IntegerField()


class Choice(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=_KINDS)
    channels = serializers.ListField(child=serializers.ChoiceField(choices=_CHANNELS), max_length=len(_CHANNELS))


class Choices(serializers.Serializer[Any]):
    """Each kind at most once; what is not named is not sent out. The inbox itself holds every message."""

    kinds = serializers.ListField(child=Choice(), max_length=len(_KINDS))

    def validate_kinds(self, kinds: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({each["kind"] for each in kinds}) != len(kinds):
            raise serializers.ValidationError("同一类消息只能出现一次。Each kind at most once.")
        return kinds


class ChoicesAnswer(serializers.Serializer[Any]):
    kinds = Choice(many=True)
    quiet_from = serializers.CharField(help_text="From this time of the day nothing is sent out.")
    quiet_to = serializers.CharField()


def message_body(message: Message, language: str) -> dict[str, Any]:
    english = language == "en"
    return {
        "id": message.pk,
        "kind": message.kind,
        "title": message.title_en if english else message.title_zh,
        "why": message.why_en if english else message.why_zh,
        "data": message.data,
        "at": message.at,
        "read": message.read_at is not None,
    }
