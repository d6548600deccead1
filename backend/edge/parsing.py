"""Bodies and queries: JSON that is really JSON, then a serializer; a fault is one typed refusal."""

import json
import re
from datetime import datetime
from typing import IO, Any

from django.conf import settings
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.request import Request

from backend.edge.errors import TooLarge

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


class StrictJSONParser(JSONParser):
    """JSON without NaN, without repeated names, within the size limit, not nested beyond reason."""

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise TooLarge(limit_bytes=limit)
        try:
            return json.loads(raw.decode(), parse_constant=_no_constant, object_pairs_hook=_no_repeats)
        except (ValueError, RecursionError) as wrong:
            raise ParseError from wrong


class ImageBody(BaseParser):
    """The raw bytes of an image; what they really are is judged by their content, not by the header."""

    media_type = "image/*"

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> bytes:  # type: ignore[override]
        limit = settings.IMAGE_UPLOAD_MAX_BYTES
        data: bytes = stream.read(limit + 1)
        if len(data) > limit:
            raise TooLarge(limit_bytes=limit)
        return data


def image_of(request: Request) -> bytes:
    """The image in the body; nothing where another form was sent."""
    return request.data if isinstance(request.data, bytes) else b""


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("repeated name")
    return found


def parse(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The validated body. Raises REST framework's ValidationError, which `problems` renders."""
    return _valid(serializer, request.data)


def parse_query(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The validated query string; each name once."""
    return _valid(serializer, request.query_params.dict())


def _valid(serializer: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    bound = serializer(data=data)
    bound.is_valid(raise_exception=True)
    return dict(bound.validated_data)


class Text(serializers.CharField):
    """A line of text from outside: length-limited, no control or direction-changing characters, never a number."""

    default_error_messages = {"control": "不能包含控制字符。Control characters are not allowed."}

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, trim_whitespace=True, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if _CONTROL.search(data) or (not data.isprintable() and "\n" not in data):
            self.fail("control")
        return str(super().to_internal_value(data))


class WholeNumber(serializers.IntegerField):
    """An integer that is written as one: no "12", no 1.0, no true."""

    def __init__(self, *, min_value: int, max_value: int, **kwargs: Any) -> None:
        super().__init__(min_value=min_value, max_value=max_value, **kwargs)

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class Instant(serializers.DateTimeField):
    """A time from outside, within the years that the service can speak of."""

    default_error_messages = {"far": "年份须在 2000 至 2200 之间。The year must lie between 2000 and 2200."}

    def to_internal_value(self, value: Any) -> datetime:
        instant: datetime = super().to_internal_value(value)
        if not 2000 <= instant.year <= 2200:
            self.fail("far")
        return instant
