"""A console full of rows, and browsers logged in to it."""

from typing import Any

from django.db import transaction
from django.test import Client

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.types import Role
from backend.core import clock
from backend.ops.console.entry import BACKEND
from tests.factories import person


def operator() -> User:
    user = person(now=clock.now())
    with transaction.atomic():
        accounts.grant(by="test", user=user, role=Role.OPERATOR, scope_kind="service", scope_id=None, now=clock.now())
    return user


def at_console(user: User) -> Client:
    """A browser in which `user` has a session of the console, whatever their roles."""
    browser = Client()
    browser.force_login(user, backend=BACKEND)
    return browser


def press(browser: Client, path: str, **said: Any) -> Any:
    """Opens a verb's form and submits it with what the person says, and what the form brought along."""
    page = browser.get(path)
    assert page.status_code == 200, (path, page.status_code)
    form = page.context["form"]
    brought = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    return browser.post(path, {**brought, **said})
