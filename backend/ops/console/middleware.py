"""Sessions, their person and their messages for the console alone.

Everywhere else these do nothing at all: the API knows bearer tokens only, and must not pay for a desk it never meets.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest

PREFIX = "/console/"


class _OnlyConsole:
    """Passes any other request on untouched; a coroutine under ASGI, an answer under WSGI."""

    get_response: Callable[[HttpRequest], Any]

    def __call__(self, request: HttpRequest) -> Any:
        inside = request.path_info.startswith(PREFIX)
        return super().__call__(request) if inside else self.get_response(request)  # type: ignore[misc]


class Sessions(_OnlyConsole, SessionMiddleware):
    pass


class People(_OnlyConsole, AuthenticationMiddleware):
    pass


class Messages(_OnlyConsole, MessageMiddleware):
    pass
