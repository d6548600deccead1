"""Travel partners with their keys, and trails."""

from typing import Any

from django.contrib import admin

from backend.ops.console.base import ReadOnly
from backend.ops.console.sections import Section
from backend.ops.console.site import console
from backend.ops.console.verbs import Act, Facts, Sure, Verb
from backend.travel import services
from backend.travel.models import Partner, PartnerKey, Route


def _issue(act: Act) -> tuple[PartnerKey, str]:
    return services.issue_key(by=act.by, partner=act.obj, now=act.now)


def _secret(issued: tuple[PartnerKey, str]) -> Facts:
    key, secret = issued
    return [("密钥编号", key.pk), ("密钥", secret)]


@admin.register(Partner, site=console)
class PartnerDesk(ReadOnly):
    label, section = "出行合作方", Section.TRAVEL
    list_display = ("name", "code", "account_kind", "modes", "created_at")
    find_by = ("id", "code")
    related = (("密钥", "travel_partnerkey", "partner"),)
    verbs = (Verb("issue_key", "签发新密钥", _issue, Sure, secrets=_secret),)


def _revoke(act: Act) -> None:
    services.revoke_key(by=act.by, partner=act.obj.partner, key_id=act.obj.pk, now=act.now)


@admin.register(PartnerKey, site=console)
class PartnerKeyDesk(ReadOnly):
    label, section = "合作方密钥", Section.TRAVEL
    list_display = ("id", "partner", "slot", "issued_at", "revoked_at")
    verbs = (Verb("revoke", "停用密钥", _revoke, Sure, shown_when=lambda key: key.revoked_at is None),)


def _set_open(is_open: bool) -> Any:
    return lambda act: services.set_route_open(by=act.by, route_id=act.obj.pk, is_open=is_open, now=act.now)


@admin.register(Route, site=console)
class RouteDesk(ReadOnly):
    label, section = "步道", Section.TRAVEL
    list_display = ("name", "mode", "length_m", "open")
    list_filter = ("open",)
    find_by = ("id", "name")
    verbs = (
        Verb("open", "开放", _set_open(True), Sure, shown_when=lambda route: not route.open),
        Verb("close", "关闭", _set_open(False), Sure, shown_when=lambda route: route.open),
    )
