"""What the assistant left to people: tickets in their queues, gaps with how often they were asked, votes."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import display
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from backend.ops import care
from backend.ops.console.base import ReadOnly
from backend.ops.console.desks.lessons import NewExam, NewSynonym, draft_exam, draft_synonym
from backend.ops.console.sections import Section
from backend.ops.console.showing import shown
from backend.ops.console.site import console
from backend.ops.console.values import worded
from backend.ops.console.verbs import Act, Facts, Reason, Sure, Verb
from bot import queries
from bot.care import gaps
from bot.care.types import WAITING, GapState, TicketState
from bot.models import ANSWER_CHARACTERS, Gap, Ticket, Vote
from knowledge.models import Document

_WAITING = [state.value for state in WAITING]


class StillWaiting(admin.SimpleListFilter):
    """Only tickets that want somebody."""

    title, parameter_name = "待答复", "waiting"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "只看待答复")]

    def queryset(self, request: Any, queryset: Any) -> Any:
        return queryset.filter(state__in=_WAITING) if self.value() else queryset


class Words(forms.Form):
    text = forms.CharField(
        label="答复",
        max_length=ANSWER_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": ANSWER_CHARACTERS}),
        help_text="居民会在对话里看到；登录的居民还会收到站内消息。请勿写入电话、证件等个人信息。",
    )


def _take(act: Act) -> Ticket:
    return care.take_ticket(by=act.by, ticket_id=act.obj.pk, now=act.now)


def _answer(act: Act) -> Ticket:
    return care.answer_ticket(by=act.by, ticket_id=act.obj.pk, text=act.said["text"], now=act.now)


def _said(ticket: Ticket, now: datetime) -> Facts:
    """What was asked and answered until the ticket was opened."""
    for turn in queries.transcript(ticket):
        yield "居民", turn.question
        yield f"助手（{worded('status', turn.status)}）", turn.answer
    if ticket.note:
        yield "转人工留言", ticket.note


@admin.register(Ticket, site=console)
class TicketDesk(ReadOnly):
    label, section = "人工工单", Section.ASSISTANT
    list_display = ("id", "queue", "state", "note", "opened_at", "taken_by")
    list_filter = (StillWaiting, "queue", "state")
    find_by = ("id", "conversation")
    verbs = (
        Verb("take", "受理", _take, Sure, shown_when=lambda ticket: ticket.state in _WAITING, facts=_said),
        Verb(
            "answer", "答复", _answer, Words,
            shown_when=lambda ticket: ticket.state == TicketState.TAKEN, facts=_said,
        ),
    )  # fmt: skip

    @display(description="对话记录（已脱敏）")
    def transcript(self, ticket: Ticket) -> SafeString:
        turns = queries.transcript(ticket)
        return format_html_join(
            "",
            "<p><b>{}</b></p><p>{}</p>{}",
            ((turn.question, turn.answer, _places(turn.citations)) for turn in turns),
        )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_fields(request, obj), self.transcript]


def _places(citations: list[dict[str, Any]]) -> SafeString:
    """Quotes with where they stand."""
    rows = ((each.get("title") or each["document"], each["quote"]) for each in citations)
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}：{}</li>", rows)) if citations else SafeString("")


def _close(act: Act, *, answered: bool) -> Gap:
    return care.close_gap(by=act.by, gap_id=act.obj.pk, answered=answered, note=act.said["reason"], now=act.now)


def _is_open(gap: Gap) -> bool:
    return gap.state == GapState.OPEN


class Answering(forms.Form):
    title = forms.CharField(label="标题", max_length=60, help_text="像居民会问的那样写，如：咖啡馆数量。")
    text = forms.CharField(
        label="答复正文", max_length=ANSWER_CHARACTERS, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="写完整的句子，一句一个事实；助手会逐字引用。",
    )  # fmt: skip
    issuer = forms.CharField(label="由谁答复", max_length=120)
    origin = forms.CharField(label="依据", max_length=300, help_text="网址、文号或经办部门，便于核对。")


def _draft_answer(act: Act) -> Document:
    return care.draft_answer(by=act.by, now=act.now, **act.said)


def _as_asked(gap: Gap, now: datetime) -> Facts:
    """How it was asked, and what came nearest."""
    for question in gaps.wordings(gap):
        yield "居民这样问", question
    for each in gap.near:
        yield "最接近的内容", f"{each.get('title') or each['document']}：{each['quote']}"


@admin.register(Gap, site=console)
class GapDesk(ReadOnly):
    label, section = "问答缺口", Section.ASSISTANT
    list_display = ("wording", "state", "times_asked", "times_unhelpful", "last_asked", "opened_at")
    list_filter = ("state",)
    find_by = ("id", "need")
    verbs = (
        Verb("answer", "起草答复", _draft_answer, Answering, shown_when=_is_open, facts=_as_asked),
        Verb("synonym", "添加同义词", draft_synonym, NewSynonym, shown_when=_is_open, facts=_as_asked),
        Verb("exam", "加入题集", draft_exam, NewExam, shown_when=_is_open, facts=_as_asked,
             initial=lambda gap: {"question": next(iter(gaps.wordings(gap)), "")}),
        Verb("answered", "标为已解决", lambda act: _close(act, answered=True), Reason, shown_when=_is_open),
        Verb("dismiss", "不予处理", lambda act: _close(act, answered=False), Reason, shown_when=_is_open),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        return gaps.listed()

    @display(description="问题（最近一次，已脱敏）")
    def wording(self, gap: Any) -> str:
        return str(gap.question or gap.need)

    @display(description="被问次数", ordering="asked")
    def times_asked(self, gap: Any) -> int:
        return int(gap.asked)

    @display(description="差评次数", ordering="unhelpful")
    def times_unhelpful(self, gap: Any) -> int:
        return int(gap.unhelpful)

    @display(description="最近一次", ordering="last_at")
    def last_asked(self, gap: Any) -> Any:
        return shown(gap.last_at)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [
            self.wording,
            self.times_asked,
            self.times_unhelpful,
            self.last_asked,
            *super().get_fields(request, obj),
        ]


@admin.register(Vote, site=console)
class VoteDesk(ReadOnly):
    label, section = "回答评价", Section.ASSISTANT
    list_display = ("turn", "helpful", "reason", "at")
    list_filter = ("helpful", "reason")
    find_by = ("turn",)
