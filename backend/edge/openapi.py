"""OpenAPI: every operation declares its problems, and value-moving POSTs their Idempotency-Key."""

import re
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    pattern=r"^[\x21-\x7e]{1,80}$",
    description="A new value for each act; the same value replays the first answer.",
)

PAGE_PARAMETERS = [
    OpenApiParameter("cursor", OpenApiTypes.STR, description="From the `next` of the page before."),
    OpenApiParameter("limit", OpenApiTypes.INT, description="Rows a page, 1-100; 20 unless told."),
]


class Schema(AutoSchema):
    """Tags by the first word of the path; a view that sets `moves_value` takes an Idempotency-Key."""

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        """Two apps may use one name for their shapes, and two files of one app: the whole name says which is meant."""
        kind = serializer.__class__
        app, leaf = re.fullmatch(r"(?:backend\.)?(\w+)(?:\..*)?\.(\w+)", kind.__module__).groups()  # type: ignore[union-attr]
        group = "" if leaf in ("serializers", "shapes", "views") else leaf.removesuffix("_shapes")
        return f"{app}_{group}_".replace("_", " ").title().replace(" ", "") + str(
            super().get_serializer_name(serializer, direction)
        )

    def get_override_parameters(self) -> list[Any]:
        given = list(super().get_override_parameters())
        return (
            [*given, IDEMPOTENCY_KEY] if getattr(self.view, "moves_value", False) and self.method == "POST" else given
        )


_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "request_id": {"type": "string"},
    },
}


def declare_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Adds the problem schema as the answer of every 4XX and of 503 to each operation."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
    problem = {
        "description": "A typed refusal (RFC 9457).",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path in result.get("paths", {}).values():
        for operation in path.values():
            operation["responses"].setdefault("4XX", problem)
            operation["responses"].setdefault("503", problem)
    return result
