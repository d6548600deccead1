"""How an operator comes in: the same code by SMS as everywhere, then a session of eight hours."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.types import Role
from backend.audit import services as audit
from backend.core import clock
from backend.core.errors import Forbidden, Refusal
from backend.edge.doors import attempt
from backend.edge.throttles import Login, address_of

SHIFT = timedelta(hours=8)
BACKEND = f"{__name__}.ByPhone"


class ByPhone:
    """Whom a session names, looked up at every request; the code itself is judged by `accounts`."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        return None

    def get_user(self, user_id: Any) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()


class Throttle(Login):
    """The login's rate, by address: nobody is logged in here yet."""

    def get_cache_key(self, request: Any, view: Any) -> str:
        return str(self.cache_format % {"scope": self.scope, "ident": address_of(request)})


class Phone(forms.Form):
    phone = forms.CharField(label="手机号", max_length=32, widget=forms.TextInput(attrs={"autocomplete": "tel"}))


class Code(Phone):
    code = forms.CharField(
        label="验证码",
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


def is_operator(user: object) -> bool:
    """Whether a person may be at the console now. Asked at every request, so that a revoked role ends it at once."""
    return isinstance(user, User) and user.is_active and user.has_role(Role.OPERATOR)


def send(request: HttpRequest, form: forms.Form) -> str | None:
    """Sends a code; in demo mode returns it for the page. A refusal lands on the form."""
    phone, address = form.cleaned_data["phone"], address_of(request)
    sent = attempt(lambda: accounts.send_code(phone=phone, address=address, now=clock.now()))
    if isinstance(sent, Refusal):
        form.add_error("phone", sent.detail())
        return None
    return str(sent.code) if settings.DEMO else ""


def enter(request: HttpRequest, form: forms.Form) -> bool:
    """Opens the session for an operator who proves the number; otherwise says why not on the form."""
    user = attempt(lambda: _operator(**form.cleaned_data))
    if isinstance(user, Refusal):
        form.add_error("code", user.detail())
        return False
    auth.login(request, user, backend=BACKEND)
    request.session.set_expiry(clock.now() + SHIFT)  # from the login on, however busy it is
    return True


def _operator(phone: str, code: str) -> User:
    now = clock.now()
    user = accounts.prove_number(phone=phone, code=code, now=now)
    if not is_operator(user):
        raise Forbidden  # with it goes the person that a first login would have made
    audit.record(by=user.pk, action="console.log_in", subject=user.pk, now=now)
    return user


def drop_ended(*, now: datetime, limit: int = 500) -> int:
    """Deletes up to `limit` sessions whose shift is over; returns how many. Ended ones are refused anyway."""
    due = list(Session.objects.filter(expire_date__lt=now).values_list("pk", flat=True)[:limit])
    return Session.objects.filter(pk__in=due).delete()[0] if due else 0
