"""Codes over HTTP: reading a photograph, and the shape in which a code is shown."""

import base64
from typing import IO, Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core import clock
from backend.edge.errors import TooLarge
from backend.edge.permissions import Anyone
from backend.tokens.api.serializers import DecodedAnswer
from backend.tokens.rendering.decoding import decode_image
from backend.tokens.rendering.symbols import qr_png
from backend.tokens.types import IssuedCode


class _Photograph(BaseParser):
    """The raw bytes of an image; what they really are is judged by their content, not by the header."""

    media_type = "image/*"

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> bytes:  # type: ignore[override]
        limit = settings.IMAGE_UPLOAD_MAX_BYTES
        data: bytes = stream.read(limit + 1)
        if len(data) > limit:
            raise TooLarge(limit_bytes=limit)
        return data


class DecodeView(APIView):
    """For phones whose browser cannot read QR codes. Nothing is stored."""

    authentication_classes: list[Any] = []
    permission_classes = [Anyone]
    parser_classes = [_Photograph]

    @extend_schema(
        operation_id="decode_photograph",
        request={
            "image/jpeg": OpenApiTypes.BINARY,
            "image/png": OpenApiTypes.BINARY,
            "image/webp": OpenApiTypes.BINARY,
        },
        responses={200: DecodedAnswer},
    )
    def post(self, request: Request) -> Response:
        """The texts of the QR codes in a JPEG, PNG or WebP picture."""
        data = request.data
        return Response({"codes": decode_image(data if isinstance(data, bytes) else b"")})


def code_body(code: IssuedCode) -> dict[str, Any]:
    """A code as clients show it. The symbol is drawn here, outside any transaction."""
    picture = base64.b64encode(qr_png(code.url)).decode()
    return {
        "payload": code.payload,
        "url": code.url,
        "qr": f"data:image/png;base64,{picture}",
        "expires_at": clock.local(code.expires_at) if code.expires_at else None,
        "refresh_at": clock.local(code.refresh_at) if code.refresh_at else None,
    }
