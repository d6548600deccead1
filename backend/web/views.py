"""The pages: shells without data. What they show they fetch from the API, like any client.

Each shell carries the CSRF token that refresh and logout ask for, because their token is in a cookie.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from backend.web.icons import SIZES, icon_png

_DAY_SECONDS = 86_400
_WORKER = Path(__file__).parent / "static" / "web" / "offline" / "worker.js"
View = Callable[..., HttpResponse]


def page(name: str) -> View:
    """The view of the shell `web/<name>.html`. What its URL captures (a payload, an id) goes to the template."""

    @require_safe
    @cache_control(private=True, no_cache=True)
    @ensure_csrf_cookie
    def shell(request: HttpRequest, **captured: Any) -> HttpResponse:
        return render(request, f"web/{name}.html", {"page": name, **captured})

    return shell


@require_safe
@cache_control(no_cache=True)
def offline_worker(request: HttpRequest) -> HttpResponse:
    """The offline counter's service worker, from the address whose scope reaches its page."""
    return HttpResponse(_WORKER.read_text(), content_type="text/javascript; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=_DAY_SECONDS)
def icon(request: HttpRequest, pixels: int) -> HttpResponse:
    """The service's icon in one of its sizes."""
    if pixels not in SIZES:
        raise Http404
    return HttpResponse(icon_png(pixels), content_type="image/png")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Outside /api/, whose own answers are problems."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A page that needs neither the database nor the session."""
    return render(request, "500.html", status=500)
