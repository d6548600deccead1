"""Operators' door to what nobody tries any more: read why, mend it, try again."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.edge.doors import door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import listing, page
from backend.edge.parsing import Text, parse_query
from backend.edge.permissions import IsOperator
from backend.outbox import queries, services


class DeadLettersQuery(serializers.Serializer[Any]):
    topic = Text(max_length=64, required=False)


class DeadLetterAnswer(serializers.Serializer[Any]):
    """One task that was given up. Its payload is not shown: it is ids, and why it failed stands in `reason`."""

    id = serializers.IntegerField()
    topic = serializers.CharField()
    key = serializers.CharField()
    tries = serializers.IntegerField()
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField()


DeadLettersAnswer = listing(DeadLetterAnswer)


class DeadLettersView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(
        operation_id="dead_letters",
        parameters=[DeadLettersQuery, *PAGE_PARAMETERS],
        responses={200: DeadLettersAnswer},
    )
    def get(self, request: Request) -> Response:
        """Tasks that nobody tries any more, with the reason of the last try; of one topic if asked."""
        rows = queries.dead_letters().filter(**parse_query(DeadLettersQuery, request))
        return page(request, rows, lambda task: DeadLetterAnswer(task).data, ordering=("-ended_at", "-id"))


class DeadLetterReplaysView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="replay_dead_letter", request=None, responses={202: serializers.Serializer})
    def post(self, request: Request, task_id: int) -> Response:
        """Gives a dead task all its tries again; 404 for one that is not dead."""
        by = person(request).pk
        return door(
            request,
            lambda: services.replay(by=by, task_id=task_id, now=clock.now()),
            lambda _: {},
            success=202,
        )
