from backend.core.errors import Refusal


class PhoneInvalid(Refusal):
    code = "phone_invalid"
    status = 422
    zh = "请输入 11 位中国大陆手机号码。"
    en = "Enter an 11-digit mobile number of mainland China."


class OtpTooSoon(Refusal):
    code = "otp_too_soon"
    status = 429
    zh = "验证码已发送，请在 {retry_after_seconds} 秒后再获取。"
    en = "A code was just sent; ask again in {retry_after_seconds} seconds."


class OtpCeiling(Refusal):
    code = "otp_ceiling"
    status = 429
    zh = "今天获取验证码的次数已达上限，请在 {retry_after_seconds} 秒后再试。"
    en = "Today's limit of codes is reached; try again in {retry_after_seconds} seconds."


class OtpRefused(Refusal):
    """One answer for wrong, expired, spent and never sent, so that it tells nothing about a number."""

    code = "otp_invalid"
    status = 401
    leaves_marks = True  # the try stays counted
    zh = "验证码不正确或已失效；连续输错三次后需要重新获取。"
    en = "The code is wrong or no longer valid; after three wrong tries ask for a new one."


class AlreadyInHousehold(Refusal):
    code = "already_in_household"
    status = 409
    zh = "对方（或您）已加入一个家庭，或有待确认的邀请；退出后才能加入新的家庭。"
    en = "That person (or you) is in a household or has an open invitation; leave it first."


class HouseholdFull(Refusal):
    code = "household_full"
    status = 409
    zh = "一个家庭最多 {limit} 人。"
    en = "A household has at most {limit} people."


class RefreshInvalid(Refusal):
    code = "refresh_invalid"
    status = 401
    zh = "登录已过期，请重新登录。"
    en = "The session has ended; please log in again."


class RefreshReused(Refusal):
    code = "refresh_reused"
    status = 401
    leaves_marks = True  # the family stays revoked
    zh = "登录凭证被重复使用，为保护您的账户已退出登录，请重新登录。"
    en = "A used refresh token came back, so the session was closed to protect you; please log in again."


class ConsentRequired(Refusal):
    code = "consent_required"
    status = 409
    zh = "保存这项信息需要您先同意（{purpose}）；同意后随时可以撤回。"
    en = "Keeping this needs your consent first ({purpose}); you may withdraw it at any time."


class AttributeInvalid(Refusal):
    code = "attribute_invalid"
    status = 422
    zh = "填写的内容不在可接受范围内：{allowed}。"
    en = "The value of {attribute} is not one that is taken: {allowed}."


class GuardianRequired(Refusal):
    code = "guardian_required"
    status = 409
    zh = "未满 14 周岁的儿童须在监护人的家庭中使用：请由监护人邀请加入家庭；有儿童在内时，监护人与儿童不能单独退出。"
    en = (
        "A child under 14 takes part in a guardian's household only: the guardian invites, the child accepts, and "
        "neither leaves without the other's place being settled."
    )


class SelfVerification(Refusal):
    code = "self_verification"
    status = 403
    zh = "不能核验自己的信息，请由另一位工作人员核验。"
    en = "Nobody verifies their own data; ask a colleague."


class WechatNotConfigured(Refusal):
    code = "wechat_not_configured"
    status = 409
    zh = "本服务尚未开通微信登录，请用手机验证码登录。"
    en = "Login by WeChat is not set up here; log in with a code by SMS."


class WechatCodeInvalid(Refusal):
    code = "wechat_code_invalid"
    status = 422
    zh = "微信登录凭证无效、已使用或已过期，请重新发起微信登录。"
    en = "The WeChat login code is wrong, used or expired; start the WeChat login again."


class WechatTooOften(Refusal):
    code = "wechat_too_often"
    status = 429
    zh = "微信登录太频繁，请在 {retry_after_seconds} 秒后再试。"
    en = "Too many WeChat logins; try again in {retry_after_seconds} seconds."


class WechatBlocked(Refusal):
    code = "wechat_blocked"
    status = 403
    zh = "微信判定该账号存在风险，不能用微信登录；请用手机验证码登录。"
    en = "WeChat considers this account a risk; log in with a code by SMS."


class WechatUnavailable(Refusal):
    code = "wechat_unavailable"
    status = 503
    zh = "暂时无法连接微信，请稍后再试，或用手机验证码登录。"
    en = "WeChat does not answer at the moment; try again later or log in with a code by SMS."


class WechatNotBound(Refusal):
    """Not a fault: the first login by WeChat goes on with a telephone and this `ticket`."""

    code = "wechat_not_bound"
    status = 409
    leaves_marks = True  # the WeChat account waits for its telephone
    zh = "这个微信还没有绑定手机号，请用手机验证码完成绑定。"
    en = "This WeChat account is not bound to a telephone yet; finish by a code by SMS."


class WechatTicketInvalid(Refusal):
    code = "wechat_ticket_invalid"
    status = 422
    zh = "绑定凭证无效或已过期，请重新发起微信登录。"
    en = "The binding ticket is wrong or expired; start the WeChat login again."


class WechatAlreadyBound(Refusal):
    code = "wechat_already_bound"
    status = 409
    zh = "这个微信或这个手机号已绑定了别的账户。"
    en = "This WeChat account or this telephone is bound to another account already."


class WechatSessionMissing(Refusal):
    code = "wechat_session_missing"
    status = 409
    zh = "请先用微信登录一次，再使用需要微信数据的功能。"
    en = "Log in by WeChat once before using what needs data of WeChat."
