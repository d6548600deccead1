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
