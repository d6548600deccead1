"""`X-Device-Id`: by what the service knows a browser or app again, so that limits per person hold over its accounts."""

import re

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from backend.core.errors import Invalid

_PATTERN = r"^[0-9A-Za-z_-]{16,64}$"
DEVICE = OpenApiParameter(
    "X-Device-Id",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    pattern=_PATTERN,
    description="A random value that the client makes once and keeps. Stored as a keyed digest only.",
)


def device_of(request: Request) -> str:
    """The device that the caller names, "" for none. Raises Invalid for what cannot be one."""
    given = request.headers.get("X-Device-Id", "")
    if given and not re.fullmatch(_PATTERN, given):
        raise Invalid(errors={"X-Device-Id": [{"code": "invalid", "message": _PATTERN}]})
    return given
