"""Answers that are bytes: pictures, paper, files."""

from typing import Any

from rest_framework.renderers import BaseRenderer


class Binary(BaseRenderer):
    """Bytes as they are. A subclass names their `media_type` and `format`."""

    charset, render_style = None, "binary"

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> Any:
        return data


class Png(Binary):
    media_type, format = "image/png", "png"
