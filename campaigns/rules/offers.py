"""When an offer is open and how long a voucher lives. Intervals are half-open.

Times that a refusal shows are shown in the zone in which the caller gives them.
"""

from datetime import date, datetime, time, timedelta

from campaigns.errors import LastDayTooEarly, OfferEnded, OfferNotYetOpen, OfferOutsideCampaign

MAX_VALID_DAYS = 366


def require_open(*, starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Passes within [starts_at, ends_at); raises OfferNotYetOpen or OfferEnded."""
    if now < starts_at:
        raise OfferNotYetOpen(opens_at=starts_at)
    if now >= ends_at:
        raise OfferEnded(ended_at=ends_at)


def require_within(*, starts_at: datetime, ends_at: datetime, campaign: tuple[datetime, datetime]) -> None:
    """An offer lies within its campaign; raises OfferOutsideCampaign."""
    if not campaign[0] <= starts_at < ends_at <= campaign[1]:
        raise OfferOutsideCampaign(starts_at=campaign[0], ends_at=campaign[1])


def require_last_day(*, last_day: date | None, ends_at: datetime) -> None:
    """Whoever claims last can still use the voucher; raises LastDayTooEarly. `ends_at` in the district's time."""
    if last_day is not None and _end_of(last_day, ends_at) <= ends_at:
        raise LastDayTooEarly(ends_at=ends_at)


def expiry_of(*, claimed_at: datetime, valid_days: int, last_day: date | None = None) -> datetime:
    """The first instant at which a voucher is worth nothing: days of 24 hours from the claim, or the last day's end.

    `claimed_at` in the district's time where there is a last day.
    """
    by_days = claimed_at + timedelta(days=valid_days)
    return by_days if last_day is None else min(by_days, _end_of(last_day, claimed_at))


def _end_of(day: date, like: datetime) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=like.tzinfo)
