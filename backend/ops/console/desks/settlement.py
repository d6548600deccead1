"""Statements with their lines, doubts about a line, and the bank's files."""

from typing import Any

from django import forms
from django.contrib import admin

from backend.ops.console.base import ReadOnly
from backend.ops.console.sections import Section
from backend.ops.console.site import console
from backend.ops.console.verbs import Act, Reason, Verb
from campaigns import services
from campaigns.models import LineHold, PaymentFile, PaymentRow, Statement, StatementLine
from campaigns.types.settlement import LineHoldState, StatementState


class Due(forms.Form):
    """The sum that the person has seen, so that a statement that changed meanwhile is not approved."""

    due_fen = forms.IntegerField(widget=forms.HiddenInput)


class Resolution(Reason):
    correction_fen = forms.IntegerField(
        label="更正金额（分）", initial=0, help_text="0 表示该行无误；整行不应结算时填该行金额的负数。"
    )


def _approve(act: Act) -> Statement:
    return services.approve_statement(by=act.by, statement_id=act.obj.pk, due_fen=act.said["due_fen"], now=act.now)


def _hold(act: Act) -> LineHold:
    line = act.obj
    return services.hold_line(
        by=act.by, statement_id=line.statement_id, line_id=line.pk, reason=act.said["reason"], now=act.now
    )


def _resolve(act: Act) -> LineHold:
    return services.resolve_hold(by=act.by, hold_id=act.obj.pk, now=act.now, **act.said)


@admin.register(Statement, site=console)
class StatementDesk(ReadOnly):
    label, section = "结算单", Section.SETTLEMENT
    list_display = ("number", "state", "merchant", "store", "period_start", "period_end", "lines_fen", "held_fen")
    list_select_related = ("store__merchant",)
    list_filter = ("state",)
    find_by = ("id", "number")
    related = (("明细", "campaigns_statementline", "statement"),)
    verbs = (
        Verb(
            "approve", "批准付款", _approve, Due,
            shown_when=lambda statement: statement.state == StatementState.CONFIRMED,
            initial=lambda statement: {"due_fen": statement.due_fen},
            facts=lambda statement, now: [("应付（元）", f"{statement.due_fen / 100:,.2f}")],
        ),
    )  # fmt: skip


@admin.register(StatementLine, site=console)
class LineDesk(ReadOnly):
    label, section = "结算明细", Section.SETTLEMENT
    list_display = ("id", "statement", "kind", "order_no", "amount_fen", "late", "at")
    list_filter = ("kind", "late")
    find_by = ("id", "order_no")
    verbs = (Verb("hold", "暂扣", _hold, shown_when=lambda line: not hasattr(line, "hold")),)


@admin.register(LineHold, site=console)
class HoldDesk(ReadOnly):
    label, section = "暂扣与争议", Section.SETTLEMENT
    list_display = ("line", "kind", "state", "held_fen", "reason", "opened_by", "opened_at")
    list_filter = ("state", "kind")
    verbs = (Verb("resolve", "处理", _resolve, Resolution, shown_when=lambda hold: hold.state == LineHoldState.OPEN),)


def _import(act: Act) -> PaymentFile:
    file = act.said["file"]
    return services.import_payments(by=act.by, name=file.name, text=act.said["text"], now=act.now)


class BankFile(forms.Form):
    file = forms.FileField(label="银行付款文件（CSV，UTF-8）", max_length=120)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        file = said.get("file")
        if file is not None:
            try:
                said["text"] = file.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", "文件不是 UTF-8 编码。")
        return said


@admin.register(PaymentFile, site=console)
class PaymentFileDesk(ReadOnly):
    label, section = "付款文件", Section.SETTLEMENT
    list_display = ("name", "imported_by", "at")
    find_by = ("name",)
    related = (("逐行结果", "campaigns_paymentrow", "file"),)
    list_verbs = (Verb("import", "导入付款文件", _import, BankFile),)


@admin.register(PaymentRow, site=console)
class PaymentRowDesk(ReadOnly):
    label, section = "付款文件逐行结果", Section.SETTLEMENT
    list_display = ("row", "outcome", "reference", "payee", "amount_fen", "paid_on", "statement")
    list_filter = ("outcome",)
    find_by = ("reference",)
