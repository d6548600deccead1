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
