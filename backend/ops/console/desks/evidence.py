"""Appeals and fraud signals: both want a person, and an appeal another one than whoever rejected."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin

from backend.earning import rules
from backend.earning import services as earning
from backend.earning.models import Appeal, Signal
from backend.earning.types import AppealState, ReasonCode, SignalState
from backend.ops.console.base import ReadOnly
from backend.ops.console.desks import judging
from backend.ops.console.sections import Section
from backend.ops.console.site import console
from backend.ops.console.values import choices
from backend.ops.console.verbs import Act, Facts, Reason, Verb


def _decision(*, granted: bool) -> type[forms.Form]:
    """A form whose reasons are those that can stand for the decision."""
    codes = [each for each in ReasonCode if rules.fits(each, granted=granted)]

    class Decision(Reason):
        reason_code = forms.ChoiceField(label="理由类别", choices=choices("reason", codes))

    return Decision


def _decide(act: Act, *, uphold: bool) -> Any:
    code, reason = ReasonCode(act.said["reason_code"]), act.said["reason"]
    return earning.decide_appeal(
        by=act.by, appeal_id=act.obj.pk, uphold=uphold, reason_code=code, reason=reason, now=act.now
    )


def _filed(appeal: Appeal) -> bool:
    return appeal.state == AppealState.FILED.value


def _facts(appeal: Appeal, now: datetime) -> Facts:
    yield "申诉说明", appeal.text
    if appeal.award is not None:
        yield "原审核意见", appeal.award.review.reason
    yield from judging.facts(appeal.award, now)


@admin.register(Appeal, site=console)
class AppealDesk(ReadOnly):
    label, section = "申诉", Section.EARNING
    list_display = ("kind", "state", "text", "award", "filed_at")
    list_filter = ("state", "kind")
    list_select_related = ("award",)
    find_by = ("id", "resident_id")
    verbs = (
        Verb(
            "uphold", "支持申诉", lambda act: _decide(act, uphold=True), _decision(granted=True), _filed, facts=_facts
        ),
        Verb(
            "decline", "驳回申诉", lambda act: _decide(act, uphold=False), _decision(granted=False), _filed,
            facts=_facts,
        ),
    )  # fmt: skip


def _judge(act: Act, *, confirm: bool) -> Any:
    return earning.decide_signal(
        by=act.by, signal_id=act.obj.pk, confirm=confirm, reason=act.said["reason"], now=act.now
    )


@admin.register(Signal, site=console)
class SignalDesk(ReadOnly):
    label, section = "异常信号", Section.EARNING
    list_display = ("kind", "state", "zh", "score", "threshold", "subject_kind", "found_at", "watch_until")
    list_filter = ("state", "kind")
    find_by = ("id", "subject_id")
    verbs = (
        Verb(
            "confirm", "属实，继续关注", lambda act: _judge(act, confirm=True),
            shown_when=lambda row: row.state == SignalState.OPEN.value,
        ),
        Verb(
            "dismiss", "排除", lambda act: _judge(act, confirm=False),
            shown_when=lambda row: row.state != SignalState.DISMISSED.value,
        ),
    )  # fmt: skip
