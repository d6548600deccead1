"""The carbon book: methods, drafted by one person and published by another, and what that does to the entries."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin

from backend.carbon import queries, services
from backend.carbon.models import Entry, Method, MethodDraft, Rebooking
from backend.carbon.types import Factor, NewMethod
from backend.ops.console.base import ReadOnly
from backend.ops.console.desks.earning import Unpublished, publishing
from backend.ops.console.sections import Section
from backend.ops.console.site import console
from backend.ops.console.verbs import Act, Facts, Sure, Verb

_PAIR = 2  # milligrams, and for how many units


def _factors(value: Any) -> None:
    pairs = value.values() if isinstance(value, dict) else [None]
    if not all(isinstance(pair, list) and len(pair) == _PAIR and all(type(n) is int for n in pair) for pair in pairs):
        raise forms.ValidationError("每个细分写成 [毫克, 单位数] 两个整数。")


class NextVersion(forms.Form):
    title_zh = forms.CharField(label="名称", max_length=80)
    title_en = forms.CharField(label="英文名称", max_length=80)
    factors = forms.JSONField(
        label="因子（JSON）",
        validators=[_factors],
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text='例：{"": [26900, 1000]}，即每 1000 个单位减排 26900 毫克；"" 为所有未列出的细分。',
    )
    per_day_mg = forms.IntegerField(label="每人每日上限（毫克）", min_value=1, required=False)
    source = forms.CharField(label="来源", max_length=300)
    uncertainty_percent = forms.IntegerField(label="不确定度（%）", min_value=0, max_value=100)
    note_zh = forms.CharField(label="备注", max_length=300, required=False)
    note_en = forms.CharField(label="英文备注", max_length=300, required=False)
    valid_from = forms.DateTimeField(
        label="生效时间",
        help_text="北京时间，如 2026-12-01 00:00。早于现在时，此后的减碳记录会逐条补记差额，积分不变。",
    )


def _present(method: Method) -> dict[str, Any]:
    return method.columns() | {"factors": method.factors_data}


def _draft(act: Act) -> MethodDraft:
    said = dict(act.said)
    valid_from, pairs = said.pop("valid_from"), said.pop("factors")
    factors = {name: Factor(*pair) for name, pair in pairs.items()}
    method = NewMethod(slug=act.obj.slug, unit=act.obj.unit, factors=factors, **said)
    return services.draft_method(by=act.by, method=method, valid_from=valid_from, now=act.now)


def _again(act: Act) -> Rebooking:
    return services.ask_rebooking(by=act.by, method_id=act.obj.pk, now=act.now)


@admin.register(Method, site=console)
class MethodDesk(ReadOnly):
    label, section = "核算方法", Section.CARBON
    list_display = ("title_zh", "slug", "version", "unit", "valid_from", "drafted_by", "published_by")
    find_by = ("slug",)
    related = (("减碳记录", "carbon_entry", "method"), ("重算", "carbon_rebooking", "method"))
    verbs = (
        Verb("draft", "起草新版本", _draft, NextVersion, initial=_present),
        Verb("rebook", "重新核对减碳记录", _again, Sure),
    )


def _publish(act: Act) -> Method:
    return services.publish_draft(by=act.by, draft_id=act.obj.pk, now=act.now)


def _foreseen(draft: MethodDraft, now: datetime) -> Facts:
    seen = queries.foresee(draft, now)
    yield "将补记差额的减碳记录", seen.entries
    yield "现计（毫克）", seen.mg_then
    yield "按本草稿约计（毫克）", seen.mg_now
    yield "积分", "不变"


@admin.register(MethodDraft, site=console)
class MethodDraftDesk(ReadOnly):
    label, section = "核算方法草稿", Section.CARBON
    list_display = ("title_zh", "slug", "valid_from", "source", "drafted_by", "drafted_at")
    list_filter = (Unpublished,)
    find_by = ("slug",)
    verbs = (publishing(_publish, _foreseen),)


@admin.register(Rebooking, site=console)
class RebookingDesk(ReadOnly):
    label, section = "重算进度", Section.CARBON
    list_display = ("method", "total", "looked", "adjusted", "change_mg", "asked_by", "asked_at", "done_at")


@admin.register(Entry, site=console)
class EntryDesk(ReadOnly):
    label, section = "减碳记录", Section.CARBON
    list_display = ("id", "resident_id", "activity", "amount", "mg", "method", "happened_at")
    list_filter = ("activity",)
    find_by = ("id", "resident_id", "event_id")
