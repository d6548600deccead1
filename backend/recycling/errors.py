"""Why something at the scale, the bin, the screen or the door was refused."""

from backend.core.errors import Refusal


class StationRequired(Refusal):
    """The attendant works at several stations. Data: `stations`, each with `id` and `name`."""

    code = "station_required"
    status = 422
    zh = "您负责多个回收点，请在 station 中指明本次所在的回收点。"
    en = "You work at several stations: name the present one in `station`."


class OwnWeighing(Refusal):
    code = "own_weighing"
    status = 403
    zh = "不能给自己称重记分，请由另一位工作人员操作。"
    en = "Nobody weighs for themselves; ask a colleague to do it."


class CorrectionTooLate(Refusal):
    """Data: `minutes`, how long a weighing may be corrected."""

    code = "correction_too_late"
    status = 409
    zh = "称重已超过 {minutes} 分钟，不能再更正，请联系运营人员。"
    en = "A weighing can be corrected for {minutes} minutes; please ask an operator."


class NothingToCorrect(Refusal):
    code = "nothing_to_correct"
    status = 422
    zh = "更正后的品类和重量与原来相同。"
    en = "The corrected material and weight are those of the line."


class AlreadyCorrected(Refusal):
    code = "already_corrected"
    status = 409
    zh = "这一行已经更正过。"
    en = "This line has been corrected already."


class DeviceExists(Refusal):
    code = "device_exists"
    status = 409
    zh = "该回收点已有同名设备。"
    en = "The station has a device of this name already."


class KeyLimit(Refusal):
    code = "device_key_limit"
    status = 409
    zh = "设备已有两个有效密钥，请先停用旧的一个。"
    en = "The device has two keys already; revoke the old one first."


class EventReused(Refusal):
    """Told for one event of a batch. Data: `seq`."""

    code = "event_reused"
    status = 422
    zh = "序号 {seq} 的事件此前以其他内容上报过。"
    en = "An event with the number {seq} and other content was sent before."


class EventOutOfTime(Refusal):
    """Told for one event of a batch. Data: `max_age_hours`."""

    code = "event_out_of_time"
    status = 422
    zh = "事件时间应在最近 {max_age_hours} 小时内，且不晚于现在。"
    en = "An event is taken for {max_age_hours} hours after it happened, and not before."


class EventSkipped(Refusal):
    """Told for one event of a batch. Data: `seq`."""

    code = "event_skipped"
    status = 409
    zh = "序号 {seq} 已由运营人员跳过，不再接收。"
    en = "An operator has skipped the number {seq}; it is not taken any more."


class SlotExists(Refusal):
    code = "slot_exists"
    status = 409
    zh = "这个片区在该日该时段已开放预约。"
    en = "The zone has this slot already."


class TooFarAhead(Refusal):
    """Told for one event of a batch. Data: `next_seq`, `ahead`."""

    code = "event_too_far_ahead"
    status = 409
    zh = "请先补报从 {next_seq} 开始缺少的事件；最多可提前 {ahead} 个序号。"
    en = "Send the missing events from {next_seq} on first; at most {ahead} numbers may stand ahead of them."


class DeviceBusy(Refusal):
    code = "device_busy"
    status = 409
    zh = "该设备的另一批事件正在处理，请稍后重发。"
    en = "Another batch of this device is being worked on; send this one again shortly."


class NothingToSkip(Refusal):
    code = "nothing_to_skip"
    status = 409
    zh = "该设备没有因缺号而等待的事件。"
    en = "No event of this device waits behind a gap."


class SlotFull(Refusal):
    code = "slot_full"
    status = 409
    zh = "这个时段已约满，请选择其他时段。"
    en = "This slot is fully booked; please choose another one."


class SlotClosed(Refusal):
    """Data: `hours`, how long before its start a slot closes."""

    code = "slot_closed"
    status = 409
    zh = "时段开始前 {hours} 小时起不能再预约、改期或取消。"
    en = "A slot takes no booking, change or cancelling within {hours} hours of its start."


class PickupClosed(Refusal):
    """Data: `status`, what the pick-up is."""

    code = "pickup_closed"
    status = 409
    zh = "这次上门回收已不能更改（{status}）。"
    en = "This pick-up cannot be changed any more ({status})."


class PickupTwice(Refusal):
    code = "pickup_twice"
    status = 409
    zh = "您在这个时段已有预约。"
    en = "You have a booking in this slot already."


class PickupLimit(Refusal):
    """Data: `limit`, `resets_at`."""

    code = "pickup_limit"
    status = 409
    zh = "本月预约次数（{limit} 次）已用完，{resets_at} 起恢复。"
    en = "This month's {limit} bookings are used up; they start anew at {resets_at}."


class TooLight(Refusal):
    """Data: `min_grams`."""

    code = "pickup_too_light"
    status = 422
    zh = "可回收物满 {min_grams} 克才上门，请攒够后再约，或送到附近回收点。"
    en = "Recyclables are fetched from {min_grams} grams on; collect some more, or bring them to a station."


class NotACollector(Refusal):
    code = "not_a_collector"
    status = 422
    zh = "这个人不是该片区的上门回收员。"
    en = "This person is not a collector of that zone."


class PinWrong(Refusal):
    """Counted: after five wrong ones only the resident's code opens the pick-up. Data: `tries_left`."""

    code = "door_pin_wrong"
    status = 422
    zh = "上门码不对，还可以试 {tries_left} 次；也可以扫居民的个人码。"
    en = "The door PIN is wrong; {tries_left} tries are left. The resident's code works too."
    leaves_marks = True


class PinOrCode(Refusal):
    code = "pin_or_code_required"
    status = 422
    zh = "请扫居民的个人码，或输入居民的上门码，二选一。"
    en = "Give the resident's code or their door PIN, one of the two."


class NotTheirPickup(Refusal):
    code = "not_their_pickup"
    status = 422
    zh = "这个个人码不是本次预约居民的。"
    en = "This code is not that of the person who booked."


class NotThisStation(Refusal):
    code = "not_this_station"
    status = 422
    zh = "这是另一个回收点的二维码，请扫您报告的这个回收点的码。"
    en = "This is the code of another station: scan that of the one you report on."


class NotAtStation(Refusal):
    code = "not_at_station"
    status = 422
    zh = "张贴码需要您在回收点旁的位置；也可以扫屏幕上的动态码，或不带码报告。"
    en = "The printed code needs your position beside the station; or scan the screen's, or report without a code."


class ReportedAlready(Refusal):
    """Data: `minutes`."""

    code = "reported_already"
    status = 409
    zh = "您刚报告过这个回收点，请 {minutes} 分钟后再报告。"
    en = "You have just reported on this station; please wait {minutes} minutes."


class ZoneExists(Refusal):
    code = "zone_exists"
    status = 409
    zh = "这个片区已经登记过。"
    en = "This zone is registered already."
