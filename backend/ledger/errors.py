from backend.core.errors import Refusal


class Overdraft(Refusal):
    """A guarded account holds less than the transfer wants. Callers translate it into their own words."""

    code = "insufficient_balance"
    status = 409
    zh = "余额不足：还差 {missing}。"
    en = "The balance is {missing} short."


class ReferenceReused(Refusal):
    """The caller's reference names another transfer already: the act was done before."""

    code = "reference_reused"
    status = 409
    zh = "这笔业务已经记过账。"
    en = "This act is in the books already."


class OverReversal(Refusal):
    code = "over_reversal"
    status = 409
    zh = "冲正金额超过原交易剩余可冲正的金额。"
    en = "More would be reversed than is left of the original."


class AlreadySpent(Refusal):
    """What the transfer brought has left the account; only a clawback can follow it."""

    code = "already_spent"
    status = 409
    zh = "这笔积分已被使用，无法直接撤回。"
    en = "These units have been spent and cannot simply be taken back."


class HoldEnded(Refusal):
    code = "hold_ended"
    status = 409
    zh = "这笔预留已经结束，不能再次处理。"
    en = "This hold has ended and cannot be resolved again."


class BudgetExhausted(Refusal):
    code = "budget_exhausted"
    status = 409
    zh = "本期预算已用完，暂时无法发放。"
    en = "The budget of this programme is used up."


class BudgetChanged(Refusal):
    """Compare-and-set lost: somebody changed the budget after the caller read it."""

    code = "budget_changed"
    status = 409
    zh = "预算已被他人修改，请刷新后重试。"
    en = "The budget was changed by someone else; read it again and retry."
