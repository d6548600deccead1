from backend.core.errors import Language, Refusal


class PositionRequired(Refusal):
    code = "position_required"
    status = 422
    zh = "扫描张贴的二维码需要您的位置，以确认您就在回收点旁；也可以扫描屏幕上的动态码。"
    en = "The printed code needs your position, to see that you are at the station; or scan the code on the screen."


class StationUnavailable(Refusal):
    code = "station_unavailable"
    status = 409
    zh = "「{station}」目前停用，请到附近其他回收点。"
    en = "The station “{station}” is out of service; please use another one nearby."


class NoRule(Refusal):
    code = "activity_not_running"
    status = 409
    zh = "这项活动目前没有生效的积分规则。"
    en = "No award rule is in force for this activity at the moment."


class AlreadyReviewed(Refusal):
    code = "already_reviewed"
    status = 409
    zh = "这条记录已经审核过。"
    en = "This award has been reviewed already."


class InsufficientPoints(Refusal):
    code = "insufficient_points"
    status = 409
    zh = "可用积分不足，还差 {missing} 分。"
    en = "You are {missing} points short."


class NotOneHousehold(Refusal):
    code = "not_one_household"
    status = 403
    zh = "只能把积分转给已加入同一家庭的成员。"
    en = "Points can be shared only with people who have joined your household."


class ProjectClosed(Refusal):
    code = "project_closed"
    status = 409
    zh = "该公益项目目前不接受捐赠。"
    en = "This project takes no donations at the moment."


class TooSoon(Refusal):
    code = "too_soon"
    status = 409
    zh = "两次需间隔 {min_interval_minutes} 分钟，请在 {retry_at} 之后再来。"
    en = "Two of these must be {min_interval_minutes} minutes apart; try again after {retry_at}."


_WHOSE = {
    "person": ("您", "Your"),
    "person_at_station": ("您在该回收点", "At this station, your"),
    "household": ("您的家庭", "Your household's"),
    "station": ("该回收点", "This station's"),
    "programme": ("全区", "The district's"),
}
_WHEN = {
    "hour": ("本小时", "an hour"),
    "day": ("今天", "a day"),
    "week": ("本周", "a week"),
    "month": ("本月", "a month"),
}
_WHAT = {"times": ("次数", "times"), "points": ("积分", "points"), "units": ("数量", "units")}


class CapReached(Refusal):
    """Data: `scope`, `period`, `counts`, `limit`, `resets_at`."""

    code = "cap_reached"
    status = 409
    zh = "{whose}{when}的{what}上限（{limit}）已用完，{resets_at} 起恢复。"
    en = "{whose} limit of {limit} {what} {when} is used up; it starts anew at {resets_at}."

    def detail(self, language: Language = "zh-Hans") -> str:
        """The sentence in words for scope, period and what is counted."""
        column = 1 if language == "en" else 0
        words = {
            "whose": _WHOSE[self.data["scope"]][column],
            "when": _WHEN[self.data["period"]][column],
            "what": _WHAT[self.data["counts"]][column],
        }
        return (self.en if column else self.zh).format(**self.data, **words)


class BadRule(Refusal):
    """Data: `reason`."""

    code = "bad_rule"
    status = 422
    zh = "规则内容有误：{reason}"
    en = "The rule is not valid: {reason}"


class SecondPersonNeeded(Refusal):
    code = "second_person_needed"
    status = 409
    zh = "需由另一位运营人员确认，不能确认自己起草的内容。"
    en = "Another operator has to confirm this; nobody confirms what they drafted."


class DraftPublished(Refusal):
    code = "draft_published"
    status = 409
    zh = "这份草稿已经发布，请另起草新版本。"
    en = "This draft is published already; draft a new version."


class StartsInThePast(Refusal):
    """Data: `earliest`."""

    code = "starts_in_the_past"
    status = 422
    zh = "规则不能追溯生效，最早可从 {earliest} 起。"
    en = "A rule cannot start in the past; the earliest start is {earliest}."


class EvidenceNotAccepted(Refusal):
    """Data: `grade`, and `accepted`, the grades that earn."""

    code = "evidence_not_accepted"
    status = 422
    zh = "这种凭证（{grade}）不能用于该活动，可用：{accepted}。"
    en = "Evidence of this kind ({grade}) does not count here; these do: {accepted}."


