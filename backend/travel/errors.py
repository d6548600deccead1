from backend.core.errors import Refusal


class EventInvalid(Refusal):
    """Data: `field`, which name of the event is missing, unknown or malformed."""

    code = "event_invalid"
    status = 422
    zh = "事件格式有误：{field}。请对照接入文档修改后重发。"
    en = "The event is malformed: {field}. See the partner guide, mend it and send it again."


class EventInFuture(Refusal):
    code = "event_in_future"
    status = 422
    zh = "事件时间晚于当前时间，请校准时钟，事件发生后再发送。"
    en = "The event lies in the future: set the clock, and send it once it has happened."


class EventTooOld(Refusal):
    code = "event_too_old"
    status = 422
    zh = "事件已超过 {max_age_hours} 小时的补报期限，不再计入。"
    en = "The event is older than the {max_age_hours} hours within which late ones are taken."


class EventModeNotAgreed(Refusal):
    code = "event_mode_not_agreed"
    status = 422
    zh = "该接入方未开通这种出行方式；已开通：{agreed}。"
    en = "This mode is not part of the partner's agreement, which names {agreed}."


class EventDistanceImplausible(Refusal):
    code = "event_distance_implausible"
    status = 422
    zh = "里程须为 1 至 {most_m} 米；骑行必须提供里程。"
    en = "The distance is 1 to {most_m} metres; a ride by bike must have one."


class EventReferenceReused(Refusal):
    code = "event_reference_reused"
    status = 409
    zh = "这个编号已用于内容不同的事件；更正请用新的编号。"
    en = "This reference was used for an event that says something else; take a new one."


class PartnerExists(Refusal):
    code = "partner_exists"
    status = 409
    zh = "接入方代号 {partner} 已存在。"
    en = "There is a partner {partner} already."


class PartnerKeysFull(Refusal):
    code = "partner_keys_full"
    status = 409
    zh = "同时有效的密钥最多两个，请先停用一个。"
    en = "Two keys are valid already; revoke one first."


class NotThisPartner(Refusal):
    code = "not_this_partner"
    status = 403
    zh = "密钥属于另一接入方，请检查地址。"
    en = "The key belongs to another partner; check the address."


class LinkConsentRequired(Refusal):
    code = "link_consent_required"
    status = 422
    zh = "关联前请同意：运营方上传的出行记录将与您的账号匹配；可随时解除。"
    en = "Agree first that operators' ride records are matched with your account; you can unlink at any time."


class LinkedElsewhere(Refusal):
    code = "account_linked_elsewhere"
    status = 409
    zh = "该账号已被他人关联。如为您本人账号，请携卡到服务台处理。"
    en = "Somebody else has linked this account. If it is yours, bring the card to the service desk."


class LinkExists(Refusal):
    code = "link_exists"
    status = 409
    zh = "您已关联一个同类账号，请先解除再关联新的。"
    en = "You have linked an account of this kind; unlink it first."


class LinkLimitReached(Refusal):
    code = "link_limit_reached"
    status = 409
    zh = "本月关联次数（{limit} 次）已用完，请下月再试。"
    en = "You have linked {limit} times this month; try again next month."


class RouteClosed(Refusal):
    code = "route_closed"
    status = 409
    zh = "「{route}」目前不开放打卡。"
    en = "The route “{route}” is closed at the moment."


class RouteExists(Refusal):
    code = "route_exists"
    status = 409
    zh = "已有同名路线「{route}」。"
    en = "There is a route “{route}” already."


class RouteImpossible(Refusal):
    code = "route_impossible"
    status = 422
    zh = "路线数据有误：{reason}。"
    en = "The route cannot be so: {reason}."


class TripTooFast(Refusal):
    """Ends the trip: who arrives by car cannot wait at the finish and scan again."""

    code = "trip_too_fast"
    status = 409
    zh = "全程 {distance_m} 米仅用 {seconds} 秒，快于这种出行方式，本次不计。请从起点重新开始。"
    en = (
        "{distance_m} m in {seconds} s is faster than this mode can be; it does not count. Start again at a trail head."
    )
    leaves_marks = True


class TripImplausible(Refusal):
    code = "trip_implausible"
    status = 422
    zh = "里程与用时不相符：平均时速应在 {least_kmh}–{most_kmh} 公里。"
    en = "Distance and duration do not agree: the mean speed lies between {least_kmh} and {most_kmh} km/h."


class StepsDayOutOfRange(Refusal):
    code = "steps_day_out_of_range"
    status = 422
    zh = "只能提交今天或昨天的步数。"
    en = "Only the steps of today or yesterday can be declared."


class WeChatDataInvalid(Refusal):
    code = "wechat_data_invalid"
    status = 422
    zh = "微信运动数据无法解密，请重新登录微信后再同步。"
    en = "The WeChat Run data cannot be read: log in with WeChat again and sync anew."


class WeChatDataStale(Refusal):
    code = "wechat_data_stale"
    status = 422
    zh = "微信运动数据已过期，请重新同步。"
    en = "The WeChat Run data is too old; sync anew."


class TripEnded(Refusal):
    code = "trip_ended"
    status = 409
    zh = "这次行程刚刚已由另一次扫码结束。"
    en = "Another scan has just ended this trip."
