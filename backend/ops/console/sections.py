from enum import Enum


class Section(Enum):
    """Where a desk stands on the first page, in this order."""

    EARNING = "积分"
    CAMPAIGNS = "活动与消费券"
    SETTLEMENT = "结算"
    MERCHANTS = "商户"
    PURCHASES = "绿色消费"
    RECYCLING = "回收与上门"
    TRAVEL = "绿色出行"
    ASSISTANT = "智能问答"
    PEOPLE = "用户与权限"
    CARBON = "碳减排"
    BOOKS = "账本与审计"
    KNOWLEDGE = "知识库"
    SYSTEM = "系统"
