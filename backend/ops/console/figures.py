"""Today's numbers on the first page: what waits for a person, and whether the machine keeps up. One query each."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from backend.earning import queries as earning
from backend.earning.models import Appeal, RuleDraft, Signal
from backend.earning.services import PROGRAMME
from backend.earning.types import AppealState, SignalState
from backend.ledger.queries import balance
from backend.ledger.types import Asset, budget_account
from backend.merchants.models import Application
from backend.merchants.types import ApplicationStatus
from backend.outbox.models import Task
from backend.outbox.types import TaskStatus
from backend.recycling.models import Pickup
from backend.recycling.types import PickupStatus
from backend.seal import queries as seal
from backend.webhooks import queries as webhooks
from bot.care.types import WAITING, GapState
from bot.models import Gap, Ticket
from campaigns.models import Campaign, MoneyChange, Statement
from campaigns.types.campaigns import CampaignStatus, ChangeStatus
from campaigns.types.settlement import StatementState
from knowledge.models import Document
from knowledge.types import DocumentState


@dataclass(frozen=True)
class Figure:
    label: str
    value: int
    url: str
    calls: bool  # whether it calls for a person
    unit: str = ""


def today(now: datetime) -> list[Figure]:
    """What waits, then how the machine is."""
    dead = Task.objects.filter(status=TaskStatus.DEAD.value).count()
    unsealed = int(seal.lag(now).oldest_seconds or 0)
    left = balance(budget_account(PROGRAMME, Asset.POINT))
    return [
        *_waiting(),
        _figure("失败的任务", dead, "outbox_task", f"status__exact={TaskStatus.DEAD.value}"),
        _figure("已停用的推送端点", webhooks.disabled(), "webhooks_endpoint"),
        Figure("最早未封存流水", unsealed, _list("ledger_transfer"), unsealed > 300, "秒前"),
        Figure("积分预算余额", left, _list("ledger_budget"), left <= 0, "分"),
    ]


def _waiting() -> list[Figure]:
    appeals = Appeal.objects.filter(state=AppealState.FILED.value).count()
    signals = Signal.objects.filter(state=SignalState.OPEN.value).count()
    drafts = RuleDraft.objects.filter(published=None).count()
    plans = Campaign.objects.filter(status=CampaignStatus.IN_REVIEW.value).count()
    money = MoneyChange.objects.filter(status=ChangeStatus.PROPOSED.value).count()
    statements = Statement.objects.filter(state=StatementState.CONFIRMED.value).count()
    shops = Application.objects.filter(status=ApplicationStatus.PENDING.value).count()
    papers = Document.objects.filter(state=DocumentState.DRAFT.value).count()
    pickups = Pickup.objects.filter(status=PickupStatus.BOOKED.value).count()
    tickets = Ticket.objects.filter(state__in=[each.value for each in WAITING]).count()
    open_gaps = Gap.objects.filter(state=GapState.OPEN.value, same_as=None).count()
    return [
        _figure("待审核奖励", earning.waiting_for_review().count(), "earning_award", "waiting=1"),
        _figure("待处理申诉", appeals, "earning_appeal", f"state__exact={AppealState.FILED.value}"),
        _figure("待判断的异常信号", signals, "earning_signal", f"state__exact={SignalState.OPEN.value}"),
        _figure("待第二人发布的规则", drafts, "earning_ruledraft", "published__isnull=1"),
        _figure("待批准活动", plans, "campaigns_campaign", f"status__exact={CampaignStatus.IN_REVIEW.value}"),
        _figure("待批准的资金调整", money, "campaigns_moneychange", f"status__exact={ChangeStatus.PROPOSED.value}"),
        _figure("待批准结算单", statements, "campaigns_statement", f"state__exact={StatementState.CONFIRMED.value}"),
        _figure("待审核商户", shops, "merchants_application", f"status__exact={ApplicationStatus.PENDING.value}"),
        _figure("待人工答复", tickets, "bot_ticket", "waiting=1"),
        _figure("未解决的问答缺口", open_gaps, "bot_gap", f"state__exact={GapState.OPEN.value}"),
        _figure("待核对文档", papers, "knowledge_document", f"state__exact={DocumentState.DRAFT.value}"),
        _figure("待派单上门回收", pickups, "recycling_pickup", f"status__exact={PickupStatus.BOOKED.value}"),
    ]


def _figure(label: str, value: int, page: str, query: str = "") -> Figure:
    return Figure(label, value, _list(page) + (f"?{query}" if query else ""), value > 0)


def _list(page: str) -> str:
    return reverse(f"console:{page}_changelist")
