"""Where a place is, and what a check-in's position says about it."""

from datetime import datetime
from math import asin, cos, radians, sin, sqrt

from backend.earning.errors import PositionRequired
from backend.earning.types import Act, Activity, Grade, Position

EARTH_RADIUS_M = 6_371_000


def distance_m(a: Position, b: Position) -> int:
    """Great-circle metres between two positions (haversine), to the nearest metre."""
    lat1, lat2 = radians(a.lat), radians(b.lat)
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin(radians(b.lng - a.lng) / 2) ** 2
    return round(2 * EARTH_RADIUS_M * asin(sqrt(half)))


def check_in(
    activity: Activity, *, station: str, place: Position, radius_m: int, position: Position | None, at: datetime
) -> Act:
    """The act that a check-in at `station` is.

    The rotating code shows presence by itself. The printed one can be photographed, so it wants a position, and one
    outside the station's radius is a weaker grade, which the rules send to review. Raises PositionRequired.
    """
    if activity is Activity.CHECKIN_SCREEN:
        return _at(station, activity, Grade.ROTATING_CODE, at, "动态码", "rotating code")
    if position is None:
        raise PositionRequired
    metres = distance_m(place, position)
    if metres <= radius_m:
        grade, zh, en = Grade.PRINTED_CODE_IN_PLACE, "张贴码，位置相符", "printed code, position agrees"
        return _at(station, activity, grade, at, zh, en)
    rounded = max(100, round(metres, -2))
    zh, en = f"张贴码，距回收点约 {rounded} 米，待审核", f"printed code, about {rounded} m away, under review"
    return _at(station, activity, Grade.PRINTED_CODE_ELSEWHERE, at, zh, en)


def _at(station: str, activity: Activity, grade: Grade, at: datetime, zh: str, en: str) -> Act:
    return Act(
        activity, 1, grade, at, label_zh=f"在「{station}」签到（{zh}）", label_en=f"Check-in at “{station}” ({en})"
    )
