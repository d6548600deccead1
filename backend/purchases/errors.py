"""Why a green purchase, an act or an attendance was refused."""

from backend.core.errors import Refusal


class PeriodInvalid(Refusal):
    code = "period_invalid"
    status = 422
    zh = "开始时间须早于结束时间。"
    en = "The start must lie before the end."


class RegistrationExists(Refusal):
    """Data: `what`, the thing that is registered already."""

    code = "registration_exists"
    status = 409
    zh = "“{what}”已经登记且尚未终止；如需更改，请先终止原登记。"
    en = "“{what}” is registered already; end that registration first."


class RegistrationEnded(Refusal):
    code = "registration_ended"
    status = 409
    zh = "这项登记已经终止。"
    en = "This registration has been ended already."


class TillKeyLimit(Refusal):
    code = "till_key_limit"
    status = 409
    zh = "该门店已有两把有效密钥，请先停用一把。"
    en = "The store has two valid keys; revoke one first."


class StoreNotCertified(Refusal):
    """Data: `certifications`, the kinds of which one in force makes a store's green goods earn."""

    code = "store_not_certified"
    status = 409
    zh = "本门店目前没有有效的绿色商场、绿色饭店或绿色市场认证，消费不计积分。"
    en = "This store holds no certification in force (green mall, hotel or market), so its purchases earn nothing."


class StoreStopped(Refusal):
    """Data: `merchant`."""

    code = "store_stopped"
    status = 409
    zh = "商户“{merchant}”已被暂停，恢复后才能计积分。"
    en = "The merchant {merchant} is suspended; purchases earn again once that is lifted."


class CategoryNotGreen(Refusal):
    """Data: `category`, and `green`, the categories that earn now."""

    code = "category_not_green"
    status = 422
    zh = "品类“{category}”目前不在绿色目录内，可计分的有：{green}。"
    en = "The category “{category}” is not on the green list now; these are: {green}."


class ProductNotGreen(Refusal):
    """The category earns for registered products only. Data: `category`, `product`."""

    code = "product_not_green"
    status = 422
    zh = "该品类只有登记过的绿色产品计积分，请填写目录内的产品编号（当前：“{product}”）。"
    en = "In this category only registered products earn: give the code of one on the list (got “{product}”)."


class ActNotRegistered(Refusal):
    """Data: `activity`, and `registered`, what this store may confirm."""

    code = "act_not_registered"
    status = 409
    zh = "本门店未登记确认这项行为（{activity}），已登记的有：{registered}。请联系运营人员登记。"
    en = "This store is not registered to confirm this act ({activity}), but: {registered}. Ask the operator."


class OwnTill(Refusal):
    code = "own_till"
    status = 409
    zh = "不能在自己工作的门店为自己（含同一人的其他账号）计积分，请到其他门店消费。"
    en = "Nobody earns at the store where they work, with any of their accounts; shop at another one."


class OrderNoUsed(Refusal):
    """Data: `order_no`."""

    code = "order_no_used"
    status = 409
    zh = "订单号 {order_no} 在本门店已经开过积分小票，一单只计一次。"
    en = "Order {order_no} of this store has a green receipt already; one order earns once."


class ReceiptExpired(Refusal):
    """Data: `expired_at`."""

    code = "receipt_expired"
    status = 409
    zh = "小票积分码已于 {expired_at} 过期。"
    en = "This receipt's code expired at {expired_at}."


class ReceiptClaimed(Refusal):
    code = "receipt_claimed"
    status = 409
    zh = "这张小票的积分已被领取，一张小票只能领一次。"
    en = "This receipt has been claimed; each is good once."


class ReceiptRefunded(Refusal):
    code = "receipt_refunded"
    status = 409
    zh = "这一单已全额退款，没有可领的积分。"
    en = "This order was refunded in full; there is nothing to claim."


class PurchaseRefundTooLarge(Refusal):
    """Data: `left_fen`."""

    code = "purchase_refund_too_large"
    status = 409
    zh = "退款超过这一单的余额，最多还可退 {left_fen} 分（人民币）。"
    en = "More than is left of this order; at most {left_fen} fen can be refunded."


class PurchaseRefundReferenceUsed(Refusal):
    code = "purchase_refund_reference_used"
    status = 409
    zh = "这个退款单号已经用于另一笔金额的退款。"
    en = "This refund reference was used for another amount."


class OccasionNotOpen(Refusal):
    """Data: `starts_at`, `ends_at`."""

    code = "occasion_not_open"
    status = 409
    zh = "活动签到时间为 {starts_at} 至 {ends_at}，现在不能签到。"
    en = "Attendance is taken from {starts_at} until {ends_at}."


class OccasionFull(Refusal):
    """Data: `capacity`."""

    code = "occasion_full"
    status = 409
    zh = "活动名额（{capacity} 人）已满。"
    en = "All {capacity} places are taken."


class AlreadyAttended(Refusal):
    code = "already_attended"
    status = 409
    zh = "您已参加过这场活动，每人每场只计一次。"
    en = "You have attended this already; it counts once for each person."


class OwnOccasion(Refusal):
    code = "own_occasion"
    status = 409
    zh = "活动的组织者不能在自己的活动中计积分。"
    en = "The organiser does not earn at their own occasion."
