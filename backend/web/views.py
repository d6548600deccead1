"""The pages: shells without data. What they show they fetch from the API, like any client.

Each shell carries the CSRF token that refresh and logout ask for, because their token is in a cookie.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

View = Callable[..., HttpResponse]


def page(name: str) -> View:
    """The view of the shell `web/<name>.html`. What its URL captures (a payload, an id) goes to the template."""

    @require_safe
    @cache_control(private=True, no_cache=True)
    @ensure_csrf_cookie
    def shell(request: HttpRequest, **captured: Any) -> HttpResponse:
        return render(request, f"web/{name}.html", {"page": name, **captured})

    return shell


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Outside /api/, whose own answers are problems."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A page that needs neither the database nor the session."""
    return render(request, "500.html", status=500)
