"""`/ws/assistant`: ask, stop, resume; sources, deltas and done come back, numbered for each question.

Nobody needs to log in. A lost connection cancels what is under way; what was sent before stays a short while in the
cache, so that a client which reconnects can have it again from the last number it saw.
"""

import asyncio
import hashlib
import logging
import time
from collections import deque
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.core.cache import cache

from backend.accounts.authentication import session_of_access
from backend.core.errors import Invalid, Refusal, Unauthenticated
from backend.edge.errors import InternalError, Throttled, TooLarge
from backend.edge.problems import body_of
from bot import asking
from bot.errors import AnswerInterrupted, QuestionTooLong, TooManyQuestions, UnknownMessage

LARGEST_MESSAGE_CHARS = 8192
MOST_AT_ONCE = 3
ASKS_PER_MINUTE = 60  # as at the HTTP door
LONGEST_ID_CHARS = 64
RESUMABLE_SECONDS = 120
_OPEN_ID_CHARS = 16  # an id this long is not guessed: it alone may resume from another connection
POLICY_VIOLATION = 1008
log = logging.getLogger(__name__)


class AssistantConsumer(AsyncJsonWebsocketConsumer):
    """One connection; each `ask` is a task of its own, cancelled by `stop` or when the connection goes."""

    async def connect(self) -> None:
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.sent: dict[str, list[dict[str, Any]]] = {}
        self.asked_at: deque[float] = deque()
        self.user: UUID | None = None
        self.language = "zh-Hans"
        await self.accept()

    async def disconnect(self, code: int) -> None:
        for task in self.tasks.values():
            task.cancel()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        try:
            if text_data is None or len(text_data) > LARGEST_MESSAGE_CHARS:
                raise TooLarge(limit_bytes=LARGEST_MESSAGE_CHARS)
            await super().receive(text_data=text_data, **kwargs)
        except (ValueError, RecursionError):
            await self._tell("", Invalid(errors={}))
        except Refusal as refusal:
            await self._tell("", refusal)

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        if not isinstance(content, dict):
            raise UnknownMessage
        handler = {"auth": self._auth, "ask": self._ask, "stop": self._stop, "resume": self._resume}.get(
            str(content.get("type"))
        )
        if handler is None:
            raise UnknownMessage
        try:
            await handler(content)
        except Refusal as refusal:
            await self._tell(_text(content.get("id"))[:LONGEST_ID_CHARS], refusal)

    async def _auth(self, message: dict[str, Any]) -> None:
        session = await database_sync_to_async(session_of_access)(_text(message.get("access")))
        if session is None:
            await self._tell("", Unauthenticated())
            await self.close(POLICY_VIOLATION)
            return
        self.user = session.user_id

    async def _ask(self, message: dict[str, Any]) -> None:
        ask, text = _id(message), _question(message)
        conversation = _conversation(message)
        if ask in self.tasks or len(self.tasks) >= MOST_AT_ONCE:
            raise TooManyQuestions(limit=MOST_AT_ONCE)
        self._count()
        self.sent[ask] = []
        if len(self.sent) > ASKS_PER_MINUTE:
            self.sent.pop(next(iter(self.sent)))
        self.tasks[ask] = asyncio.create_task(self._answer(ask, text, conversation))

    def _count(self) -> None:
        """Refuses more than so many asks within a minute."""
        now = time.monotonic()
        while self.asked_at and self.asked_at[0] <= now - 60:
            self.asked_at.popleft()
        if len(self.asked_at) >= ASKS_PER_MINUTE:
            raise Throttled(retry_after_seconds=int(61 - (now - self.asked_at[0])))
        self.asked_at.append(now)

    async def _answer(self, ask: str, text: str, conversation: UUID | None) -> None:
        try:
            async for event in asking.events(text, conversation, self.user, "ws"):
                await self._send(ask, event)
        except Refusal as refusal:
            await self._tell(ask, refusal)
        except Exception:
            log.exception("An answer failed.")
            await self._tell(ask, InternalError())
        finally:
            self.tasks.pop(ask, None)
            await _keep(ask, conversation, self.sent.get(ask, []))

    async def _stop(self, message: dict[str, Any]) -> None:
        """Ends an answer: its `done` says that it was stopped. Nothing happens where there is none."""
        ask = _id(message)
        task = self.tasks.pop(ask, None)
        if task is not None:
            task.cancel()
            await self._send(ask, {"type": "done", "status": "stopped", "refused": True, "stopped": True})

    async def _resume(self, message: dict[str, Any]) -> None:
        """Sends again what followed the last `seq` that the client saw."""
        ask, last = _id(message), message.get("seq", 0)
        if isinstance(last, bool) or not isinstance(last, int):
            raise Invalid(errors={"seq": "integer"})
        told = self.sent.get(ask) or await _kept(ask, _conversation(message))
        if ask not in self.tasks and not (told and told[-1]["type"] in ("done", "error")):
            raise AnswerInterrupted
        for event in [event for event in told if event["seq"] > last]:
            await self.send_json(event)

    async def _send(self, ask: str, event: dict[str, Any]) -> None:
        told = self.sent.setdefault(ask, [])
        numbered = {**event, "id": ask, "seq": len(told) + 1}
        told.append(numbered)
        await self.send_json(numbered)

    async def _tell(self, ask: str, refusal: Refusal) -> None:
        problem = body_of(refusal, language=self.language, request_id="")
        await self._send(ask, {"type": "error", "code": refusal.code, "problem": problem})


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _id(message: dict[str, Any]) -> str:
    ask = message.get("id")
    if isinstance(ask, int) and not isinstance(ask, bool):
        ask = str(ask)
    if not isinstance(ask, str) or not 0 < len(ask) <= LONGEST_ID_CHARS or not ask.isprintable():
        raise Invalid(errors={"id": f"1-{LONGEST_ID_CHARS}"})
    return ask


def _question(message: dict[str, Any]) -> str:
    text = message.get("text")
    if not isinstance(text, str) or not text.strip():
        raise Invalid(errors={"text": "required"})
    if len(text) > asking.LONGEST_QUESTION_CHARS:
        raise QuestionTooLong(limit_characters=asking.LONGEST_QUESTION_CHARS)
    return text


def _conversation(message: dict[str, Any]) -> UUID | None:
    given = message.get("conversation")
    if given is None:
        return None
    try:
        return UUID(given)
    except (ValueError, TypeError, AttributeError) as wrong:
        raise Invalid(errors={"conversation": "uuid"}) from wrong


def _cache_key(ask: str, conversation: UUID | None) -> str | None:
    """Where an ask's events are kept: only under what nobody else can guess."""
    if conversation is None and len(ask) < _OPEN_ID_CHARS:
        return None
    return "assistant:" + hashlib.sha256(f"{conversation or ''}\n{ask}".encode()).hexdigest()


def _opened(event: dict[str, Any]) -> bool:
    return event["type"] == "sources" and event["conversation"] is not None


async def _keep(ask: str, conversation: UUID | None, told: list[dict[str, Any]]) -> None:
    own = next((UUID(event["conversation"]) for event in told if _opened(event)), conversation)
    for key in {_cache_key(ask, own), _cache_key(ask, None)} - {None}:
        await cache.aset(key, told, RESUMABLE_SECONDS)


async def _kept(ask: str, conversation: UUID | None) -> list[dict[str, Any]]:
    key = _cache_key(ask, conversation)
    found: list[dict[str, Any]] = (await cache.aget(key) if key else None) or []
    return found
