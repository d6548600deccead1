"""Lists: `{next, results}`, newest first unless told, by cursor, so that a page never repeats or skips a row."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from rest_framework import exceptions, serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response


class _Pages(CursorPagination):
    page_size = 20
    max_page_size = 100
    page_size_query_param = "limit"


def page(request: Request, rows: QuerySet[Any], render: Any, *, ordering: str | tuple[str, ...] = "-id") -> Response:
    """One page of `rows`, each shown by `render(row)`. `?limit=` up to 100; `next` is a whole URL or null."""
    pages = _Pages()
    pages.ordering = ordering
    try:
        found = pages.paginate_queryset(rows, request) or []
    except (ValueError, ValidationError):  # a cursor of the client's own making names a position that is none
        raise exceptions.NotFound from None
    return Response({"next": pages.get_next_link(), "results": [render(row) for row in found]})


def listing(of: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    """The shape of one page of `of`; it belongs to the module that `of` is of, whose name the document gives it."""
    fields = {"next": serializers.URLField(allow_null=True), "results": of(many=True)}
    return type(f"{of.__name__}s", (serializers.Serializer,), {"__module__": of.__module__, **fields})
