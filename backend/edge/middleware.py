"""Request ids, the content security policy, and problems for what fails outside REST framework."""

import logging
import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from backend.edge import problems
from backend.edge.errors import InternalError

log = logging.getLogger("backend.edge")
GetResponse = Callable[[HttpRequest], Any]
Middleware = Callable[[HttpRequest], HttpResponseBase] | Callable[[HttpRequest], Awaitable[HttpResponseBase]]
_REQUEST_ID = re.compile(r"[\w.-]{8,64}")
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; connect-src 'self' ws: wss:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def _around(get_response: GetResponse, before: Callable[[HttpRequest], None], after: Callable[..., None]) -> Middleware:
    """One middleware for sync and async servers from what it does before and after."""
    if iscoroutinefunction(get_response):

        async def run_async(request: HttpRequest) -> HttpResponseBase:
            before(request)
            response: HttpResponseBase = await get_response(request)
            after(request, response)
            return response

        return run_async

    def run(request: HttpRequest) -> HttpResponseBase:
        before(request)
        response: HttpResponseBase = get_response(request)
        after(request, response)
        return response

    return run


@sync_and_async_middleware
def request_id(get_response: GetResponse) -> Middleware:
    """Takes the proxy's `X-Request-ID` when it is well formed, else makes one; answers with it."""

    def before(request: HttpRequest) -> None:
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)  # type: ignore[attr-defined]

    def after(request: HttpRequest, response: HttpResponseBase) -> None:
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]

    return _around(get_response, before, after)


@sync_and_async_middleware
def content_security_policy(get_response: GetResponse) -> Middleware:
    """Everything from our own host and no inline script; the camera only for our own pages."""

    def after(request: HttpRequest, response: HttpResponseBase) -> None:
        response.setdefault("Content-Security-Policy", _POLICY)
        response.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")

    return _around(get_response, lambda request: None, after)


@sync_and_async_middleware
def problems_outside_rest(get_response: GetResponse) -> Middleware:
    """Turns what REST framework did not catch under /api/ into problem+json; a fault never shows its text."""
    inner = _around(get_response, lambda request: None, lambda request, response: None)
    inner.process_exception = _process_exception  # type: ignore[union-attr]
    return inner


def _process_exception(request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
    if not request.path.startswith("/api/"):
        return None
    refusal = problems.refusal_of(exception)
    if refusal is None:
        log.error("unhandled", exc_info=exception, extra={"request_id": getattr(request, "request_id", "")})
        refusal = InternalError()
    return problems.answer(request, refusal)
