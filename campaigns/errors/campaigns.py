"""Why an operator's step was refused. Each says what would make it pass."""

from backend.core.errors import Language, Refusal
from backend.core.money import yuan


class WrongCampaignState(Refusal):
    """Data: `state`, where the campaign is, and `wants`, the states from which this step can be taken."""

    code = "wrong_campaign_state"
    status = 409
    zh = "活动当前状态为 {state}，此操作只适用于：{wants}。请刷新后再试。"
    en = "The campaign is {state}; this step can be taken only from: {wants}. Load it again."

    def detail(self, language: Language = "zh-Hans") -> str:
        """The sentence with the states."""
        template, joint = (self.en, ", ") if language == "en" else (self.zh, "、")
        return template.format(state=self.data["state"], wants=joint.join(self.data["wants"]))


class CampaignChanged(Refusal):
    """Data: `version`, the present one."""

    code = "campaign_changed"
    status = 409
    zh = "您查看之后活动内容有过修改（现为第 {version} 版），请重新审阅后再批准。"
    en = "The campaign was changed after you read it (it is version {version} now): read it again, then approve."


class SecondPersonNeeded(Refusal):
    code = "second_person_needed"
    status = 409
    zh = "起草人或提交人不能批准自己的方案，请由另一位运营人员批准。"
    en = "Whoever drafted or asked cannot approve it: another operator has to."


class CampaignOver(Refusal):
    """Data: `ended_at`, local time."""

    code = "campaign_over"
    status = 409
    zh = "活动时间已于 {ended_at:%Y-%m-%d %H:%M} 结束，请调整时间后重新提交。"
    en = "The campaign's time was over at {ended_at:%Y-%m-%d %H:%M} (Beijing time); draft one with a later end."


class CampaignEmpty(Refusal):
    code = "campaign_empty"
    status = 422
    zh = "活动还没有任何优惠，请至少添加一种后再提交。"
    en = "The campaign has no offer yet: add one, then submit."


class CampaignBudgetShort(Refusal):
    """Data: `worth_fen` of all the stock that is asked for, and `missing_fen`."""

    code = "campaign_budget_short"
    status = 422
    zh = "优惠全部发完需要 {worth} 元，预算还差 {missing} 元。请提高预算或减少数量。"
    en = "All vouchers are worth {worth} yuan; {missing} yuan are missing. Raise the budget or lower the stock."

    def detail(self, language: Language = "zh-Hans") -> str:
        """The sentence with the amounts in yuan."""
        template = self.en if language == "en" else self.zh
        return template.format(worth=yuan(self.data["worth_fen"]), missing=yuan(self.data["missing_fen"]))


class SharesDoNotAddUp(Refusal):
    """Data: `total_bp`, which should be 10,000."""

    code = "shares_do_not_add_up"
    status = 422
    zh = "出资比例合计为 {total_bp} 个基点，必须正好是 10000。"
    en = "The funding shares add up to {total_bp} basis points; they must be exactly 10,000."


class WindowsInvalid(Refusal):
    """Data: `what` is wrong: `hours` that do not run forward or overlap a day, `days`, or a date named `twice`."""

    code = "windows_invalid"
    status = 422
    zh = "领取时段有误（{what}）：星期须为 1–7，时段须先始后终且不重叠，同一日期只能出现一次。"
    en = "The claim windows are wrong ({what}): weekdays are 1-7, hours run forward and do not overlap, a date once."


class RollsNowhere(Refusal):
    code = "rolls_nowhere"
    status = 422
    zh = "结转的下一批优惠必须是同一活动中已有的、结束更晚的优惠。"
    en = "Unused value can roll only into an offer of the same campaign that is there already and ends later."


class LastDayTooEarly(Refusal):
    """Data: `ends_at` of the claims, local time."""

    code = "last_day_too_early"
    status = 422
    zh = "最后使用日不能早于领取结束时间（{ends_at:%Y-%m-%d %H:%M}）。"
    en = "The last day of use must not lie before the claims end ({ends_at:%Y-%m-%d %H:%M})."


class MoneyChangeDecided(Refusal):
    """Data: `state`, how it was decided."""

    code = "money_change_decided"
    status = 409
    zh = "这项资金变更已有结论（{state}），如需再改请重新提出。"
    en = "This change was decided before ({state}); ask for a new one."


class MoneyChangeImpossible(Refusal):
    """Data: `what`: `budget` below what is allotted, `stock` below what is claimed, or no `day_budget` to change."""

    code = "money_change_impossible"
    status = 409
    zh = "资金变更不能执行（{what}）：预算不能低于已分配金额，数量不能低于已领数，未设每日额度的活动不能中途增设。"
    en = (
        "The change cannot be made ({what}): a budget covers what is allotted, a stock covers what is claimed, and a "
        "campaign without a day budget gets none on the way."
    )
