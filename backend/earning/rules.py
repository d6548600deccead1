"""Pure decisions: what an act is worth, and where a place is. No rows, no clock, no settings."""

from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt

from backend.earning.errors import PositionRequired
from backend.earning.types import Activity, AwardStatus, Decision, Grade, Position, RuleTerms

EARTH_RADIUS_M = 6_371_000


def distance_m(a: Position, b: Position) -> int:
    """Great-circle metres between two positions (haversine), to the nearest metre."""
    lat1, lat2 = radians(a.lat), radians(b.lat)
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin(radians(b.lng - a.lng) / 2) ** 2
    return round(2 * EARTH_RADIUS_M * asin(sqrt(half)))


def award(terms: RuleTerms, *, station: str, place: Position, radius_m: int, position: Position | None) -> Decision:
    """What a check-in at `station` is worth under `terms`.

    The rotating code shows presence by itself. The printed one can be photographed, so it wants a position, and one
    outside the station's radius goes to review instead of through. Raises PositionRequired.
    """
    if terms.activity is Activity.CHECKIN_SCREEN:
        return _decision(terms, AwardStatus.AWARDED, Grade.ROTATING_CODE, station, "动态码", "rotating code")
    if position is None:
        raise PositionRequired
    metres = distance_m(place, position)
    if metres <= radius_m:
        grade, zh, en = Grade.PRINTED_CODE_IN_PLACE, "张贴码，位置相符", "printed code, position agrees"
        return _decision(terms, AwardStatus.AWARDED, grade, station, zh, en)
    rounded = max(100, round(metres, -2))
    zh, en = f"张贴码，距回收点约 {rounded} 米，待审核", f"printed code, about {rounded} m away, under review"
    return _decision(terms, AwardStatus.PENDING_REVIEW, Grade.PRINTED_CODE_ELSEWHERE, station, zh, en)


def points_expire_at(*, day_ends_at: datetime, valid_days: int) -> datetime:
    """The first instant at which points are gone: the end of the district's day, `valid_days` days later."""
    return day_ends_at + timedelta(days=valid_days)


def _decision(terms: RuleTerms, status: AwardStatus, grade: Grade, station: str, zh: str, en: str) -> Decision:
    return Decision(
        points=terms.points,
        status=status,
        grade=grade,
        why_zh=f"在「{station}」签到（{zh}；规则第{terms.version}版）",
        why_en=f"Check-in at “{station}” ({en}; rule version {terms.version})",
    )
