"""Awards and their review, rules and their second person, boosts, stations."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.urls import path

from backend.earning import queries
from backend.earning import services as earning
from backend.earning.models import Award, AwardRule, Boost, RuleDraft, Station
from backend.earning.types import Activity, AwardStatus
from backend.ops.console.base import ReadOnly
from backend.ops.console.desks import judging
from backend.ops.console.sections import Section
from backend.ops.console.site import console
from backend.ops.console.values import choices
from backend.ops.console.verbs import Act, Facts, Sure, Verb


class Waiting(admin.SimpleListFilter):
    """Only awards that a person must decide on."""

    title, parameter_name = "待审核", "waiting"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "只看待审核")]

    def queryset(self, request: Any, queryset: Any) -> Any:
        waiting = queries.waiting(AwardStatus.PENDING_REVIEW).values("pk")
        return queryset.filter(pk__in=waiting) if self.value() else queryset


class Unpublished(Waiting):
    """Only drafts that wait for a second person."""

    title = "待发布"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "只看待发布")]

    def queryset(self, request: Any, queryset: Any) -> Any:
        return queryset.filter(published=None) if self.value() else queryset


def publishing(publish: Callable[[Act], Any], foreseen: Callable[[Any, datetime], Facts]) -> Verb:
    """The verb of a draft that waits: what it would change is seen before it is published."""
    return Verb("publish", "预览并发布", publish, Sure, shown_when=_unpublished, facts=foreseen)


def _unpublished(draft: Any) -> bool:
    return not hasattr(draft, "published")


def _review(act: Act, *, approve: bool) -> Any:
    return earning.review(by=act.by, award_id=act.obj.pk, approve=approve, reason=act.said["reason"], now=act.now)


def _undecided(award: Award) -> bool:
    return award.status != AwardStatus.AWARDED and not hasattr(award, "review")


@admin.register(Award, site=console)
class AwardDesk(ReadOnly):
    label, section = "奖励与审核", Section.EARNING
    list_display = ("why_zh", "status", "points", "activity", "station", "doubts", "at")
    list_filter = (Waiting, "status", "activity")
    find_by = ("id", "resident_id", "event_id")
    verbs = (
        Verb("approve", "通过", lambda act: _review(act, approve=True), shown_when=_undecided, facts=judging.facts),
        Verb("reject", "不通过", lambda act: _review(act, approve=False), shown_when=_undecided, facts=judging.facts),
    )

    def get_urls(self) -> list[Any]:
        photo = path(
            "<uuid:award_id>/photo/", self.admin_site.admin_view(judging.photo_page), name="earning_award_photo"
        )
        return [photo, *super().get_urls()]


class Draft(forms.Form):
    activity = forms.ChoiceField(label="行为", choices=choices("activity", Activity))
    terms = forms.JSONField(
        label="条款（JSON）",
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
        help_text='例：{"rates": {"": [10, 1]}, "grades": {…}, "caps": […]}；可从同一行为的现行规则复制后修改。',
    )
    valid_from = forms.DateTimeField(label="生效时间", help_text="北京时间，如 2026-12-01 00:00，须晚于现在。")
    note = forms.CharField(label="备注", max_length=200, required=False)


def _draft(act: Act) -> RuleDraft:
    said = act.said
    activity, terms = Activity(said["activity"]), said["terms"]
    return earning.draft_rule(
        by=act.by, activity=activity, terms=terms, valid_from=said["valid_from"], note=said["note"], now=act.now
    )


def _publish(act: Act) -> AwardRule:
    return earning.publish_rule(by=act.by, draft_id=act.obj.pk, now=act.now)


def _foreseen(draft: RuleDraft, now: datetime) -> Facts:
    seen = earning.preview_rule(draft_id=draft.pk, now=now)
    yield "过去 30 天行为数", seen.acts
    yield "涉及人数", seen.people
    yield "按当时规则发放积分", seen.points_then
    yield "按本草稿发放积分", seen.points_now
    yield "按本草稿被拒", seen.refused


@admin.register(RuleDraft, site=console)
class DraftDesk(ReadOnly):
    label, section = "规则草稿", Section.EARNING
    list_display = ("activity", "valid_from", "note", "drafted_by", "drafted_at")
    list_filter = (Unpublished, "activity")
    list_verbs = (Verb("draft", "起草规则", _draft, Draft),)
    verbs = (publishing(_publish, _foreseen),)


@admin.register(AwardRule, site=console)
class RuleDesk(ReadOnly):
    label, section = "已发布规则", Section.EARNING
    list_display = ("activity", "version", "valid_from", "valid_to", "drafted_by", "published_by", "published_at")
    list_filter = ("activity",)
    find_by = ("activity",)


@admin.register(Boost, site=console)
class BoostDesk(ReadOnly):
    label, section = "积分加倍", Section.EARNING
    list_display = ("source", "activity", "factor_bp", "starts_at", "ends_at")
    find_by = ("source",)


@admin.register(Station, site=console)
class StationDesk(ReadOnly):
    label, section = "站点", Section.EARNING
    list_display = ("name", "address", "status", "updated_at")
    list_filter = ("status",)
    find_by = ("id", "name")
    related = (("回收设备", "recycling_device", "station"),)
