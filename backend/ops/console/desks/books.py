"""The books and the trail of who did what: read only, for everybody."""

from django.contrib import admin

from backend.audit.models import AuditRow
from backend.ledger.models import Budget, Transfer
from backend.ops.console.base import ReadOnly
from backend.ops.console.sections import Section
from backend.ops.console.site import console


@admin.register(AuditRow, site=console)
class AuditDesk(ReadOnly):
    label, section = "审计记录", Section.BOOKS
    list_display = ("at", "by", "action", "subject", "data")
    find_by = ("subject", "by")


@admin.register(Budget, site=console)
class BudgetDesk(ReadOnly):
    label, section = "预算", Section.BOOKS
    list_display = ("programme", "asset", "appropriated", "version")
    list_filter = ("asset",)
    find_by = ("programme",)


@admin.register(Transfer, site=console)
class TransferDesk(ReadOnly):
    label, section = "流水", Section.BOOKS
    list_display = ("id", "asset", "amount", "code", "debit", "credit", "at")
    list_filter = ("asset",)
    find_by = ("id", "reference", "event_id")
