"""The operators' words for what columns keep as codes: `pending_review` is 待审核 in cells and in filters."""

from collections.abc import Iterable

from backend.earning.rules import GRADES
from backend.earning.types import ACTIVITIES, REASONS
from backend.purchases.types import CATEGORIES, CERTIFICATIONS, LABELS
from backend.recycling.types import PARTS
from campaigns.types.settlement import LINE_KINDS

# What means one thing in every column.
_ANYWHERE = {
    "draft": "草稿", "checked": "已核对", "published": "已发布", "withdrawn": "已撤回", "discarded": "已弃用",
    "in_review": "审核中", "scheduled": "待开始", "running": "进行中", "paused": "已暂停", "sold_out": "已领完",
    "ended": "已结束", "stopped": "已停止", "proposed": "已提出", "approved": "已批准", "rejected": "已驳回",
    "claimed": "已领取", "redeemed": "已核销", "expired": "已过期", "active": "正常", "suspended": "已停用",
    "awarded": "已入账", "pending": "待处理", "pending_review": "待审核", "taken": "受理中", "answered": "已答复",
    "partly": "部分答复", "not_sure": "没有把握", "no_evidence": "资料未载", "value_missing": "资料未写明",
    "out_of_scope": "范围之外", "needs_clarification": "需要澄清", "unsafe": "不当内容", "error": "出错",
    "closed": "已关闭", "dismissed": "不处理", "resolved": "已处理", "confirmed": "已确认", "paid": "已付款",
    "filed": "已提出", "upheld": "已支持", "declined": "未支持", "booked": "已预约", "assigned": "已派单",
    "collected": "已回收", "cancelled": "已取消", "missed": "未遇", "enabled": "启用", "disabled": "停用",
    "delivered": "已送达", "failed": "失败", "waiting": "等待", "leased": "处理中", "done": "完成", "dead": "已放弃",
    "bulky": "大件", "ewaste": "废旧电器", "recyclables": "可回收物", "official": "政策文件", "guide": "服务指南",
    "review": "复核", "dispute": "商户异议", "rejection": "对不予发放的申诉", "one_person": "对合并认定的申诉",
    "velocity": "过于频繁", "shared_device": "一机多号", "impossible_travel": "位移不可能",
    "weight_outlier": "重量异常", "few_people": "集中给少数人", "just_above": "贴近门槛",
    "person": "居民", "witness": "见证人", "station": "站点",
    "walk": "步行", "bike": "骑行",
    "transit_card": "公交卡", "bike_account": "单车账号", "tanhuitong": "碳惠通",
    "other_amount": "金额不符", "twice": "重复付款", "extra": "多出", "missing": "缺少", "unclear": "不清楚",
    "wrong": "答错了", "not_asked": "答非所问", "outdated": "已过时", "household": "家庭", "service": "全服务",
    "merchant": "商户", "store": "门店", "zone": "片区",
    "points": "积分", "vouchers": "消费券", "sorting": "垃圾分类", "policy": "政策文件", "other": "其他",
    "attendant": "站点值守", "collector": "收运员", "counter": "收银", "desk": "服务台", "manager": "店长",
    "operator": "运营", "owner": "商户负责人", "main": "一般", "builds": "构建", "calls": "推送",
    "exchange": "积分兑换", "grant": "定向发放", "drop": "限时抢券", "draw": "摇号", "challenge": "挑战奖励",
    "POINT": "积分", "FEN": "资金（分）", "MG_CO2E": "减碳（毫克）", "USE": "次数",
}  # fmt: skip
_PLACES_OF_WORK = {"open": "开放", "full": "满箱", "down": "停用", "queue": "排队"}
# What means something of its own in one column, by the column.
_IN_COLUMN = {
    "status": _PLACES_OF_WORK,
    "state": {"open": "待处理"},
    "grade": {grade.value: zh for grade, (zh, _) in GRADES.items()},
    "reason": {code.value: reason.zh for code, reason in REASONS.items()},
    "part": {part.value: zh for part, zh in PARTS.items()},
    "activity": {activity.value: info.zh for activity, info in ACTIVITIES.items()},
    "kind": {kind.value: zh for kind, (zh, _) in CERTIFICATIONS.items()}
    | {kind.value: zh for kind, zh in LINE_KINDS.items()},
    "category": {category.value: zh for category, (zh, _) in CATEGORIES.items()},
    "label": {label.value: zh for label, (zh, _) in LABELS.items()},
}
# Columns that hold codes; a name or a sentence is shown as it was written.
CODED = frozenset(_IN_COLUMN) | {
    "way", "source", "role", "scope_kind", "subject_kind", "mode", "outcome", "queue", "lane", "asset", "account_kind",
}  # fmt: skip


def worded(column: str, value: str) -> str:
    """The word for a code of a column; what nobody has a word for is shown as it is."""
    own = _IN_COLUMN.get(column, {}).get(value)
    return own or (_ANYWHERE.get(value, value) if column in CODED else value)


def choices(column: str, codes: Iterable[str]) -> list[tuple[str, str]]:
    """What a form offers for a column."""
    return [(str(code), worded(column, str(code))) for code in codes]
