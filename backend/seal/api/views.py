"""Open data of the seal for everybody, and the proof of one's own entry."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.accounts.queries import points_account
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import page
from backend.edge.parsing import parse_query
from backend.edge.permissions import Anyone, LoggedIn
from backend.seal import queries
from backend.seal.api import serializers as shapes


class CheckpointsView(APIView):
    permission_classes = [Anyone]

    @extend_schema(operation_id="checkpoints", parameters=PAGE_PARAMETERS, responses={200: shapes.CheckpointsAnswer})
    def get(self, request: Request) -> Response:
        """Every signed head of the journal's tree, newest first."""
        return page(request, queries.checkpoints(), shapes.checkpoint_body, ordering="-day")


class LatestCheckpointView(APIView):
    permission_classes = [Anyone]

    @extend_schema(operation_id="latest_checkpoint", responses={200: shapes.CheckpointAnswer})
    def get(self, request: Request) -> Response:
        """The newest signed head. Its `note` is worth keeping somewhere else."""
        return Response(shapes.checkpoint_body(queries.latest_checkpoint()))


class ConsistencyView(APIView):
    permission_classes = [Anyone]

    @extend_schema(
        operation_id="consistency", parameters=[shapes.ConsistencyQuery], responses={200: shapes.ConsistencyAnswer}
    )
    def get(self, request: Request, size: int) -> Response:
        """Proof that the checkpoint of `size` leaves only added to the tree of `from` leaves."""
        checkpoint = queries.checkpoint_of(size)
        old = parse_query(shapes.ConsistencyQuery, request)["from"]
        return Response(shapes.consistency_body(old, checkpoint, queries.consistency_path(old, size)))


class KeysView(APIView):
    permission_classes = [Anyone]

    @extend_schema(operation_id="seal_keys", responses={200: shapes.KeysAnswer})
    def get(self, request: Request) -> Response:
        """The public keys that sign checkpoints, the present one first."""
        keys = queries.public_keys()
        return Response({"next": None, "results": [shapes.key_body(key, signs=key == keys[0]) for key in keys]})


class EntryProofView(APIView):
    permission_classes = [LoggedIn]

    @extend_schema(operation_id="my_entry_proof", responses={200: shapes.EntryProofAnswer})
    def get(self, request: Request, entry_id: int) -> Response:
        """Proof that one's own entry stands in the sealed journal; 409 until the day's checkpoint covers it."""
        mine = points_account(person(request).pk)
        return Response(shapes.entry_proof_body(queries.entry_proof(entry_id, mine)))
