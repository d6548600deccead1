"""Documents over HTTP: what the assistant may quote, open to anyone; for operators the steps of a document's life."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.authentication import person
from backend.core import clock
from backend.edge.doors import door
from backend.edge.openapi import PAGE_PARAMETERS
from backend.edge.pagination import listing, page
from backend.edge.parsing import Text, parse
from backend.edge.permissions import AnyoneReadsOperatorsWrite, IsOperator
from knowledge import queries, services
from knowledge.ingestion.files import MOST_FILE_BYTES, read_file
from knowledge.ingestion.readback import in_words
from knowledge.models import Document, Trial
from knowledge.types import About, DocumentState, Kind, ReadBack

KEY = r"^[a-z0-9](?:[a-z0-9-]{1,58})[a-z0-9]$"
STATES = [(state.value, state.value) for state in DocumentState]


class DocumentAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    key = serializers.CharField(help_text="The same through all revisions; `document` of a citation.")
    revision = serializers.IntegerField()
    state = serializers.ChoiceField(choices=STATES)
    in_force = serializers.BooleanField(help_text="Whether an answer may quote it today.")
    title = serializers.CharField()
    short_title = serializers.CharField()
    issuer = serializers.CharField()
    issued_on = serializers.DateField()
    kind = serializers.ChoiceField(choices=[(kind.value, kind.value) for kind in Kind])
    effective_from = serializers.DateField(allow_null=True, help_text="Null: since ever.")
    effective_until = serializers.DateField(allow_null=True, help_text="The first day on which it no longer holds.")
    supersedes = serializers.UUIDField(allow_null=True)
    origin = serializers.CharField(help_text="Where it comes from.")
    sha256 = serializers.CharField(help_text="Of the text.")
    file_sha256 = serializers.CharField(help_text="Of the file that was brought in; empty for the service's own.")
    published_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class Ingest(serializers.Serializer[Any]):
    file = serializers.FileField(
        max_length=120, help_text=f"PDF, DOCX, HTML, Markdown or text, told by its content; {MOST_FILE_BYTES} bytes."
    )
    issuer = Text(max_length=120)
    issued_on = serializers.DateField()
    origin = Text(max_length=1000, help_text="Where it comes from, so that anybody can compare.")
    title = Text(max_length=200, required=False, help_text="Taken from the text unless told.")
    short_title = Text(max_length=60, required=False)
    key = serializers.RegexField(KEY, required=False, help_text="Of the document that this is the next revision of.")
    effective_from = serializers.DateField(required=False)
    effective_until = serializers.DateField(required=False, help_text="The first day on which it no longer holds.")


class Why(serializers.Serializer[Any]):
    reason = Text(max_length=200)


class OutlinedAnswer(serializers.Serializer[Any]):
    path = serializers.ListField(child=serializers.CharField())
    units = serializers.ListField(child=serializers.CharField())
    sentences = serializers.IntegerField()


class TargetAnswer(serializers.Serializer[Any]):
    subject = serializers.CharField()
    value = serializers.CharField()
    unit = serializers.CharField()
    bound = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)


class TrialAnswer(serializers.Serializer[Any]):
    ended_at = serializers.DateTimeField()
    questions = serializers.IntegerField()
    measures = serializers.DictField(help_text="By measure the share before and after, and of how many.")
    worse = serializers.ListField(child=serializers.CharField(), help_text="Right without it, wrong with it.")
    better = serializers.ListField(child=serializers.CharField())


class ReadingAnswer(serializers.Serializer[Any]):
    document = DocumentAnswer()
    text = serializers.CharField()
    outline = OutlinedAnswer(many=True)
    targets = TargetAnswer(many=True)
    annexes_absent = serializers.ListField(child=serializers.CharField())
    passages = serializers.IntegerField()
    warnings = serializers.ListField(child=serializers.CharField())
    trial = TrialAnswer(allow_null=True, help_text="The latest; null before the first has ended.")


class DocumentsView(APIView):
    permission_classes = [AnyoneReadsOperatorsWrite]
    parser_classes = [MultiPartParser]

    @extend_schema(operation_id="documents", parameters=PAGE_PARAMETERS, responses={200: listing(DocumentAnswer)})
    def get(self, request: Request) -> Response:
        """What the assistant quotes or has quoted: revisions, days and provenance, newest first."""
        return page(request, queries.told(), _document)

    @extend_schema(
        operation_id="bring_in_document", request={"multipart/form-data": Ingest}, responses={201: DocumentAnswer}
    )
    def post(self, request: Request) -> Response:
        """A file becomes a draft. Another operator checks it; nobody quotes it before it is published."""
        body, by = parse(Ingest, request), person(request)
        file = body.pop("file")
        read, about = read_file(file.read(MOST_FILE_BYTES + 1)), About(**{"title": ""} | body)
        return door(
            request,
            lambda: services.draft(by=by, read=read, about=about, file_name=file.name, now=clock.now()),
            _document,
            success=201,
        )


class DraftsView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="document_drafts", parameters=PAGE_PARAMETERS, responses={200: listing(DocumentAnswer)})
    def get(self, request: Request) -> Response:
        """What waits to be checked, tried or published."""
        return page(request, queries.waiting(), _document)


class ReadingView(APIView):
    permission_classes = [IsOperator]

    @extend_schema(operation_id="document_reading", responses={200: ReadingAnswer})
    def get(self, request: Request, document_id: UUID) -> Response:
        """What was made of a document: outline, figures, units, warnings; and what its trial showed."""
        return Response(_reading(*queries.reading_of(document_id)))


class _StepView(APIView):
    """One step of a document's life."""

    permission_classes = [IsOperator]
    step: ClassVar[Callable[..., Any]]

    def _take(self, request: Request, document_id: UUID, **said: Any) -> Response:
        by, verb = person(request), type(self).step
        return door(request, lambda: verb(by=by, document_id=document_id, now=clock.now(), **said), _of(document_id))


