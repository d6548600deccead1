"""What running campaigns ask of one's profile."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.types import ConsentPurpose
from backend.core import clock
from backend.edge.permissions import LoggedIn
from campaigns.queries.needs import needs


class NeedingAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    title_en = serializers.CharField(allow_blank=True)


class NeedAnswer(serializers.Serializer[Any]):
    purpose = serializers.ChoiceField(choices=[each.value for each in ConsentPurpose])
    campaigns = NeedingAnswer(many=True)


class NeedsAnswer(serializers.Serializer[Any]):
    results = NeedAnswer(many=True)


class NeedsView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="my_needs", responses={200: NeedsAnswer})
    def get(self, request: Request) -> Response:
        """Which consents campaigns that run or will ask for, and which campaigns; nobody needs what is not here."""
        found = [{"purpose": purpose, "campaigns": rows} for purpose, rows in sorted(needs(clock.now()).items())]
        return Response(NeedsAnswer({"results": found}).data)
