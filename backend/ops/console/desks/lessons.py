"""What operators teach the assistant: other names for things, and questions that it must get right.

A word is tried on the frozen questions beside what serves, and what the trial showed is read before it is published.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin

from backend.ops import care
from backend.ops.console.base import ReadOnly
from backend.ops.console.desks.documents import change
from backend.ops.console.sections import Section
from backend.ops.console.site import console
from backend.ops.console.verbs import Act, Facts, Sure, Verb
from bot import evaluation
from bot.care import exams
from bot.care.types import ExamState
from bot.models import NOTE_CHARACTERS, Exam
from bot.rules.measures import went_right
from knowledge.models import Synonym
from knowledge.services import synonyms
from knowledge.types import SynonymState


class Lines(forms.CharField):
    """One entry a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]


class NewSynonym(forms.Form):
    word = forms.CharField(label="居民的说法", max_length=40)
    others = Lines(label="文件里的说法", max_length=250, help_text="一行一个，须是文件里有的词，最多5个。")


class NewExam(forms.Form):
    question = forms.CharField(label="问题", max_length=200)
    must = Lines(label="必须答出", max_length=200, help_text="一行一项，如：1800亿元。")
    anchor = forms.CharField(
        label="原文", max_length=NOTE_CHARACTERS, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="从现行文件逐字复制，须包含上面各项。",
    )  # fmt: skip


def draft_synonym(act: Act) -> Synonym:
    return synonyms.draft(by=act.by.pk, word=act.said["word"], others=act.said["others"], now=act.now)


def draft_exam(act: Act) -> Exam:
    return care.draft_exam(by=act.by, now=act.now, **act.said)


def _publish_synonym(act: Act) -> Synonym:
    return synonyms.publish(by=act.by.pk, synonym_id=act.obj.pk, now=act.now)


def _try_again(act: Act) -> Synonym:
    return synonyms.ask_trial(by=act.by.pk, synonym_id=act.obj.pk, now=act.now)


def _discard(act: Act) -> Synonym:
    return synonyms.discard(by=act.by.pk, synonym_id=act.obj.pk, now=act.now)


def _withdraw_synonym(act: Act) -> Synonym:
    return synonyms.withdraw(by=act.by.pk, synonym_id=act.obj.pk, now=act.now)


def _tried(synonym: Synonym, now: datetime) -> Facts:
    """The frozen questions without the word and with it."""
    if synonym.tried_at is None:
        yield "试运行", "尚未完成；请稍后刷新本页。"
        return
    yield "试运行题数", synonym.questions
    for name, shares in synonym.result.items():
        yield name, change(shares)
    yield f"变差的题（{len(synonym.worse)}）", "；".join(synonym.worse) or "无"
    yield f"变好的题（{len(synonym.better)}）", "；".join(synonym.better) or "无"


def _is_draft(synonym: Synonym) -> bool:
    return synonym.state == SynonymState.DRAFT


@admin.register(Synonym, site=console)
class SynonymDesk(ReadOnly):
    label, section = "同义词", Section.ASSISTANT
    list_display = ("word", "others", "state", "drafted_by", "tried_at", "published_at")
    list_filter = ("state",)
    find_by = ("id", "word")
    list_verbs = (Verb("draft", "添加同义词", draft_synonym, NewSynonym),)
    verbs = (
        Verb("publish", "发布", _publish_synonym, Sure, shown_when=_is_draft, facts=_tried),
        Verb("try", "重新试运行", _try_again, Sure, shown_when=_is_draft),
        Verb("discard", "放弃", _discard, Sure, shown_when=_is_draft),
        Verb("withdraw", "撤回", _withdraw_synonym, Sure, shown_when=lambda row: row.state == SynonymState.PUBLISHED),
    )


def _answered_now(exam: Exam, now: datetime) -> Facts:
    """What the assistant says today, and whether that is right."""
    case = exams.case_of(exam)
    said = evaluation.asked(case)
    yield "现在的回答", said.text
    yield "是否答对", "是" if went_right(case, said) else "否"


def _publish_exam(act: Act) -> Exam:
    return care.publish_exam(by=act.by, exam_id=act.obj.pk, now=act.now)


def _withdraw_exam(act: Act) -> Exam:
    return care.withdraw_exam(by=act.by, exam_id=act.obj.pk, now=act.now)


@admin.register(Exam, site=console)
class ExamDesk(ReadOnly):
    label, section = "题集补充", Section.ASSISTANT
    list_display = ("question", "state", "must", "document", "drafted_at", "published_at")
    list_filter = ("state",)
    find_by = ("id", "question")
    list_verbs = (Verb("draft", "加入题集", draft_exam, NewExam),)
    verbs = (
        Verb(
            "publish", "发布", _publish_exam, Sure, shown_when=lambda exam: exam.state == ExamState.DRAFT,
            facts=_answered_now,
        ),
        Verb("withdraw", "撤下", _withdraw_exam, Sure, shown_when=lambda exam: exam.state != ExamState.WITHDRAWN),
    )  # fmt: skip
