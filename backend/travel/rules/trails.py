"""What the time between two scans on a route says, and whether a declared trip can be true."""

from backend.travel.errors import RouteImpossible, TripImplausible
from backend.travel.types import TRAIL_MODES, Finding, Mode, NewRoute, Stretch

# Metres a second that nobody keeps up over a stretch: a world-class runner, a racing cyclist. Beyond them it was a car.
IMPOSSIBLE_M_PER_SECOND = {Mode.WALK: 6, Mode.BIKE: 14}
LEAST_STRETCH_M = 200
# km/h from door to door, by mode
DECLARED_KMH = {
    Mode.WALK: (1, 9),
    Mode.BIKE: (4, 35),
    Mode.EBIKE: (5, 45),
    Mode.BUS: (4, 80),
    Mode.METRO: (8, 100),
}


def stretch(route: Stretch, from_m: int, to_m: int) -> Stretch:
    """The part of `route` between two points along it, with the share of its times; in either direction."""
    distance = abs(to_m - from_m)
    least = -(-route.min_seconds * distance // route.distance_m)
    return Stretch(route.mode, distance, least, route.max_seconds * distance // route.distance_m)


def find(part: Stretch, elapsed_seconds: int) -> Finding:
    """What reaching the other end after `elapsed_seconds` means. The plausible span is half-open."""
    if elapsed_seconds >= part.max_seconds or part.distance_m < LEAST_STRETCH_M:
        return Finding.NEW_START
    if part.distance_m > elapsed_seconds * IMPOSSIBLE_M_PER_SECOND[part.mode]:
        return Finding.IMPOSSIBLE
    return Finding.HASTY if elapsed_seconds < part.min_seconds else Finding.PLAUSIBLE


def require_plausible(mode: Mode, distance_m: int, duration_seconds: int) -> None:
    """Raises TripImplausible when a declared trip was slower or faster than its mode."""
    least, most = DECLARED_KMH[mode]
    metre_hours = distance_m * 3600
    if not least * 1000 * duration_seconds <= metre_hours <= most * 1000 * duration_seconds:
        raise TripImplausible(least_kmh=least, most_kmh=most)


def require_possible(route: NewRoute) -> None:
    """Raises RouteImpossible, naming what contradicts itself."""
    places = [head.at_m for head in route.heads]
    for holds, reason in (
        (route.mode in TRAIL_MODES, "mode is walk or bike"),
        (len(places) >= 2, "at least two heads"),
        (len(set(places)) == len(places), "two heads at one point"),
        (all(0 <= place <= route.length_m for place in places), "a head beyond the end"),
        (route.min_seconds < route.max_seconds, "min_seconds < max_seconds"),
        (
            route.mode in TRAIL_MODES and route.length_m <= route.min_seconds * IMPOSSIBLE_M_PER_SECOND[route.mode],
            "min_seconds is faster than the mode can be",
        ),
    ):
        if not holds:
            raise RouteImpossible(reason=reason)
