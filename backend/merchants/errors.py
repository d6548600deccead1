"""Why a merchant, a store or a counter was refused."""

from backend.core.errors import Language, Refusal


class UsccInvalid(Refusal):
    code = "uscc_invalid"
    status = 422
    zh = "统一社会信用代码有误：应为 18 位数字或大写字母（不含 I、O、S、V、Z），且末位校验码相符。请对照营业执照核对。"
    en = (
        "The unified social credit code is wrong: 18 digits or capitals without I, O, S, V, Z, the last one a check "
        "character. Compare it with the business licence."
    )


class MerchantExists(Refusal):
    code = "merchant_exists"
    status = 409
    zh = "统一社会信用代码 {uscc} 已经登记过商户。"
    en = "A merchant with the unified social credit code {uscc} is registered already."


class MerchantSuspended(Refusal):
    """Data: `merchant` (its name) and `reason`, in the operator's words."""

    code = "merchant_suspended"
    status = 409
    zh = "商户“{merchant}”已被暂停核销{why}，消费券未被使用。恢复后可继续，请联系活动主办方。"
    en = "{merchant} is suspended{why}, and the voucher was not used. The organiser can lift the suspension."

    def detail(self, language: Language = "zh-Hans") -> str:
        """The sentence, with the reason where one was given."""
        english, reason = language == "en", self.data.get("reason", "")
        why = (f" ({reason})" if english else f"（{reason}）") if reason else ""
        return (self.en if english else self.zh).format(merchant=self.data["merchant"], why=why)


class StoreRequired(Refusal):
    """The person works at several stores. Data: `stores`, each with `id` and `name`."""

    code = "store_required"
    status = 422
    zh = "您在多个门店收银，请在 store 中指明本次所在的门店。"
    en = "You work at several stores: name the present one in `store`."


class HoursInvalid(Refusal):
    """Data: `weekday`, 1 Monday to 7 Sunday."""

    code = "hours_invalid"
    status = 422
    zh = "星期第 {weekday} 天的营业时间有误：开门须早于关门，同一天的时段不能重叠。"
    en = "The opening hours of weekday {weekday} are wrong: open before you close, and let no two parts overlap."


class StoreExists(Refusal):
    """Data: `name`."""

    code = "store_exists"
    status = 409
    zh = "该商户已有名为“{name}”的门店，请换一个名称。"
    en = "The merchant has a store named {name} already; choose another name."


class TooManyStores(Refusal):
    """Data: `limit`."""

    code = "too_many_stores"
    status = 409
    zh = "一个商户最多登记 {limit} 个门店，如需更多请联系活动主办方。"
    en = "A merchant may register {limit} stores; ask the organiser for more."


class ApplicationPending(Refusal):
    code = "application_pending"
    status = 409
    zh = "您或该统一社会信用代码已有一份入驻申请在审核，请等待结果。"
    en = "An application of yours, or for this credit code, is under review; wait for the decision."


class ApplicationDecided(Refusal):
    """Data: `status`."""

    code = "application_decided"
    status = 409
    zh = "这份申请已经审核过（{status}），不能再次审核。"
    en = "The application has been decided on ({status})."


class EnrolmentRefused(Refusal):
    """One answer for a wrong, used and expired code, so that guessing teaches nothing."""

    code = "enrolment_refused"
    status = 422
    zh = "登记码有误、已使用或已过期，请店长重新生成。"
    en = "The enrolment code is wrong, used or expired; ask the manager for a new one."


class DeviceKeyInvalid(Refusal):
    code = "device_key_invalid"
    status = 422
    zh = "设备公钥无法识别，须为 P-256 公钥（SPKI，Base64）。"
    en = "The device's public key is not a P-256 key as base64 of its SPKI form."


class DeviceRequired(Refusal):
    """The store takes vouchers on its enrolled devices only. Data: `store` (its name)."""

    code = "device_required"
    status = 403
    zh = "“{store}”只能在已登记的收银设备上核销，消费券未被使用。请店长在本机登记。"
    en = "{store} redeems on enrolled devices only, and the voucher was not used; have this device enrolled."


class DeviceUnknown(Refusal):
    code = "device_unknown"
    status = 403
    zh = "这里需要已登记的收银设备，本机未登记或已被停用。请店长在本机登记。"
    en = "An enrolled counter device is needed here; this one is not, or was revoked. Have it enrolled."


class TooManyStaff(Refusal):
    """Data: `limit`."""

    code = "too_many_staff"
    status = 409
    zh = "一个门店最多登记 {limit} 名员工，请先移除不再任职的员工。"
    en = "A store may have {limit} people; remove those who have left."
