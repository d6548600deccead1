"""Codes over HTTP: reading a photograph, and the shape in which a code is shown."""

import base64
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core import clock
from backend.edge.parsing import ImageBody, image_of
from backend.edge.permissions import Anyone
from backend.tokens.api.serializers import DecodedAnswer
from backend.tokens.rendering.decoding import decode_image
from backend.tokens.rendering.symbols import qr_png
from backend.tokens.types import IssuedCode


class DecodeView(APIView):
    """For phones whose browser cannot read QR codes. Nothing is stored."""

    authentication_classes: list[Any] = []
    permission_classes = [Anyone]
    parser_classes = [ImageBody]

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
        return Response({"codes": decode_image(image_of(request))})


def code_body(code: IssuedCode) -> dict[str, Any]:
    """A code as clients show it. The symbol is drawn here, outside any transaction."""
    return {
        "payload": code.payload,
        "url": code.url,
        "qr": picture_of(code.url),
        "expires_at": clock.local(code.expires_at) if code.expires_at else None,
        "refresh_at": clock.local(code.refresh_at) if code.refresh_at else None,
    }


def picture_of(url: str) -> str:
    """The symbol of a code's URL as a data URL. Drawing takes a while: never inside a door."""
    return f"data:image/png;base64,{base64.b64encode(qr_png(url)).decode()}"
