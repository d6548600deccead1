"""What can earn, and how strong its evidence is."""

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What an activity is measured in; amounts are whole numbers of it."""

    TIME = "time"
    GRAM = "gram"
    METRE = "metre"
    STEP = "step"
    FEN = "fen"


class Activity(StrEnum):
    """What can earn. What each is worth is data: the award rules."""

    CHECKIN_SCREEN = "checkin_screen"  # the rotating code on a station's screen
    CHECKIN_PRINTED = "checkin_printed"  # the printed code, with the phone's position
    WEIGHING = "weighing"
    BIN_DROP = "bin_drop"
    BIN_FULL = "bin_full"  # a drop that failed because the bin was full: thanks for coming
    PICKUP = "pickup"
    BUS_RIDE = "bus_ride"
    METRO_RIDE = "metro_ride"
    BUS_TRIP = "bus_trip"  # a ride of unknown distance
    METRO_TRIP = "metro_trip"
    BIKE_RIDE = "bike_ride"
    EBIKE_RIDE = "ebike_ride"
    TRAIL_WALK = "trail_walk"
    TRAIL_RIDE = "trail_ride"
    STEPS = "steps"
    SELF_TRIP = "self_trip"
    GREEN_PURCHASE = "green_purchase"
    TRADE_IN = "trade_in"
    CLEAN_PLATE = "clean_plate"
    OWN_CUP = "own_cup"
    OWN_BAG = "own_bag"
    SMALL_PORTION = "small_portion"
    PACKAGING_RETURN = "packaging_return"
    SECOND_HAND = "second_hand"
    GREEN_HOTEL = "green_hotel"
    WASTE_FREE_SPOT = "waste_free_spot"
    GREEN_CLASS = "green_class"
    CHALLENGE = "challenge"
    VOLUNTEERING = "volunteering"


@dataclass(frozen=True)
class ActivityInfo:
    """An activity's names, its unit, and the carbon method that counts it ("" where none is claimed)."""

    zh: str
    en: str
    unit: Unit = Unit.TIME
    carbon: str = ""


ACTIVITIES: dict[Activity, ActivityInfo] = {
    Activity.CHECKIN_SCREEN: ActivityInfo("签到（动态码）", "Check-in (screen code)"),
    Activity.CHECKIN_PRINTED: ActivityInfo("签到（张贴码）", "Check-in (printed code)"),
    Activity.WEIGHING: ActivityInfo("回收称重", "Weighed recycling", Unit.GRAM, "recycling"),
    Activity.BIN_DROP: ActivityInfo("智能箱投放", "Smart-bin drop", Unit.GRAM, "recycling"),
    Activity.BIN_FULL: ActivityInfo("满箱反馈", "Bin was full"),
    Activity.PICKUP: ActivityInfo("上门回收", "Door-to-door pick-up", Unit.GRAM, "recycling"),
    Activity.BUS_RIDE: ActivityInfo("公交出行", "Bus ride", Unit.METRE, "bus"),
    Activity.METRO_RIDE: ActivityInfo("轨道出行", "Metro ride", Unit.METRE, "metro"),
    Activity.BUS_TRIP: ActivityInfo("公交出行（次）", "Bus trip", Unit.TIME, "bus_trip"),
    Activity.METRO_TRIP: ActivityInfo("轨道出行（次）", "Metro trip", Unit.TIME, "metro_trip"),
    Activity.BIKE_RIDE: ActivityInfo("共享单车", "Shared bike", Unit.METRE, "bike"),
    Activity.EBIKE_RIDE: ActivityInfo("共享电单车", "Shared e-bike", Unit.METRE, "ebike"),
    Activity.TRAIL_WALK: ActivityInfo("山城步道步行", "Trail walk", Unit.METRE),
    Activity.TRAIL_RIDE: ActivityInfo("骑行道骑行", "Trail ride", Unit.METRE, "bike"),
    Activity.STEPS: ActivityInfo("步行", "Steps", Unit.STEP, "steps"),
    Activity.SELF_TRIP: ActivityInfo("自报低碳出行", "Self-declared trip", Unit.METRE),
    Activity.GREEN_PURCHASE: ActivityInfo("绿色消费", "Green purchase", Unit.FEN),
    Activity.TRADE_IN: ActivityInfo("以旧换新", "Trade-in"),
    Activity.CLEAN_PLATE: ActivityInfo("光盘行动", "Clean plate"),
    Activity.OWN_CUP: ActivityInfo("自带杯", "Own cup"),
    Activity.OWN_BAG: ActivityInfo("自带购物袋", "Own bag"),
    Activity.SMALL_PORTION: ActivityInfo("小份餐", "Small portion"),
    Activity.PACKAGING_RETURN: ActivityInfo("包装返还", "Packaging returned"),
    Activity.SECOND_HAND: ActivityInfo("二手循环", "Second-hand"),
    Activity.GREEN_HOTEL: ActivityInfo("绿色饭店", "Green hotel"),
    Activity.WASTE_FREE_SPOT: ActivityInfo("无废景区", "Waste-free spot"),
    Activity.GREEN_CLASS: ActivityInfo("绿色生活讲堂", "Green-living class"),
    Activity.CHALLENGE: ActivityInfo("绿色挑战", "Green challenge"),
    Activity.VOLUNTEERING: ActivityInfo("环保志愿服务", "Volunteering"),
}


# Acts that a photo can show; whether it earns, and how much, is for the rule in force to say.
BY_PHOTO = (
    Activity.TRADE_IN,
    Activity.CLEAN_PLATE,
    Activity.OWN_CUP,
    Activity.OWN_BAG,
    Activity.SMALL_PORTION,
    Activity.PACKAGING_RETURN,
    Activity.SECOND_HAND,
    Activity.WASTE_FREE_SPOT,
    Activity.VOLUNTEERING,
)


class Grade(StrEnum):
    """How strong the evidence is, strongest first in the field's order (docs/earning.md)."""

    OPERATOR_FEED = "operator_feed"
    ATTENDED = "attended"
    DEVICE = "device"
    ROTATING_CODE = "rotating_code"
    CONFIRMED = "confirmed"  # by a counter or an organiser's code
    PRINTED_CODE_IN_PLACE = "printed_code_in_place"
    PHOTO = "photo"
    SELF_DECLARED = "self_declared"
    PRINTED_CODE_ELSEWHERE = "printed_code_elsewhere"
