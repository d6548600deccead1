"""Rates. They protect the machine; limits that protect value live in services, in the database."""

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle


def address_of(request: Any) -> str:
    """The caller's address, as far as the configured number of proxies can be trusted."""
    return SimpleRateThrottle.get_ident(_IDENTIFIER, request)


class _Identifier(SimpleRateThrottle):
    rate = "1/min"


_IDENTIFIER = _Identifier()


class PerCaller(SimpleRateThrottle):
    """One bucket per person, or per address for those who are not logged in."""

    scope = "caller"

    def get_cache_key(self, request: Request, view: Any) -> str:
        who = request.user.pk if request.user is not None else address_of(request)
        return str(self.cache_format % {"scope": self.scope, "ident": who})


class Assistant(PerCaller):
    scope = "assistant"


class HandOff(PerCaller):
    """Asking for a person: guests have no limit of their own in the database."""

    scope = "hand_off"


class Login(PerCaller):
    scope = "login"


class PerDevice(SimpleRateThrottle):
    """One bucket per machine; asked after it has proved who it is, so that nobody fills another's."""

    scope = "device"

    def get_cache_key(self, request: Request, view: Any) -> str:
        return str(self.cache_format % {"scope": self.scope, "ident": view.caller})


class Sessions(PerCaller):
    """Refreshing and logging out: wide, because a mobile carrier puts thousands of phones behind one address."""

    scope = "sessions"
