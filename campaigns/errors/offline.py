"""Why a device may not carry an allowance, a voucher has no offline code, or an upload was not taken."""

from backend.core.errors import Refusal


class OfflineKeyMissing(Refusal):
    code = "offline_key_missing"
    status = 409
    zh = "这台设备登记时没有生成签名密钥，不能离线核销。请店长在本机重新登记。"
    en = "This device was enrolled without a signing key and cannot redeem offline; have it enrolled again."


class OfflineAllowanceOpen(Refusal):
    """Data: `allowance` (its id) and `next_seq`, the line that is awaited."""

    code = "offline_allowance_open"
    status = 409
    zh = "这台设备还有一个未结清的离线额度。请先上传第 {next_seq} 笔起的记录并结清，再领取新额度。"
    en = "This device has an open allowance: upload its lines from number {next_seq} on and close it first."


class OfflineCampaignUnfit(Refusal):
    code = "offline_campaign_unfit"
    status = 409
    zh = "该活动未在进行，或本店没有可离线核销的优惠。请选择其他活动。"
    en = "The campaign is not running, or has no offer that this store can take offline. Choose another one."


class OfflineReserveShort(Refusal):
    """Data: `missing_fen`."""

    code = "offline_reserve_short"
    status = 409
    zh = "活动的剩余预算不足以担保这个离线额度，还差 {missing_fen} 分。请减少额度，或联系运营人员追加预算。"
    en = "The campaign's free budget is {missing_fen} fen short of this allowance: ask for less, or for more budget."


class OfflineAllowanceClosed(Refusal):
    code = "offline_allowance_closed"
    status = 409
    zh = "这个离线额度已经结清，不再接收记录。如有未上传的核销，请联系运营人员补差。"
    en = "This allowance is closed and takes no more lines. For lines that came too late, ask finance to adjust."


class OfflineLinesMissing(Refusal):
    """Data: `expected`, the number of the line that is awaited."""

    code = "offline_lines_missing"
    status = 409
    zh = "离线记录必须按顺序上传，缺少第 {expected} 笔。请从第 {expected} 笔开始上传。"
    en = "Lines are taken in order: number {expected} is missing. Upload from number {expected} on."


class OfflineLineDiffers(Refusal):
    """Data: `seq`."""

    code = "offline_line_differs"
    status = 409
    zh = "第 {seq} 笔离线记录与已收到的记录不一致，未被接收。请联系运营人员核对这台设备。"
    en = "Line {seq} is not the one that came before, or does not follow its predecessor. Have the device looked at."


class OfflineLineForged(Refusal):
    code = "offline_line_forged"
    status = 422
    zh = "离线记录的设备签名不正确，未被接收。请在领取额度的那台设备上上传。"
    en = "The device's signature of this line does not fit. Upload it from the device that holds the allowance."


class OfflineDeviceRevoked(Refusal):
    code = "offline_device_revoked"
    status = 403
    zh = "这台设备已被停用，其离线记录不再接收。请联系店长或运营人员。"
    en = "This device has been revoked and its lines are not taken any more. Ask the store's manager or finance."


class OfflineNotPossible(Refusal):
    code = "offline_not_possible"
    status = 409
    zh = "这种消费券不能离线使用，请在有网络时出示普通券码。"
    en = "Vouchers of this kind cannot be used offline: show the ordinary code where there is a network."


class OfflineCodesWithheld(Refusal):
    code = "offline_codes_withheld"
    status = 409
    zh = "您的账号有重复使用离线券码的记录，暂不能使用离线券码。请在有网络时出示普通券码。"
    en = "Offline codes of this account were used twice, so no more are given. Show the ordinary code instead."
