from django.http import HttpRequest, HttpResponse

from backend.core.errors import NotFound
from backend.edge.problems import answer


def api_not_found(request: HttpRequest) -> HttpResponse:
    """What no other address under /api/ matched: a problem, not a page."""
    return answer(request, NotFound())


api_not_found.csrf_exempt = True  # type: ignore[attr-defined]  # it changes nothing; a POST gets its 404 too
