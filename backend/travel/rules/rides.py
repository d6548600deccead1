"""Events of a feed: read strictly, judged against the partner's agreement."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from backend.accounts.rules import PAYER_FORM
from backend.earning.types import Activity
from backend.travel.errors import (
    EventDistanceImplausible,
    EventInFuture,
    EventInvalid,
    EventModeNotAgreed,
    EventTooOld,
)
from backend.travel.types import FEED_MODES, Agreement, FeedEvent, Mode

MOST_EVENTS = 500  # of one request, and of one transaction when a file is read
CLOCK_SLACK = timedelta(minutes=5)
MOST_M = {Mode.BUS: 100_000, Mode.METRO: 150_000, Mode.BIKE: 50_000, Mode.EBIKE: 80_000}
_NAMES = {"reference", "mode", "rider", "at", "distance_m", "exclusive_elsewhere", "payer"}
_REFERENCE = re.compile(r"[\x21-\x7e]{1,64}")
_ACCOUNT = re.compile(r"[0-9A-Z]{4,40}")
_ACTIVITY = {
    (Mode.BUS, True): Activity.BUS_RIDE,
    (Mode.BUS, False): Activity.BUS_TRIP,
    (Mode.METRO, True): Activity.METRO_RIDE,
    (Mode.METRO, False): Activity.METRO_TRIP,
    (Mode.BIKE, True): Activity.BIKE_RIDE,
    (Mode.EBIKE, True): Activity.EBIKE_RIDE,
}


def read(data: object) -> FeedEvent:
    """The event that `data` (parsed JSON) is. Raises EventInvalid, naming the field."""
    if not isinstance(data, Mapping):
        raise EventInvalid(field="event")
    for name in data:
        if name not in _NAMES:
            raise EventInvalid(field=str(name)[:40])
    return FeedEvent(
        reference=_text(data, "reference", _REFERENCE),
        mode=_mode(data.get("mode")),
        rider=account(data.get("rider")),
        at=_instant(data.get("at")),
        distance_m=_distance(data.get("distance_m")),
        elsewhere=_flag(data.get("exclusive_elsewhere", False)),
        payer=_text(data, "payer", PAYER_FORM) if "payer" in data else "",
    )


def judge(ride: FeedEvent, agreement: Agreement, now: datetime) -> None:
    """Raises EventModeNotAgreed, EventDistanceImplausible, EventInFuture or EventTooOld; the age is half-open."""
    if ride.mode not in agreement.modes:
        raise EventModeNotAgreed(agreed=sorted(agreement.modes))
    known = ride.distance_m is not None
    if (ride.mode, known) not in _ACTIVITY or (known and not 0 < (ride.distance_m or 0) <= MOST_M[ride.mode]):
        raise EventDistanceImplausible(most_m=MOST_M[ride.mode])
    if ride.at > now + CLOCK_SLACK:
        raise EventInFuture
    if now - ride.at >= timedelta(seconds=agreement.max_age_seconds):
        raise EventTooOld(max_age_hours=agreement.max_age_seconds // 3600)


def activity_of(ride: FeedEvent) -> Activity:
    return _ACTIVITY[ride.mode, ride.distance_m is not None]


def hour_of(instant: datetime) -> datetime:
    """The hour that holds `instant`: all of a ride's time that is kept."""
    return instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def account(text: object) -> str:
    """A card or account number in one spelling: capitals, no blanks or hyphens. Raises EventInvalid."""
    plain = re.sub(r"[\s-]", "", text).upper() if isinstance(text, str) and len(text) <= 60 else ""
    if not _ACCOUNT.fullmatch(plain):
        raise EventInvalid(field="rider")
    return plain


def masked(number: str) -> str:
    """The last four characters, to tell one's own cards apart."""
    return f"…{number[-4:]}"


def content(ride: FeedEvent) -> str:
    """What makes two events the same, in one spelling; the instant counts, not the zone it is written in."""
    said = [ride.mode, ride.rider, ride.at.timestamp(), ride.distance_m, ride.elsewhere]
    if ride.payer:  # an event without one is the same text as before there were any
        said.append(ride.payer)
    return json.dumps(said, separators=(",", ":"))


def _text(data: Mapping[str, Any], name: str, shape: re.Pattern[str]) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise EventInvalid(field=name)
    return value


def _mode(value: object) -> Mode:
    if value not in FEED_MODES:
        raise EventInvalid(field="mode")
    return Mode(str(value))


def _instant(value: object) -> datetime:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else None
        if found is not None and found.utcoffset() is not None:
            found.timestamp()
            return found
    except (ValueError, OverflowError):
        pass
    raise EventInvalid(field="at")


def _distance(value: object) -> int | None:
    if value is None:
        return None
    if type(value) is not int:
        raise EventInvalid(field="distance_m")
    return value


def _flag(value: object) -> bool:
    if type(value) is not bool:
        raise EventInvalid(field="exclusive_elsewhere")
    return value
