from typing import Any

from rest_framework import serializers


class DecodedAnswer(serializers.Serializer[Any]):
    codes = serializers.ListField(child=serializers.CharField())
