"""Refusals: every "no" of the service is a class with a stable code, a status, words in two languages and data.

They are rendered in one place (`edge.problems`) for REST and WebSocket alike.
"""

from typing import Any, ClassVar

Language = str  # "zh-Hans" or "en"


class Refusal(Exception):
    """A typed "no". `data` is shown to the client beside the words, so it holds nothing secret.

    `zh` and `en` are templates over `data`. They say what happened and, where there is such a thing, what would
    make it pass. A door rolls back what was written before a refusal, unless `leaves_marks` says that those
    writes are the refusal's own marks (a wrong try counted, a token family revoked) and must stay.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    zh: ClassVar[str] = "请求未被接受。"
    en: ClassVar[str] = "The request was refused."
    leaves_marks: ClassVar[bool] = False

    def __init__(self, **data: Any) -> None:
        self.data = data
        super().__init__(f"{self.code} {data}" if data else self.code)

    def detail(self, language: Language = "zh-Hans") -> str:
        """The sentence for people, in Chinese unless English was asked for."""
        template = self.en if language == "en" else self.zh
        return template.format(**self.data)


class Invalid(Refusal):
    code = "invalid_request"
    zh = "请求内容有误，请按 errors 中的提示修改。"
    en = "The request is not valid; `errors` says what to change."


class NotFound(Refusal):
    code = "not_found"
    status = 404
    zh = "没有找到，或您无权查看。"
    en = "Not found, or not yours to see."


class Forbidden(Refusal):
    code = "forbidden"
    status = 403
    zh = "您没有进行这项操作的权限。"
    en = "You have no permission for this."


class Unauthenticated(Refusal):
    code = "unauthenticated"
    status = 401
    zh = "请先登录。"
    en = "Please log in first."
