"""One's messages, and what of them is sent out."""

from functools import partial
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.edge.doors import door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import page
from backend.edge.parsing import parse
from backend.edge.permissions import LoggedIn
from backend.edge.problems import language_of
from backend.inbox import queries, rules, services
from backend.inbox.api import serializers as shapes
from backend.inbox.types import Channel, Kind


class MessagesView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="my_messages", parameters=PAGE_PARAMETERS, responses={200: shapes.Messages})
    def get(self, request: Request) -> Response:
        """What happened to one and why, newest first, and how much of it is unread."""
        mine = person(request).pk
        render = partial(shapes.message_body, language=language_of(request._request))
        answer = page(request, queries.messages_of(mine), render)
        answer.data["unread"] = queries.unread(mine)
        return answer


class ReadView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="read_message", request=None, responses={200: shapes.Unread})
    def post(self, request: Request, message: UUID) -> Response:
        """Marks one message as read."""
        by = person(request)
        return door(request, lambda: services.read(by=by, message_id=message, now=clock.now()), _unread)


class ReadAllView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="read_all_messages", request=None, responses={200: shapes.Unread})
    def post(self, request: Request) -> Response:
        """Marks every message as read."""
        by = person(request)
        return door(request, lambda: services.read_all(by=by, now=clock.now()), _unread)


class PreferencesView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="my_preferences", responses={200: shapes.ChoicesAnswer})
    def get(self, request: Request) -> Response:
        """Which messages are sent out by SMS or WeChat; none unless one asked for it."""
        return Response(_choices(person(request).pk))

    @extend_schema(operation_id="choose_preferences", request=shapes.Choices, responses={200: shapes.ChoicesAnswer})
    def put(self, request: Request) -> Response:
        """Chooses anew, for all kinds at once."""
        body, by = parse(shapes.Choices, request), person(request)
        wanted = {Kind(each["kind"]): [Channel(name) for name in each["channels"]] for each in body["kinds"]}
        act = lambda: services.choose(by=by, wanted=wanted, now=clock.now())  # noqa: E731
        return door(request, act, lambda _: _choices(by.pk))


def _unread(count: int) -> dict[str, Any]:
    return {"unread": count}


def _choices(user_id: UUID) -> dict[str, Any]:
    found = queries.preferences_of(user_id)
    return {
        "kinds": [{"kind": kind, "channels": channels} for kind, channels in found.items()],
        "quiet_from": f"{rules.QUIET_FROM:%H:%M}",
        "quiet_to": f"{rules.QUIET_TO:%H:%M}",
    }
