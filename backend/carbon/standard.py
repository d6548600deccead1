"""The counting methods that the service starts with: published figures, each with its source.

Where two published values exist the lower one is taken (conservatism, T/ACEF 031-2022). Kitchen waste is absent on
purpose: a life-cycle study of Qingdao found no significant cut, so it earns points and claims no carbon.
"""

from backend.carbon.types import Factor, NewMethod

_SHENZHEN = "深圳市低碳公共出行碳普惠方法学（试行），2021-12"
_MEITUAN = "美团共享骑行减排测算（生态环境部数据）"
_DEFRA = "UK DEFRA greenhouse gas conversion factors 2025: primary minus closed-loop material use"
_FOREIGN = ("英国供应链数据，重庆实际值可能不同", "Figures of UK supply chains; Chongqing's may differ")
_KM = 1_000

METHODS = (
    NewMethod("bus", "公交出行（按里程）", "Bus, by distance", "metre", {"": Factor(26_900, _KM)}, _SHENZHEN, 30),
    NewMethod("metro", "轨道出行（按里程）", "Metro, by distance", "metre", {"": Factor(46_700, _KM)}, _SHENZHEN, 30),
    NewMethod(
        "bus_trip", "公交出行（按次）", "Bus, distance unknown", "time", {"": Factor(120_000)},
        "重庆“碳惠通”公交出行（每次 1.1 积分）", 50,
    ),
    NewMethod(
        "metro_trip", "轨道出行（按次）", "Metro, distance unknown", "time", {"": Factor(515_500)},
        "广州轨道交通碳减排研究，2015", 50, note_zh="广州数据", note_en="Figures of Guangzhou",
    ),
    NewMethod("bike", "骑行", "Bicycle", "metre", {"": Factor(48_700, _KM)}, _MEITUAN, 40),
    NewMethod("ebike", "电单车骑行", "E-bike", "metre", {"": Factor(61_800, _KM)}, _MEITUAN, 40),
    NewMethod(
        "steps", "步行", "Walking", "step", {"": Factor(20)}, "武汉“碳碳星球”；蚂蚁森林（每日上限 296 克）", 50,
        per_day_mg=296_000,
    ),
    NewMethod(
        "recycling", "再生资源回收", "Material recycling", "gram",
        {
            "paper": Factor(220), "plastics": Factor(1_600), "pet": Factor(1_650), "glass": Factor(580),
            "aluminium": Factor(8_120), "steel_cans": Factor(1_040), "metal": Factor(1_770),
        },
        _DEFRA, 40, note_zh=_FOREIGN[0], note_en=_FOREIGN[1],
    ),
    NewMethod(
        "reuse", "衣物再使用", "Clothing re-used", "gram", {"clothing": Factor(22_160)}, _DEFRA, 50,
        note_zh=f"仅限再使用，不用于再生纤维；{_FOREIGN[0]}", note_en=f"Re-use only, not recycled fibre. {_FOREIGN[1]}",
    ),
)  # fmt: skip