class CheckView(_StepView):
    step = staticmethod(services.check)

    @extend_schema(operation_id="check_document", request=None, responses={200: DocumentAnswer})
    def post(self, request: Request, document_id: UUID) -> Response:
        """Another person than who brought it in has compared the reading with the paper. Its trial begins."""
        return self._take(request, document_id)


class TryView(_StepView):
    step = staticmethod(services.ask_trial)

    @extend_schema(operation_id="try_document", request=None, responses={200: DocumentAnswer})
    def post(self, request: Request, document_id: UUID) -> Response:
        """Try it out again, against what serves now."""
        return self._take(request, document_id)


class PublishView(_StepView):
    step = staticmethod(services.publish)

    @extend_schema(operation_id="publish_document", request=None, responses={200: DocumentAnswer})
    def post(self, request: Request, document_id: UUID) -> Response:
        """From the next question on it may be quoted, and what it supersedes no longer."""
        return self._take(request, document_id)


class DiscardView(_StepView):
    step = staticmethod(services.discard)

    @extend_schema(operation_id="discard_document", request=Why, responses={200: DocumentAnswer})
    def post(self, request: Request, document_id: UUID) -> Response:
        """It is not going to be published."""
        return self._take(request, document_id, **parse(Why, request))


class WithdrawView(_StepView):
    step = staticmethod(services.withdraw)

    @extend_schema(operation_id="withdraw_document", request=Why, responses={200: DocumentAnswer})
    def post(self, request: Request, document_id: UUID) -> Response:
        """From the next question on nobody quotes it."""
        return self._take(request, document_id, **parse(Why, request))


def _of(document_id: UUID) -> Callable[[Any], dict[str, Any]]:
    return lambda _: _document(Document.objects.get(pk=document_id))


def _document(row: Document) -> dict[str, Any]:
    plain = (
        "key", "revision", "state", "title", "short_title", "issuer", "issued_on", "kind", "effective_from",
        "effective_until", "origin", "sha256", "file_sha256",
    )  # fmt: skip
    return {
        "id": row.pk,
        "in_force": row.may_be_quoted_on(clock.local(clock.now()).date()),
        "supersedes": row.supersedes_id,
        "published_at": row.published_at and clock.local(row.published_at),
        "withdrawn_at": row.withdrawn_at and clock.local(row.withdrawn_at),
        **{name: getattr(row, name) for name in plain},
    }


def _reading(row: Document, read: ReadBack, trial: Trial | None) -> dict[str, Any]:
    return {
        "document": _document(row),
        "text": row.text,
        "outline": [{"path": o.path, "units": o.units, "sentences": o.sentences} for o in read.outline],
        "targets": [
            {"subject": t.subject, "value": t.value, "unit": t.unit, "bound": t.bound, "year": t.year}
            for t in read.targets
        ],
        "annexes_absent": [annex.title for annex in read.annexes],
        "passages": read.passages,
        "warnings": [in_words(warning) for warning in read.warnings],
        "trial": trial and _trial(trial),
    }


def _trial(row: Trial) -> dict[str, Any]:
    return {
        "ended_at": clock.local(row.ended_at),
        "questions": row.questions,
        "measures": row.result,
        "worse": row.worse,
        "better": row.better,
    }
