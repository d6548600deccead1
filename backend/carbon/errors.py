from backend.core.errors import Refusal


class AlreadyCounted(Refusal):
    code = "carbon_already_counted"
    status = 409
    zh = "这一行为的减碳量已经计入，不重复计算。"
    en = "The carbon of this act is in the book already; nothing is counted twice."


class BadMethod(Refusal):
    """Data: `reason`."""

    code = "bad_method"
    status = 422
    zh = "核算方法内容有误：{reason}"
    en = "The method is not valid: {reason}"


class MethodPublished(Refusal):
    code = "method_published"
    status = 409
    zh = "这份草稿已发布，或该方法已有同一生效时间的版本；请换一个生效时间重新起草。"
    en = "The draft is published, or a version of the method starts at the same time; draft one with another start."


class RebookingUnderWay(Refusal):
    code = "rebooking_under_way"
    status = 409
    zh = "这一版本的重算正在进行，请等它完成。"
    en = "Entries are being adjusted to this version; wait until that is done."


class MethodNeedsSecondPerson(Refusal):
    code = "method_needs_second_person"
    status = 409
    zh = "核算方法需由另一位人员发布。"
    en = "A counting method is published by somebody other than who drafted it."
