"""RFC 9457 problem+json: the one place where refusals become answers, for REST, plain views and WebSocket."""

import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import get_language_from_request
from rest_framework import exceptions
from rest_framework.request import Request

from backend.core.errors import Forbidden, Invalid, NotFound, Refusal, Unauthenticated
from backend.edge import errors

log = logging.getLogger("backend.edge")
CONTENT_TYPE = "application/problem+json"


def language_of(request: HttpRequest) -> str:
    """`en` when Accept-Language prefers English, else `zh-Hans`."""
    return "en" if get_language_from_request(request) == "en" else "zh-Hans"


def in_english(request: Request) -> bool:
    """Whether a caller of REST is answered in English."""
    return language_of(request._request) == "en"


def body_of(refusal: Refusal, *, language: str, request_id: str) -> dict[str, Any]:
    """The members of the problem; `data` of the refusal stands beside the standard ones."""
    standard = {
        "type": f"{settings.PUBLIC_BASE_URL}/problems/{refusal.code}",
        "title": type(refusal).__name__,
        "status": refusal.status,
        "detail": refusal.detail(language),
        "code": refusal.code,
        "request_id": request_id,
    }
    return {**refusal.data, **standard}


def answer(request: HttpRequest, refusal: Refusal) -> JsonResponse:
    """A problem for views outside REST framework."""
    body = body_of(refusal, language=language_of(request), request_id=getattr(request, "request_id", ""))
    text = {"ensure_ascii": False}
    return JsonResponse(
        body, status=refusal.status, content_type=CONTENT_TYPE, headers=_headers(refusal), json_dumps_params=text
    )


def exception_handler(exception: Exception, context: dict[str, Any]) -> JsonResponse | None:
    """REST framework's handler: a typed refusal for all it knows; anything else is a 500 without its text.

    A plain JSON response, so that a problem is a problem whatever renderer the client negotiated.
    """
    refusal = refusal_of(exception)
    return answer(context["request"]._request, refusal) if refusal else None


def refusal_of(exception: Exception) -> Refusal | None:
    """The refusal that stands for a framework's exception; None when it is none of theirs."""
    match exception:
        case Refusal():
            return exception
        case exceptions.ParseError() | UnicodeDecodeError():
            return errors.MalformedJSON()
        case exceptions.ValidationError():
            return Invalid(errors=exception.get_full_details())
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return Unauthenticated()
        case exceptions.PermissionDenied() | PermissionDenied():
            return Forbidden()
        case exceptions.NotFound() | Http404():
            return NotFound()
        case exceptions.MethodNotAllowed():
            return errors.MethodNotAllowed()
        case exceptions.NotAcceptable():
            return errors.NotAcceptable()
        case exceptions.UnsupportedMediaType():
            return errors.UnsupportedMediaType()
        case exceptions.Throttled():
            return errors.Throttled(retry_after_seconds=int(getattr(exception, "wait", None) or 60))
        case RequestDataTooBig():
            return errors.TooLarge(limit_bytes=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        case SuspiciousOperation():
            return Invalid()
        case OperationalError():
            log.exception("database refused")
            return errors.Busy()
        case _:
            return None


def _headers(refusal: Refusal) -> dict[str, str]:
    if refusal.status == 401:
        return {"WWW-Authenticate": 'Bearer realm="green-points"'}
    if "retry_after_seconds" in refusal.data:
        return {"Retry-After": str(refusal.data["retry_after_seconds"])}
    return {}
