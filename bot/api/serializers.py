"""Shapes of the assistant's door."""

from rest_framework import serializers

from backend.edge.parsing import Text
from bot.asking import LONGEST_QUESTION_CHARS
from bot.types import Status


class AskRequest(serializers.Serializer[None]):
    text = Text(max_length=LONGEST_QUESTION_CHARS)
    conversation = serializers.UUIDField(required=False, allow_null=True)


class CitationAnswer(serializers.Serializer[None]):
    document = serializers.CharField()
    section = serializers.IntegerField(
        allow_null=True, help_text="Item number, 0 overall, 101-103 boxes; null for other documents"
    )
    title = serializers.CharField()
    quote = serializers.CharField(help_text="Verbatim in the document")
    document_title = serializers.CharField()
    issued_on = serializers.DateField()


class AskAnswer(serializers.Serializer[None]):
    answer = serializers.CharField()
    status = serializers.ChoiceField(choices=[status.value for status in Status])
    refused = serializers.BooleanField()
    citations = CitationAnswer(many=True)
    near = CitationAnswer(many=True, help_text="Where a refused question comes nearest")
    conversation = serializers.UUIDField(allow_null=True, help_text="Null only while the assistant is closed")
    turn = serializers.UUIDField(allow_null=True, help_text="Names this answer in a vote; null where none was kept")
    generated = serializers.BooleanField(help_text="True only for the words of a language model")
    live = serializers.BooleanField(help_text="True where the answer was read from the resident's own account")
    notice = serializers.CharField()
