"""Why a statement, a line or a bank file was refused."""

from backend.core.errors import Language, Refusal
from backend.core.money import yuan


class StatementStepRefused(Refusal):
    """Data: `state`, where the statement is."""

    code = "statement_state"
    status = 409
    zh = "结算单目前是“{state}”状态，不能进行这一步，请刷新后再看。"
    en = "The statement is {state} and cannot take this step; read it again."


class StatementChanged(Refusal):
    """Data: `due_fen`, the sum as it is now."""

    code = "statement_changed"
    status = 409
    zh = "结算单的应付金额现为 {due} 元，请核对后再办理。"
    en = "The statement comes to {due} yuan now; look at it again before you agree to it."

    def detail(self, language: Language = "zh-Hans") -> str:
        """The sentence with the sum in yuan."""
        return (self.en if language == "en" else self.zh).format(due=yuan(self.data["due_fen"]))


class OtherPersonNeeded(Refusal):
    code = "other_person_needed"
    status = 409
    zh = "制单、调整、确认过这张结算单或提出过异议的人不能办理这一步，请由另一位同事办理。"
    en = "Whoever made, adjusted, confirmed or questioned this may not take this step; somebody else must."


class LineHeld(Refusal):
    code = "line_held"
    status = 409
    zh = "这一行已经提出过异议或暂扣，请等待处理。"
    en = "This line is held or disputed already; wait for the decision."


class HoldResolved(Refusal):
    code = "line_hold_resolved"
    status = 409
    zh = "这一行已经处理过，更正请另作调整。"
    en = "This line has been decided on; a correction is an adjustment of its own."


class CorrectionTooLarge(Refusal):
    """Data: `limit_fen`."""

    code = "correction_too_large"
    status = 422
    zh = "更正金额不能超过本行金额（{limit_fen} 分），其余请另作调整。"
    en = "A correction stays within the line ({limit_fen} fen); what goes beyond it is an adjustment of its own."


class PeriodNotOver(Refusal):
    """Data: `ends_at`, local time."""

    code = "period_not_over"
    status = 422
    zh = "结算期到 {ends_at:%Y年%m月%d日 %H:%M} 才结束，届时再出结算单。"
    en = "The period ends at {ends_at:%Y-%m-%d %H:%M} (Beijing time); draw up its statements then."


class PaymentFileInvalid(Refusal):
    """Data: `rows`, each with `row` and `problem`."""

    code = "payment_file_invalid"
    status = 422
    zh = "付款文件有误，没有记账。请按 rows 中的提示修改后重新导入。"
    en = "The payment file is wrong and nothing was booked; `rows` says what to change."