class EvidenceAlreadyUsed(Refusal):
    code = "evidence_already_used"
    status = 409
    zh = "这份凭证已经计过积分，同一行为只计一次。"
    en = "This evidence has earned already; one deed counts once."


class NotRewarded(Refusal):
    """Data: `variant`, and `rewarded`, what earns."""

    code = "not_rewarded"
    status = 422
    zh = "“{variant}”不在积分范围内，可计分的有：{rewarded}。"
    en = "“{variant}” earns nothing; these do: {rewarded}."


class TooLittle(Refusal):
    """Data: `least`, the smallest amount that earns a point."""

    code = "too_little"
    status = 422
    zh = "数量太少，至少 {least} 才够 1 分。"
    en = "Too little for a point; it takes at least {least}."


class MoreThanAwarded(Refusal):
    """Data: `left`, what of the award can still be undone, in its own unit."""

    code = "more_than_awarded"
    status = 409
    zh = "超过这笔奖励可退的数量，最多还可退 {left}。"
    en = "That is more than is left of this award; at most {left} can be undone."


class BadBoost(Refusal):
    code = "bad_boost"
    status = 422
    zh = "加成须大于 1 倍且不超过 5 倍，时间先后正确，且同一活动只登记一次。"
    en = "A boost is above 1 and at most 5 times, starts before it ends, and is registered once for each campaign."


class PhotoShowsNothing(Refusal):
    """Data: `least_pixels`."""

    code = "photo_shows_nothing"
    status = 422
    zh = "照片过小或几乎没有内容（至少 {least_pixels} 像素见方），请在光线充足处重拍。"
    en = "The photo is too small or shows hardly anything (at least {least_pixels} pixels a side): take it again."


class TooManyPhotos(Refusal):
    """Data: `limit`."""

    code = "too_many_photos"
    status = 409
    zh = "今天已上传 {limit} 张照片，请明天再来。"
    en = "You have sent {limit} photos today; come back tomorrow."


class PhotoGone(Refusal):
    code = "photo_gone"
    status = 409
    zh = "这张照片已过保存期并删除，请重新拍摄。"
    en = "This photo was deleted when its time was over; take a new one."


class NotUnderReview(Refusal):
    code = "not_under_review"
    status = 409
    zh = "只有待审核或申诉处理中的记录可以补充照片。"
    en = "A photo can be added while a record waits for its review or an appeal is open."


class AwardHasPhoto(Refusal):
    code = "award_has_photo"
    status = 409
    zh = "这条记录已有照片，不能再补充。"
    en = "This record has its photo already."


class ReasonDoesNotFit(Refusal):
    """Data: `reason_code`, and `fitting`, those that do."""

    code = "reason_does_not_fit"
    status = 422
    zh = "原因“{reason_code}”不适用于这个决定，可用：{fitting}。"
    en = "The reason “{reason_code}” does not fit this decision; these do: {fitting}."


class NotRejected(Refusal):
    code = "not_rejected"
    status = 409
    zh = "只有未通过审核的记录可以申诉。"
    en = "Only an award that was rejected can be appealed against."


class AppealTooLate(Refusal):
    """Data: `until`."""

    code = "appeal_too_late"
    status = 409
    zh = "申诉期限已于 {until} 截止。"
    en = "The time for an appeal ended at {until}."


class AlreadyAppealed(Refusal):
    code = "already_appealed"
    status = 409
    zh = "已经提出过申诉，请等待或查看处理结果。"
    en = "This has been appealed against already; see what came of it."


class NotJoined(Refusal):
    code = "not_joined"
    status = 409
    zh = "您的账户没有与其他账户视为同一人，无需申诉。"
    en = "Your account is not counted together with another one; there is nothing to appeal against."


class AppealDecided(Refusal):
    code = "appeal_decided"
    status = 409
    zh = "这项申诉已经有结果。"
    en = "This appeal has been decided."


class AnotherDecides(Refusal):
    code = "another_decides"
    status = 409
    zh = "申诉须由原审核人和申诉人以外的运营人员处理。"
    en = "An appeal is decided by an operator other than the reviewer and the person who appeals."


class SignalDecided(Refusal):
    """Data: `state`."""

    code = "signal_decided"
    status = 409
    zh = "这条异常提示已处理（{state}）。"
    en = "This signal has been dealt with already ({state})."
