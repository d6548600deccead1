"""People, known by number and masked telephone, and what they may do."""

from typing import Any

from django import forms
from django.contrib import admin

from backend.accounts import queries, services
from backend.accounts.models import Grant, User
from backend.accounts.types import Role
from backend.core.errors import NotFound
from backend.ops.console.base import ReadOnly
from backend.ops.console.sections import Section
from backend.ops.console.site import console
from backend.ops.console.values import choices
from backend.ops.console.verbs import Act, Sure, Verb

# Of what a role is held; the service itself has no number.
_SCOPES = {
    Role.ATTENDANT: "station", Role.COUNTER: "store", Role.DESK: "service", Role.COLLECTOR: "zone",
    Role.MANAGER: "store", Role.OWNER: "merchant", Role.OPERATOR: "service",
}  # fmt: skip


class Telephone(forms.Form):
    """Asked for in a form's body: an address would keep the number in logs and histories."""

    phone = forms.CharField(label="手机号", max_length=32)


def _find(act: Act) -> User:
    person = queries.person_by_phone(act.said["phone"])
    if person is None:
        raise NotFound
    return person


class NewGrant(forms.Form):
    role = forms.ChoiceField(label="角色", choices=choices("role", _SCOPES))
    scope_id = forms.UUIDField(
        label="范围编号", required=False, help_text="站点、门店、商户或片区的编号；服务台与运营留空。"
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        everywhere = _SCOPES.get(said.get("role", "")) == "service"
        if "role" in said and "scope_id" in said and everywhere != (said["scope_id"] is None):
            self.add_error("scope_id", "该角色不限范围，请留空。" if everywhere else "该角色需要范围编号。")
        return said


def _grant(act: Act) -> Grant:
    role, scope = Role(act.said["role"]), act.said["scope_id"]
    return services.grant(by=act.by, user=act.obj, role=role, scope_kind=_SCOPES[role], scope_id=scope, now=act.now)


def _split(act: Act) -> int:
    return services.split_person(by=act.by, user_id=act.obj.pk, reason=act.said["reason"], now=act.now)


@admin.register(User, site=console)
class UserDesk(ReadOnly):
    label, section = "用户", Section.PEOPLE
    list_display = ("id", "phone_masked", "is_active", "created_at")
    list_filter = ("is_active", "grants__role")
    related = (("角色", "accounts_grant", "user"), ("奖励", "earning_award", "resident_id"))
    list_verbs = (Verb("find", "按手机号查找", _find, Telephone),)
    verbs = (
        Verb("grant", "授予角色", _grant, NewGrant),
        Verb("split", "申诉：与其他账户分开", _split),
    )


def _revoke(act: Act) -> None:
    services.revoke(by=act.by, grant=act.obj, now=act.now)


@admin.register(Grant, site=console)
class GrantDesk(ReadOnly):
    label, section = "角色授权", Section.PEOPLE
    list_display = ("user", "role", "scope_kind", "scope_id")
    list_filter = ("role",)
    find_by = ("user", "scope_id")
    verbs = (Verb("revoke", "收回角色", _revoke, Sure),)
