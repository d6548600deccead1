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
