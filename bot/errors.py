"""What the assistant's doors refuse."""

from backend.core.errors import Refusal


class QuestionTooLong(Refusal):
    code = "question_too_long"
    status = 413
    zh = "问题太长，请控制在 {limit_characters} 个字以内。"
    en = "The question is too long; keep it within {limit_characters} characters."


class TooManyQuestions(Refusal):
    """More asks under way on one connection than it may have."""

    code = "too_many_questions"
    status = 429
    zh = "同时提问太多，请等前面的问题答完再问（最多 {limit} 个）。"
    en = "Too many questions at once; wait for an answer first (at most {limit})."


class AnswerInterrupted(Refusal):
    """What a client wants to resume is no longer there, or was never finished."""

    code = "answer_interrupted"
    status = 410
    zh = "这次回答已中断，请重新提问。"
    en = "That answer was interrupted; please ask again."


class UnknownMessage(Refusal):
    code = "unknown_message"
    zh = "不认识的消息。可用的类型：ask、stop、resume、auth。"
    en = "Unknown message. Types are: ask, stop, resume, auth."


class AlreadyVoted(Refusal):
    code = "already_voted"
    status = 409
    zh = "这条回答您已经评价过，不能再改。"
    en = "You have voted on this answer already; a vote is not changed."


class TicketWaiting(Refusal):
    """One conversation waits for one person at a time."""

    code = "ticket_waiting"
    status = 409
    zh = "这段对话已转人工，请等待答复，或先关闭原来的工单。"
    en = "This conversation waits for a person already; wait for the answer or close that ticket first."


class TicketLimitReached(Refusal):
    code = "ticket_limit_reached"
    status = 429
    zh = "今天已转人工 {limit} 次，请明天再试，或拨打12345。"
    en = "You have asked for a person {limit} times today; try again tomorrow, or call 12345."


class NotWaiting(Refusal):
    """What a person wants to act on has been decided or taken by somebody else."""

    code = "not_waiting"
    status = 409
    zh = "当前状态为“{state}”，不能进行这项操作；请刷新后再看。"
    en = "It is {state} by now, so this cannot be done; look again."


class ExamUnfit(Refusal):
    """What it wants stands in no document, or not where it says."""

    code = "exam_unfit"
    zh = "原文须逐字出自一份现行文件，且须包含要求答出的内容。"
    en = "The anchor must stand verbatim in a document in force and hold what the answer must say."


class ExamKnown(Refusal):
    code = "exam_known"
    status = 409
    zh = "这个问题已在题集里。"
    en = "This question is in the set already."


class ExamNeedsAnother(Refusal):
    code = "exam_second_person"
    status = 409
    zh = "须由起草人以外的另一位运营人员发布。"
    en = "Somebody other than who drafted it publishes it."
