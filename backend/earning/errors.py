from backend.core.errors import Refusal


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
    zh = "两次签到需间隔 {min_interval_minutes} 分钟，请在 {retry_at} 之后再来。"
    en = "Check-ins must be {min_interval_minutes} minutes apart; try again after {retry_at}."


class CapReached(Refusal):
    code = "cap_reached"
    status = 409
    zh = "{cap_zh}（{limit} 次）已用完，{resets_at} 起恢复。"
    en = "{cap_en} ({limit}) is used up; it starts anew at {resets_at}."
