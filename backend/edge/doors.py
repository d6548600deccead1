"""The door: where a request that moves value meets the database.

    with one durable transaction:
        take the idempotency key        (replay, reuse or in flight end here)
        with a savepoint: run the act   (a typed refusal rolls back the savepoint only)
        render, remember the answer     (2xx and 4xx alike; a 5xx is not remembered)

PostgreSQL tells "in flight" by an advisory lock on the key; SQLite, with one writer at a time, waits and replays.
Nothing slow belongs inside: no rendering of images, no embedding, no network.
"""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from rest_framework.request import Request
from rest_framework.response import Response

from backend.core import clock
from backend.core.errors import Refusal
from backend.edge import errors, problems
from backend.edge.models import RememberedAnswer

_KEY = re.compile(r"[\x21-\x7e]{1,80}")
Answer = tuple[int, dict[str, Any]]


def value_door(request: Request, act: Callable[[], Any], render: Callable[[Any], dict[str, Any]]) -> Response:
    """Runs `act` for a POST that moves value: Idempotency-Key required, the answer remembered. 201 on success."""
    key = _key_of(request)
    caller, fingerprint = _caller_of(request), _fingerprint(request)
    with transaction.atomic(durable=True):
        _refuse_if_in_flight(caller, key)
        remembered = RememberedAnswer.objects.filter(caller=caller, key=key).first()
        if remembered is not None:
            return _replay(remembered, fingerprint)
        status, body = _run(request, act, render, success=201)
        RememberedAnswer.objects.create(
            caller=caller, key=key, request_hash=fingerprint, status=status, body=_text(body), created_at=clock.now()
        )
    return _response(status, body)


def door(
    request: Request, act: Callable[[], Any], render: Callable[[Any], dict[str, Any]], *, success: int = 200
) -> Response:
    """Runs `act` for a write that moves no value (login, profile): one durable transaction, nothing remembered."""
    with transaction.atomic(durable=True):
        status, body = _run(request, act, render, success=success)
    return _response(status, body)


def _run(request: Request, act: Callable[[], Any], render: Callable[[Any], dict[str, Any]], *, success: int) -> Answer:
    try:
        with transaction.atomic():
            result = _keeping_marks(act)
    except Refusal as refusal:
        result = refusal
    if isinstance(result, Refusal):
        django_request = request._request
        language, request_id = problems.language_of(django_request), getattr(django_request, "request_id", "")
        return result.status, _plain(problems.body_of(result, language=language, request_id=request_id))
    return success, _plain(render(result))


def _keeping_marks(act: Callable[[], Any]) -> Any:
    """The act's result, or its refusal as a value when the marks that it wrote must be committed."""
    try:
        return act()
    except Refusal as refusal:
        if refusal.leaves_marks:
            return refusal
        raise


def _key_of(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        raise errors.IdempotencyKeyRequired
    return key


def _caller_of(request: Request) -> str:
    return str(request.user.pk)


def _fingerprint(request: Request) -> str:
    """What makes two requests the same: method, path and body, whatever the order of its names."""
    body = json.dumps(request.data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{request.method}\n{request.path}\n{body}".encode()).hexdigest()


def _refuse_if_in_flight(caller: str, key: str) -> None:
    if connection.vendor != "postgresql":
        return
    number = int.from_bytes(hashlib.sha256(f"{caller}\n{key}".encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            raise errors.IdempotencyInFlight


def _replay(remembered: RememberedAnswer, fingerprint: str) -> Response:
    if remembered.request_hash != fingerprint:
        raise errors.IdempotencyKeyReused
    response = _response(remembered.status, json.loads(remembered.body))
    response["Idempotency-Replayed"] = "true"
    return response


def _plain(body: dict[str, Any]) -> dict[str, Any]:
    """What JSON makes of the body, so that the first answer and its replay are the same to the byte."""
    plain: dict[str, Any] = json.loads(_text(body))
    return plain


def _text(body: dict[str, Any]) -> str:
    return json.dumps(body, cls=DjangoJSONEncoder, ensure_ascii=False)


def _response(status: int, body: dict[str, Any]) -> Response:
    return Response(body, status=status, content_type=problems.CONTENT_TYPE if status >= 400 else None)
