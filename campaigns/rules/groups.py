"""Whom a campaign is for. What a refusal says tells whom, and what would make it pass."""

from datetime import datetime, timedelta
from typing import Any

from campaigns import errors
from campaigns.types import AgeFrom, Applicant, Group, Households, NewResidents, Streets, Tier

MAX_GROUPS = 5
TIER_DAYS = 365


def require_groups(groups: tuple[Group, ...], who: Applicant, now: datetime) -> None:
    """Passes when every group holds; raises the NotInGroup of the first that does not. `now` in the district's time."""
    for group in groups:
        _require(group, who, now)


def group_of(data: dict[str, Any]) -> Group:
    """The group that `group_data` wrote."""
    match data:
        case {"kind": "new_residents", "days": days}:
            return NewResidents(days)
        case {"kind": "households"}:
            return Households()
        case {"kind": "streets", "streets": names, "verified": verified}:
            return Streets(tuple(names), verified)
        case {"kind": "age", "from_years": years, "verified": verified}:
            return AgeFrom(years, verified)
        case {"kind": "tier", "points": points}:
            return Tier(points)
    raise ValueError(f"no group: {data}")


def group_data(group: Group) -> dict[str, Any]:
    """The group as JSON."""
    match group:
        case NewResidents(days):
            return {"kind": "new_residents", "days": days}
        case Households():
            return {"kind": "households"}
        case Streets(names, verified):
            return {"kind": "streets", "streets": list(names), "verified": verified}
        case AgeFrom(years, verified):
            return {"kind": "age", "from_years": years, "verified": verified}
        case Tier(points):
            return {"kind": "tier", "points": points}


def _require(group: Group, who: Applicant, now: datetime) -> None:
    match group:
        case NewResidents(days):
            if who.registered_at <= now - timedelta(days=days):
                raise errors.NotNewResident(group="new_residents", days=days)
        case Households():
            if not who.in_household:
                raise errors.NotInHousehold(group="households")
        case Streets():
            _require_street(group, who)
        case AgeFrom():
            _require_age(group, who, now)
        case Tier(points):
            if who.points_earned < points:
                raise errors.BelowTier(group="tier", points=points, missing=points - who.points_earned)


def _require_street(group: Streets, who: Applicant) -> None:
    data = group_data(group)
    told = {"group": data["kind"], "streets": data["streets"], "verified": group.verified}
    if who.street is None:
        raise errors.StreetUnknown(**told)
    if who.street not in group.names:
        raise errors.OtherStreet(**told)
    if group.verified and not who.street_verified:
        raise errors.StreetNotVerified(**told)


def _require_age(group: AgeFrom, who: Applicant, now: datetime) -> None:
    """Only the year of birth is known, so whoever reaches the age within this year passes."""
    told = {"group": "age", "from_years": group.years, "verified": group.verified}
    if who.birth_year is None:
        raise errors.AgeUnknown(**told)
    if now.year - who.birth_year < group.years:
        raise errors.TooYoung(**told)
    if group.verified and not who.birth_year_verified:
        raise errors.AgeNotVerified(**told)
