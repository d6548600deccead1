"""Operators' doors to partners' endpoints and to the log of deliveries.

They are plain doors, without an Idempotency-Key: a remembered answer would keep the secret in clear.
"""

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
from backend.edge.parsing import parse, parse_query
from backend.edge.permissions import IsOperator
from backend.webhooks import queries, services
from backend.webhooks.api import serializers as shapes


class EndpointsView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(
        operation_id="webhook_endpoints", parameters=PAGE_PARAMETERS, responses={200: shapes.EndpointsAnswer}
    )
    def get(self, request: Request) -> Response:
        """Partners' endpoints, newest first."""
        return page(request, queries.endpoints(), shapes.endpoint_body)

    @extend_schema(
        operation_id="register_webhook_endpoint", request=shapes.NewEndpoint, responses={201: shapes.NewEndpointAnswer}
    )
    def post(self, request: Request) -> Response:
        """A new endpoint. Its secret stands in this answer and nowhere else."""
        body, by = parse(shapes.NewEndpoint, request), person(request)

        def act() -> Any:
            return services.register_endpoint(by=by.pk, **body, now=clock.now())

        return door(request, act, shapes.new_endpoint_body, success=201)


class EndpointView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="webhook_endpoint", responses={200: shapes.EndpointAnswer})
    def get(self, request: Request, endpoint_id: UUID) -> Response:
        """One endpoint, and since when it fails."""
        return Response(shapes.endpoint_body(queries.endpoint(endpoint_id)))

    @extend_schema(
        operation_id="change_webhook_endpoint", request=shapes.EndpointChange, responses={200: shapes.EndpointAnswer}
    )
    def patch(self, request: Request, endpoint_id: UUID) -> Response:
        """Another address, other events, disabling and enabling."""
        body, by = parse(shapes.EndpointChange, request), person(request)

        def act() -> Any:
            return services.change_endpoint(by=by.pk, endpoint_id=endpoint_id, **body, now=clock.now())

        return door(request, act, shapes.endpoint_body)


class SecretsView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="rotate_webhook_secret", request=None, responses={201: shapes.SecretAnswer})
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        """A new secret; the one before it signs beside it for 24 hours."""
        by = person(request)

        def act() -> str:
            return services.rotate_secret(by=by.pk, endpoint_id=endpoint_id, now=clock.now())

        return door(request, act, lambda secret: {"secret": secret}, success=201)


class EndpointReplaysView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="replay_webhooks_since", request=shapes.SinceOrder, responses={202: shapes.OrderAnswer})
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        """Sends every kept event since a time again (events are kept for 30 days)."""
        since, by = parse(shapes.SinceOrder, request)["since"], person(request)

        def act() -> int:
            return services.replay_since(by=by.pk, endpoint_id=endpoint_id, since=since, now=clock.now())

        return door(request, act, lambda count: {"events": count}, success=202)


class DeliveriesView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(
        operation_id="webhook_deliveries",
        parameters=[shapes.DeliveriesQuery, *PAGE_PARAMETERS],
        responses={200: shapes.DeliveriesAnswer},
    )
    def get(self, request: Request) -> Response:
        """The log of deliveries, newest first, of one endpoint or in one state if asked."""
        asked = parse_query(shapes.DeliveriesQuery, request)
        return page(request, queries.deliveries().filter(**asked), shapes.delivery_body)


class DeliveryView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="webhook_delivery", responses={200: shapes.DeliveryWithAttempts})
    def get(self, request: Request, delivery_id: UUID) -> Response:
        """One delivery with every attempt: when, how long, what came back."""
        return Response(shapes.delivery_with_attempts(queries.delivery(delivery_id)))


class DeliveryReplaysView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="replay_webhook", request=None, responses={201: shapes.DeliveryAnswer})
    def post(self, request: Request, delivery_id: UUID) -> Response:
        """Sends one event to its endpoint again, as a new delivery."""
        by = person(request)

        def act() -> Any:
            return services.replay_delivery(by=by.pk, delivery_id=delivery_id, now=clock.now())

        return door(request, act, shapes.delivery_body, success=201)
