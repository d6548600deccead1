"""The door: where a request that moves value meets the database.

    with one durable transaction:
        look the idempotency key up     (replay, reuse or in flight end here)
        run the act, render its result
        remember the answer             (with whatever the act left in the batch: one statement, then the commit)
    where the act was refused, that is undone; the refusal is remembered in a transaction of its own

PostgreSQL tells "in flight" by an advisory lock on the key; SQLite, with one writer at a time, waits and replays. The
look-up only saves work: that a key is answered once is the unique row of its answer, on both.
Nothing slow belongs inside: no rendering of images, no embedding, no network.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from rest_framework.request import Request
from rest_framework.response import Response

from backend.core import clock
from backend.core.batch import Batch
from backend.core.errors import Refusal
from backend.edge import errors, problems
from backend.edge.models import RememberedAnswer

_KEY = re.compile(r"[\x21-\x7e]{1,80}")
Answer = tuple[int, dict[str, Any]]
Render = Callable[[Any], dict[str, Any]]


@dataclass(frozen=True)
class _Asked:
    """Who asks what under which key."""

    caller: str
    key: str
    fingerprint: str


class _AnsweredMeanwhile(Exception):
    """The same key was answered by another request after this one looked."""


def value_door(request: Request, act: Callable[[], Any], render: Render) -> Response:
    """Runs `act` for a POST that moves value: Idempotency-Key required, the answer remembered. 201 on success."""
    return batch_door(request, lambda batch: act(), render)


def batch_door(request: Request, act: Callable[[Batch], Any], render: Render) -> Response:
    """The same for an act that leaves its last writes in the batch.

    They go out with the remembered answer as one statement right before the commit, so that rows which everybody
    wants are held for no longer than that.
    """
    try:
        return _act_once(request, act, render)
    except _AnsweredMeanwhile:
        return _act_once(request, act, render)  # which finds that answer


def _act_once(request: Request, act: Callable[[Batch], Any], render: Render) -> Response:
    asked = _asked(request)
    with transaction.atomic(durable=True):
        remembered = _look_up(asked)
        if remembered is not None:
            return _replay(remembered, asked)
        try:
            answer, undone = _answered(request, act, render, asked), False
        except Refusal as refusal:
            transaction.set_rollback(True)
            answer, undone = _refused(request, refusal), True
    if undone:
        with transaction.atomic(durable=True):
            _remember(Batch(), asked, answer)
    return _response(*answer)


def _answered(request: Request, act: Callable[[Batch], Any], render: Render, asked: _Asked) -> Answer:
    batch = Batch()
    answer = _answer(request, _keeping_marks(lambda: act(batch)), render, success=201)
    _remember(batch, asked, answer)
    return answer


def door(request: Request, act: Callable[[], Any], render: Render, *, success: int = 200) -> Response:
    """Runs `act` for a write that moves no value (login, profile): one durable transaction, nothing remembered."""
    try:
        with transaction.atomic(durable=True):
            answer = _answer(request, _keeping_marks(act), render, success=success)
    except Refusal as refusal:
        answer = _refused(request, refusal)
    return _response(*answer)


def attempt(act: Callable[[], Any]) -> Any:
    """The act's result, or its refusal as a value after a rollback; durable. For pages, which answer with HTML."""
    try:
        with transaction.atomic(durable=True):
            return _keeping_marks(act)
    except Refusal as refusal:
        return refusal


def _answer(request: Request, result: Any, render: Render, *, success: int) -> Answer:
    if isinstance(result, Refusal):
        return _refused(request, result)
    return success, _plain(render(result))


def _refused(request: Request, refusal: Refusal) -> Answer:
    django_request = request._request
    language, request_id = problems.language_of(django_request), getattr(django_request, "request_id", "")
    return refusal.status, _plain(problems.body_of(refusal, language=language, request_id=request_id))


def _remember(batch: Batch, asked: _Asked, answer: Answer) -> None:
    """The answer as the last write of the batch, which is sent."""
    status, body = answer
    batch.insert(
        RememberedAnswer, unless=["caller", "key"], otherwise=_AnsweredMeanwhile, caller=asked.caller, key=asked.key,
        request_hash=asked.fingerprint, status=status, body=_text(body), created_at=clock.now(),
    )  # fmt: skip
    batch.send()


def _keeping_marks(act: Callable[[], Any]) -> Any:
    """The act's result, or its refusal as a value when the marks that it wrote must be committed."""
    try:
        return act()
    except Refusal as refusal:
        if refusal.leaves_marks:
            return refusal
        raise


def _asked(request: Request) -> _Asked:
    key = _key_of(request)
    return _Asked(_caller_of(request), key, _fingerprint(request))


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


def _look_up(asked: _Asked) -> RememberedAnswer | None:
    """The answer to the key, if there is one. Raises IdempotencyInFlight while another request works on it."""
    lock: str = "1"
    params: list[str | int] = [asked.caller, asked.key]
    if connection.vendor == "postgresql":
        number = hashlib.sha256(f"{asked.caller}\n{asked.key}".encode()).digest()[:8]
        lock, params = (
            "CASE WHEN pg_try_advisory_xact_lock(%s) THEN 1 END",
            [int.from_bytes(number, "big", signed=True), *params],
        )
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_UP.format(lock=lock), params)
        free, request_hash, status, body = cursor.fetchone()
    if not free:
        raise errors.IdempotencyInFlight
    return RememberedAnswer(request_hash=request_hash, status=status, body=body) if status else None


_LOOK_UP = (
    "SELECT {lock}, request_hash, status, body FROM (SELECT 1) one "
    "LEFT JOIN edge_rememberedanswer ON caller = %s AND key = %s"
)


def _replay(remembered: RememberedAnswer, asked: _Asked) -> Response:
    if remembered.request_hash != asked.fingerprint:
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
