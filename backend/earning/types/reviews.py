"""Why a person decided as they did, and what can be appealed against."""

from dataclasses import dataclass
from enum import StrEnum


class ReasonCode(StrEnum):
    """The closed list of reasons for a decision; a text beside it says more."""

    EVIDENCE_SUFFICIENT = "evidence_sufficient"
    EXPLAINED = "explained"
    MISTAKE_OF_OURS = "mistake_of_ours"
    TIME_OVER = "time_over"
    PHOTO_REUSED = "photo_reused"
    PHOTO_UNCLEAR = "photo_unclear"
    NOT_THE_ACT = "not_the_act"
    NOT_AT_THE_PLACE = "not_at_the_place"
    NOT_PLAUSIBLE = "not_plausible"
    AGAINST_THE_RULES = "against_the_rules"
    OTHER = "other"


@dataclass(frozen=True)
class Reason:
    """A reason's words, and which decisions it can stand for."""

    zh: str
    en: str
    grants: bool
    denies: bool


REASONS: dict[ReasonCode, Reason] = {
    ReasonCode.EVIDENCE_SUFFICIENT: Reason("凭证充分", "the evidence is sufficient", True, False),
    ReasonCode.EXPLAINED: Reason("情况已说明", "it has been explained", True, False),
    ReasonCode.MISTAKE_OF_OURS: Reason("我方判断有误", "the mistake was ours", True, False),
    ReasonCode.TIME_OVER: Reason("等待期已满", "the waiting time is over", True, False),
    ReasonCode.PHOTO_REUSED: Reason("照片已被使用过", "the photo was used before", False, True),
    ReasonCode.PHOTO_UNCLEAR: Reason("照片无法辨认", "the photo does not show it clearly", False, True),
    ReasonCode.NOT_THE_ACT: Reason("内容与所申报行为不符", "it does not show this act", False, True),
    ReasonCode.NOT_AT_THE_PLACE: Reason("不在现场", "it was not done at the place", False, True),
    ReasonCode.NOT_PLAUSIBLE: Reason("不合常理", "it is not plausible", False, True),
    ReasonCode.AGAINST_THE_RULES: Reason("违反活动规则", "it is against the rules", False, True),
    ReasonCode.OTHER: Reason("其他", "another reason", True, True),
}


class AppealKind(StrEnum):
    REJECTION = "rejection"  # of an award
    ONE_PERSON = "one_person"  # against being counted as one person with other accounts


class AppealState(StrEnum):
    FILED = "filed"
    UPHELD = "upheld"
    DECLINED = "declined"
