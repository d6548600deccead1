"""The award rules that the service starts with. Operators draft later versions; these are only where it begins.

Points are a budgeted subsidy, so every rule is capped. Weaker evidence earns less and waits longer.
"""

from typing import Any

from backend.earning.types import Activity


def _cap(scope: str, period: str, counts: str, limit: int) -> dict[str, Any]:
    return {"scope": scope, "period": period, "counts": counts, "limit": limit}


def _times(points: int, per_day: int, grade: str = "confirmed", **more: Any) -> dict[str, Any]:
    """So many points a time, so many times a day."""
    return {
        "rates": {"": [points, 1]},
        "grades": {grade: {}},
        "caps": [_cap("person", "day", "times", per_day)],
    } | more


def _shown(points: int, per_day: int) -> dict[str, Any]:
    """So many points a time when confirmed, half of it by a photo, which a person looks at."""
    grades: dict[str, Any] = {"confirmed": {}, "photo": {"factor_bp": 5000, "review": True}}
    return _times(points, per_day, grades=grades)


def _distance(points_per_km: int, day_points: int, grade: str = "operator_feed") -> dict[str, Any]:
    """So many points a kilometre. The caps count points, so that the order in which rides arrive does not matter."""
    return {
        "rates": {"": [points_per_km, 1000]},
        "grades": {grade: {}},
        "caps": [_cap("person", "day", "points", day_points), _cap("person", "month", "points", day_points * 20)],
    }


_PRINTED = {"grades": {"printed_code_in_place": {}, "printed_code_elsewhere": {"review": True}}}
_MATERIALS = {
    "paper": [8, 1000],
    "plastics": [12, 1000],
    "pet": [15, 1000],
    "glass": [4, 1000],
    "aluminium": [40, 1000],
    "steel_cans": [8, 1000],
    "metal": [10, 1000],
    "clothing": [6, 1000],
    "kitchen": [3, 1000],
}
_BULKY = _MATERIALS | {"ewaste": [10, 1000], "bulky": [2, 1000]}


def _weight(rates: dict[str, list[int]], grade: str, day_points: int) -> dict[str, Any]:
    return {
        "rates": rates,
        "grades": {grade: {}},
        "caps": [_cap("person", "day", "points", day_points), _cap("household", "month", "points", day_points * 10)],
    }


RULES: dict[Activity, dict[str, Any]] = {
    Activity.CHECKIN_SCREEN: {
        "rates": {"": [10, 1]},
        "grades": {"rotating_code": {}},
        "caps": [_cap("person", "day", "times", 6), _cap("person_at_station", "day", "times", 2)],
        "min_interval_seconds": 600,
    },
    Activity.CHECKIN_PRINTED: {
        "rates": {"": [4, 1]},
        **_PRINTED,
        "caps": [_cap("person", "day", "times", 2), _cap("person_at_station", "day", "times", 1)],
        "min_interval_seconds": 1800,
    },
    Activity.WEIGHING: _weight(_MATERIALS, "attended", 300),
    Activity.BIN_DROP: _weight(_MATERIALS, "device", 200),
    Activity.PICKUP: _weight(_BULKY, "attended", 500),
    Activity.BIN_FULL: _times(3, 1, grades={"rotating_code": {}, "device": {}, "printed_code_in_place": {}}),
    Activity.BUS_RIDE: _distance(1, 20),
    Activity.METRO_RIDE: _distance(1, 20),
    Activity.BUS_TRIP: _times(2, 6, "operator_feed"),
    Activity.METRO_TRIP: _times(3, 6, "operator_feed"),
    Activity.BIKE_RIDE: _distance(3, 30),
    Activity.EBIKE_RIDE: _distance(2, 20),
    Activity.TRAIL_WALK: _distance(5, 40) | _PRINTED,
    Activity.TRAIL_RIDE: _distance(3, 30) | _PRINTED,
    Activity.STEPS: {
        "rates": {"": [1, 1000]},
        "grades": {"device": {}, "self_declared": {"factor_bp": 5000, "pending_hours": 24}},
        "caps": [_cap("person", "day", "points", 15), _cap("person", "day", "units", 20000)],
    },
    Activity.SELF_TRIP: {
        "rates": {"": [2, 1000]},
        "grades": {"self_declared": {"factor_bp": 5000, "pending_hours": 24}},
        "caps": [_cap("person", "day", "times", 1), _cap("person", "week", "points", 15)],
    },
    Activity.GREEN_PURCHASE: {
        "rates": {"": [1, 1000]},
        "grades": {"confirmed": {}},
        "caps": [_cap("person", "day", "points", 50), _cap("person", "month", "points", 500)],
    },
    Activity.TRADE_IN: _times(50, 2),
    Activity.CLEAN_PLATE: _shown(3, 2),
    Activity.OWN_CUP: _shown(3, 3),
    Activity.OWN_BAG: _shown(2, 3),
    Activity.SMALL_PORTION: _shown(2, 2),
    Activity.PACKAGING_RETURN: _shown(3, 5),
    Activity.SECOND_HAND: _shown(10, 2),
    Activity.GREEN_HOTEL: _times(10, 1),
    Activity.WASTE_FREE_SPOT: _shown(5, 2),
    Activity.GREEN_CLASS: _times(20, 2),
    Activity.CHALLENGE: _times(30, 1),
    Activity.VOLUNTEERING: _times(30, 1),
}
