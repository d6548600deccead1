"""`POST assistant/questions`: JSON by REST framework, server-sent events by a plain async view at the same address.

REST framework answers 406 to `text/event-stream`, and a sync generator under ASGI arrives all at once; so the stream
is an async generator of a plain view, behind the same authentication, throttle and parser.
"""

import json
import logging
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.errors import Refusal
from backend.edge import problems
from backend.edge.errors import InternalError
from backend.edge.parsing import parse
from backend.edge.permissions import Anyone
from backend.edge.throttles import Assistant
from bot import asking
from bot.api.serializers import AskAnswer, AskRequest

EVENT_STREAM = "text/event-stream"
log = logging.getLogger(__name__)


class EventStream(BaseRenderer):
    """Only makes the type negotiable; `questions` streams before this is ever asked to render."""

    media_type, format, charset = EVENT_STREAM, "event-stream", "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return f"event: error\ndata: {json.dumps(data, ensure_ascii=False, default=str)}\n\n".encode()


class QuestionsView(APIView):
    """Anyone may ask; a resident's conversation is kept as the resident's own."""

    permission_classes = [Anyone]
    throttle_classes = [Assistant]
    renderer_classes = [JSONRenderer, EventStream]

    @extend_schema(
        operation_id="ask",
        request=AskRequest,
        responses={(200, "application/json"): AskAnswer, (200, EVENT_STREAM): OpenApiTypes.OBJECT},
    )
    def post(self, request: Request) -> Response:
        """Answers from the documents, with citations, or says that they do not tell.

        With `Accept: text/event-stream` the events `sources`, `delta`, `done` and `error` arrive as they happen.
        """
        body = parse(AskRequest, request)
        reply = asking.answer_now(body["text"], body.get("conversation"), _person(request))
        return Response(asking.envelope(reply))

    def admit(self, request: HttpRequest) -> tuple[dict[str, Any], UUID | None]:
        """What `dispatch` does before `post`: authentication, permission, throttle; then the parsed body."""
        self.setup(request)
        self.headers: dict[str, str] = {}
        wrapped = self.initialize_request(request)
        self.request = wrapped
        self.initial(wrapped)
        return parse(AskRequest, wrapped), _person(wrapped)


def _person(request: Request) -> UUID | None:
    return request.user.pk if request.user is not None else None


_as_json = QuestionsView.as_view()


@csrf_exempt
async def questions(request: HttpRequest) -> HttpResponseBase:
    """The stream where it is asked for, else REST framework's answer."""
    if request.method != "POST" or EVENT_STREAM not in request.headers.get("Accept", ""):
        response: HttpResponseBase = await sync_to_async(_as_json)(request)
        return response
    try:
        body, person = await sync_to_async(QuestionsView().admit)(request)
    except Exception as exception:
        refusal = problems.refusal_of(exception)
        if refusal is None:
            raise
        return problems.answer(request, refusal)
    stream = _stream(body["text"], body.get("conversation"), person, problems.language_of(request))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(stream, content_type=f"{EVENT_STREAM}; charset=utf-8", headers=headers)


# What the OpenAPI generator and REST framework's own tools look for on a view function.
questions.cls = QuestionsView  # type: ignore[attr-defined]
questions.initkwargs = {}  # type: ignore[attr-defined]


async def _stream(text: str, conversation: UUID | None, person: UUID | None, language: str) -> AsyncIterator[bytes]:
    seq = 0
    try:
        async for event in asking.events(text, conversation, person, "stream"):
            seq += 1
            yield _event(event.pop("type"), {**event, "seq": seq})
    except Refusal as refusal:
        yield _event("error", problems.body_of(refusal, language=language, request_id=""))
    except Exception:
        log.exception("A streamed answer failed.")
        yield _event("error", problems.body_of(InternalError(), language=language, request_id=""))


def _event(name: str, data: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
