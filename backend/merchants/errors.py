"""Why a merchant, a store or a counter was refused."""

from backend.core.errors import Refusal


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
    """Data: `merchant` (its name)."""

    code = "merchant_suspended"
    status = 409
    zh = "商户“{merchant}”已被暂停核销，消费券未被使用。恢复后可继续，请联系活动主办方。"
    en = "The merchant {merchant} is suspended, and the voucher was not used. The organiser can lift the suspension."


class StoreRequired(Refusal):
    """The person works at several stores. Data: `stores`, each with `id` and `name`."""

    code = "store_required"
    status = 422
    zh = "您在多个门店收银，请在 store 中指明本次所在的门店。"
    en = "You work at several stores: name the present one in `store`."
