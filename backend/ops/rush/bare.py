"""What the same stack does at best: authenticated, one row inserted, one answer."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.audit.models import AuditRow
from backend.core import clock
from backend.edge.permissions import LoggedIn


class BareView(APIView):
    permission_classes = [LoggedIn]

    def post(self, request: Request) -> Response:
        row = AuditRow.objects.create(at=clock.now(), by=str(person(request).pk), action="rush.bare", subject="")
        return Response({"id": row.pk}, status=201)
