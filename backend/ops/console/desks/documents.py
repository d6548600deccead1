"""What the assistant may quote: documents from draft to withdrawal, their trials, and the versions that serve."""

import math
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import display
from django.core.validators import RegexValidator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from backend.core.errors import Refusal
from backend.ops import care
from backend.ops.console.base import ReadOnly
from backend.ops.console.sections import Section
from backend.ops.console.site import console
from backend.ops.console.verbs import Act, Facts, Reason, Sure, Verb
from bot.rules import evidence
from knowledge import queries, services
from knowledge.api.documents import KEY
from knowledge.ingestion.files import MOST_FILE_BYTES, FileRead, read_file
from knowledge.ingestion.readback import in_words
from knowledge.models import ActiveVersion, Document, Trial, Version
from knowledge.types import About, DocumentState, Outlined, Target

_DAY = forms.DateInput(attrs={"type": "date"})
_MOST_SHOWN = 200


class BringIn(forms.Form):
    file = forms.FileField(
        label="文件", max_length=120, help_text="DOCX、带文字的 PDF、HTML、Markdown 或纯文本，5MB 以内。"
    )
    title = forms.CharField(label="标题", max_length=200, required=False, help_text="留空则取文件里的标题。")
    short_title = forms.CharField(label="简称", max_length=60, required=False, help_text="回答里注明出处时用。")
    issuer = forms.CharField(label="发布机关", max_length=120)
    issued_on = forms.DateField(label="发布日期", widget=_DAY)
    origin = forms.CharField(label="出处", max_length=1000, help_text="网址或文号，便于核对。")
    key = forms.CharField(
        label="更新哪一份文档", max_length=60, required=False, validators=[RegexValidator(KEY)],
        help_text="填已有文档的键，作为它的新版本；留空则为新文档。",
    )  # fmt: skip
    effective_from = forms.DateField(label="生效日", widget=_DAY, required=False, help_text="留空则发布即生效。")
    effective_until = forms.DateField(label="失效日", widget=_DAY, required=False, help_text="从这一天起不再引用。")

    def clean(self) -> dict[str, Any]:
        """The file is read here, before any transaction: it may take half a minute."""
        said = super().clean() or {}
        if said.get("file") is not None and not self.errors:
            try:
                said["read"] = read_file(said["file"].read(MOST_FILE_BYTES + 1))
            except Refusal as refusal:
                self.add_error("file", refusal.detail())
        return said


def _bring_in(act: Act) -> Document:
    said = dict(act.said)
    file, read = said.pop("file"), said.pop("read")
    assert isinstance(read, FileRead), "the form has read it"
    return services.draft(by=act.by, read=read, about=About(**said), file_name=file.name, now=act.now)


def _check(act: Act) -> Document:
    return services.check(by=act.by, document_id=act.obj.pk, now=act.now)


def _try(act: Act) -> None:
    services.ask_trial(by=act.by, document_id=act.obj.pk, now=act.now)


def _publish(act: Act) -> Document:
    return services.publish(by=act.by, document_id=act.obj.pk, now=act.now)


def _discard(act: Act) -> Document:
    return services.discard(by=act.by, document_id=act.obj.pk, reason=act.said["reason"], now=act.now)


def _withdraw(act: Act) -> Document:
    return services.withdraw(by=act.by, document_id=act.obj.pk, reason=act.said["reason"], now=act.now)


def _read_back(document: Document, now: datetime) -> Facts:
    """What a second person compares with the paper."""
    row, read, _ = queries.reading_of(document.pk)
    yield "请对照原件", f"{row.title}（{row.issuer}，{row.issued_on}）"
    yield "提示", _listed(in_words(warning) for warning in read.warnings)
    yield f"结构（{len(read.outline)}节，{read.passages}段）", _listed(map(_outlined, read.outline))
    yield f"指标（{len(read.targets)}个）", _listed(map(_promised, read.targets))
    yield "正文", format_html('<pre class="text">{}</pre>', row.text)


