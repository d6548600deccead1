"""Doors are closed by default, and every POST that moves value takes an idempotency key."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

from backend.edge.permissions import Nobody

OPEN = {  # what is open without login, on purpose; a new open door is added here by hand
    "auth/otp", "auth/token", "auth/token/refresh", "auth/logout", "auth/wechat", "auth/wechat/bind",
    "codes/decode", "stations", "stations/{}",
    "campaigns", "campaigns/{}", "offers", "offers/{}", "projects", "sorting", "assistant/questions",
    "assistant/conversations/{}", "assistant/conversations/{}/turns/{}/vote",
    "assistant/conversations/{}/tickets", "assistant/conversations/{}/tickets/{}/close",
    "health/live", "health/ready",
    "open-data/checkpoints", "open-data/checkpoints/latest", "open-data/checkpoints/{}/consistency", "open-data/keys",
    "open-data/carbon", "carbon/methods", "routes", "rules",
    "green/stores", "green/products", "green/products/{}", "occasions",
    "knowledge/documents",
    "drops/{}", "drops/{}/queue", "draws/{}", "challenges",
}  # fmt: skip


def doors(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for each in patterns if patterns is not None else get_resolver().url_patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from doors(each.url_patterns, route)
        elif isinstance(each, URLPattern) and route.startswith("api/v1/"):
            yield route.removeprefix("api/v1/"), each.callback


def plain(route: str) -> str:
    return "/".join("{}" if part.startswith("<") else part for part in route.split("/"))


def rest_views() -> list[tuple[str, type[APIView]]]:
    return [(plain(route), view.view_class) for route, view in doors() if hasattr(view, "view_class")]


def test_the_default_is_nobody(settings: Any) -> None:
    assert settings.REST_FRAMEWORK["DEFAULT_PERMISSION_CLASSES"] == ["backend.edge.permissions.Nobody"]
    assert not Nobody().has_permission(None, None)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_only_the_listed_doors_open_without_login(client: Any) -> None:
    anyone = {
        route
        for route, view in rest_views()
        if any(each.__name__.startswith("Anyone") for each in view.permission_classes)
    }
    assert anyone <= OPEN


def test_every_view_says_who_may_call() -> None:
    silent = [route for route, view in rest_views() if view.permission_classes == [Nobody]]
    assert silent == []


def test_every_post_that_writes_value_takes_a_key() -> None:
    wanted = {"checkins", "offers/{}/claims", "redemptions"}
    keyed = {route for route, view in rest_views() if getattr(view, "moves_value", False)}
    assert wanted <= keyed
