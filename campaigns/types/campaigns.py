"""A campaign's life, its money, whom it is for and when it gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class CampaignStatus(StrEnum):
    """The life of a campaign. Time moves scheduled, running and ended; people do the rest.

    draft → in_review → scheduled → running ⇄ paused → ended | stopped | sold_out. A review may send back to draft;
    more stock, by a change of money or by roll-over, takes a sold-out campaign back to running.
    """

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    SOLD_OUT = "sold_out"
    ENDED = "ended"
    STOPPED = "stopped"


APPROVED = frozenset(CampaignStatus) - {CampaignStatus.DRAFT, CampaignStatus.IN_REVIEW}


class ChangeStatus(StrEnum):
    """The life of a change of money that one person asks for and another decides on."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


class Funder(StrEnum):
    """Who pays for a campaign."""

    GOVERNMENT = "government"
    MALL = "mall"
    SHOP = "shop"
    PARTNER = "partner"


class Span(StrEnum):
    """What a limit per person counts over: the calendar of the district, or the whole campaign."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    CAMPAIGN = "campaign"


@dataclass(frozen=True)
class Hours:
    """A part of a day: minutes since midnight, [from_minute, to_minute)."""

    from_minute: int = 0
    to_minute: int = 1440


@dataclass(frozen=True)
class Weekly:
    """The same hours on some days of every week; Monday is 1, Sunday is 7."""

    days: frozenset[int]
    hours: Hours = Hours()


@dataclass(frozen=True)
class ExtraDay:
    """The hours of one date, in place of what its weekday says: a holiday moved to a Monday, a Sunday at work."""

    day: date
    hours: tuple[Hours, ...] = (Hours(),)


@dataclass(frozen=True)
class ClaimWindows:
    """When vouchers may be claimed, in the district's time. Nothing at all means always."""

    weekly: tuple[Weekly, ...] = ()
    extra: tuple[ExtraDay, ...] = ()
    excluded: frozenset[date] = frozenset()


@dataclass(frozen=True)
class NewResidents:
    """Who registered within the last `days` days."""

    days: int


@dataclass(frozen=True)
class Households:
    """Who shares a household with others."""


@dataclass(frozen=True)
class Streets:
    """Who lives in one of these streets; `verified` asks for a street that a desk has confirmed."""

    names: tuple[str, ...]
    verified: bool = False


@dataclass(frozen=True)
class AgeFrom:
    """Who is, or will be this year, at least `years` old; `verified` asks for a confirmed year of birth."""

    years: int
    verified: bool = False


@dataclass(frozen=True)
class Tier:
    """Who earned at least `points` in the last 365 days."""

    points: int


Group = NewResidents | Households | Streets | AgeFrom | Tier


@dataclass(frozen=True)
class Applicant:
    """What is known of who claims, as far as the groups of the campaign ask for it."""

    registered_at: datetime
    birth_year: int | None = None
    birth_year_verified: bool = False
    street: str | None = None
    street_verified: bool = False
    in_household: bool = False
    points_earned: int = 0


@dataclass(frozen=True)
class Limits:
    """How many vouchers of the campaign one person may claim per day, week, month and in all; None is no limit."""

    per_day: int | None = None
    per_week: int | None = None
    per_month: int | None = None
    in_all: int | None = None


@dataclass(frozen=True)
class Boost:
    """More points for an activity (None: for every one) in [starts_at, ends_at): 20,000 basis points double them."""

    activity: str | None  # one of `earning`'s activities
    factor_bp: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class NewCampaign:
    """What an operator decides about a campaign. Money in fen; [starts_at, ends_at).

    `shares` says who pays, in basis points that add up to 10,000. All of `groups` must hold of who claims.
    `survives_stop` says whether vouchers stay good when the campaign is stopped.
    """

    title: str
    starts_at: datetime
    ends_at: datetime
    budget_fen: int
    title_en: str = ""
    day_budget_fen: int | None = None
    shares: Mapping[Funder, int] = field(default_factory=lambda: {Funder.GOVERNMENT: 10_000})
    groups: tuple[Group, ...] = ()
    windows: ClaimWindows = ClaimWindows()
    limits: Limits = Limits()
    survives_stop: bool = True
    boost: Boost | None = None


@dataclass(frozen=True)
class Money:
    """A change of a running campaign's money. None leaves a figure as it is.

    `budget_fen` and `day_budget_fen` are the new figures; `more_stock` is added to the offer's stock, and may be
    negative.
    """

    budget_fen: int | None = None
    day_budget_fen: int | None = None
    offer_id: UUID | None = None
    more_stock: int | None = None


@dataclass(frozen=True)
class Cost:
    """What a campaign can cost at most, in fen: by its offers' stock, beside its budget and by who pays."""

    vouchers: int
    worth_fen: int
    budget_fen: int
    left_fen: int
    shares_fen: Mapping[Funder, int]
    days_at_day_budget: int | None