def _tried(document: Document, now: datetime) -> Facts:
    """What publishing it would change."""
    _, _, trial = queries.reading_of(document.pk)
    if trial is None:
        yield "试运行", "尚未完成；请稍后刷新本页。"
        return
    yield "试运行", f"{trial.questions}题，{trial.passages}段（新嵌入{trial.embedded}段）"
    yield "指标（不含 → 含本文档）", _listed(f"{name}：{change(shares)}" for name, shares in trial.result.items())
    yield f"变差的题（{len(trial.worse)}）", _listed(trial.worse)
    yield f"变好的题（{len(trial.better)}）", _listed(trial.better)


def change(shares: dict[str, Any]) -> str:
    """How a trial's share moved, and of how many questions it is one."""
    before = "—" if shares["before"] is None else f"{shares['before']:.3f}"
    return f"{before} → {shares['after']:.3f}（{shares['count']}题）"


def _outlined(section: Outlined) -> str:
    units = f"（{'、'.join(section.units)}）" if section.units else ""
    return f"{' › '.join(section.path)}：{section.sentences}句{units}"


def _promised(target: Target) -> str:
    year = f"到{target.year}年，" if target.year else ""
    return f"{year}{target.subject} {target.bound}{target.value}{target.unit}"


def _listed(lines: Iterable[str]) -> SafeString | str:
    """A list, escaped, of no more than anybody reads."""
    shown = list(lines)
    items = format_html_join("", "<li>{}</li>", ((line,) for line in shown[:_MOST_SHOWN]))
    more = format_html("<li>……共{}条</li>", len(shown)) if len(shown) > _MOST_SHOWN else ""
    return format_html("<ul>{}{}</ul>", items, more) if shown else "无"


def _measure_curve(act: Act) -> None:
    care.ask_curve(by=act.by, now=act.now)


def _in_use(threshold: float) -> str:
    return "（现用）" if math.isclose(threshold, evidence.BELIEVED, abs_tol=0.05) else ""


def _is(*states: DocumentState) -> Any:
    return lambda row: row.state in states and (row.ingested or row.state == DocumentState.PUBLISHED)


@admin.register(Document, site=console)
class DocumentDesk(ReadOnly):
    label, section = "知识文档", Section.KNOWLEDGE
    list_display = ("title", "state", "revision", "issuer", "issued_on", "effective_from", "effective_until", "kind")
    list_filter = ("state", "kind", "ingested")
    find_by = ("id", "key", "title")
    related = (("试运行", "knowledge_trial", "document"),)
    list_verbs = (Verb("ingest", "提交文档", _bring_in, BringIn),)
    verbs = (
        Verb("check", "核对", _check, Sure, shown_when=_is(DocumentState.DRAFT), facts=_read_back),
        Verb("publish", "发布", _publish, Sure, shown_when=_is(DocumentState.CHECKED), facts=_tried),
        Verb("try", "重新试运行", _try, Sure, shown_when=_is(DocumentState.CHECKED)),
        Verb("discard", "放弃", _discard, Reason, shown_when=_is(DocumentState.DRAFT, DocumentState.CHECKED)),
        Verb("withdraw", "撤回", _withdraw, Reason, shown_when=_is(DocumentState.PUBLISHED)),
    )


@admin.register(Trial, site=console)
class TrialDesk(ReadOnly):
    label, section = "文档试运行", Section.KNOWLEDGE
    list_display = ("document", "questions", "passages", "embedded", "ended_at")


@admin.register(Version, site=console)
class VersionDesk(ReadOnly):
    label, section = "知识版本", Section.KNOWLEDGE
    list_display = ("id", "embedder", "built_at")
    list_verbs = (Verb("curve", "测现行版本的校准曲线", _measure_curve, Sure),)

    @display(description="校准曲线（门槛：该答的答出 / 不该答的拒答）")
    def calibration(self, version: Version) -> SafeString | str:
        return _listed(
            f"{each['threshold']:+.1f}：{each['answered']:.1%} / {each['refused']:.1%}{_in_use(each['threshold'])}"
            for each in version.curve
        )

    def get_fields(self, request: Any, obj: Any = None) -> Any:
        return [self.calibration, *(each for each in super().get_fields(request, obj) if each.__name__ != "curve")]


@admin.register(ActiveVersion, site=console)
class ActiveVersionDesk(ReadOnly):
    label, section = "现行知识版本", Section.KNOWLEDGE
    list_display = ("version",)
