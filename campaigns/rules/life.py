"""The life of a campaign, what limits per person count over, and what a plan can cost."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from campaigns.errors import SharesDoNotAddUp
from campaigns.rules.shares import WHOLE_BP, split_shares
from campaigns.types import CampaignStatus, Cost, Funder, Limits, Span

EDGES = {
    (CampaignStatus.DRAFT, CampaignStatus.IN_REVIEW),
    (CampaignStatus.IN_REVIEW, CampaignStatus.DRAFT),
    (CampaignStatus.IN_REVIEW, CampaignStatus.SCHEDULED),
    (CampaignStatus.SCHEDULED, CampaignStatus.RUNNING),
    (CampaignStatus.SCHEDULED, CampaignStatus.STOPPED),
    (CampaignStatus.RUNNING, CampaignStatus.PAUSED),
    (CampaignStatus.RUNNING, CampaignStatus.SOLD_OUT),
    (CampaignStatus.RUNNING, CampaignStatus.ENDED),
    (CampaignStatus.RUNNING, CampaignStatus.STOPPED),
    (CampaignStatus.PAUSED, CampaignStatus.RUNNING),
    (CampaignStatus.PAUSED, CampaignStatus.ENDED),
    (CampaignStatus.PAUSED, CampaignStatus.STOPPED),
    (CampaignStatus.SOLD_OUT, CampaignStatus.RUNNING),
    (CampaignStatus.SOLD_OUT, CampaignStatus.ENDED),
    (CampaignStatus.SOLD_OUT, CampaignStatus.STOPPED),
}
_BY_TIME = {CampaignStatus.SCHEDULED, CampaignStatus.RUNNING, CampaignStatus.PAUSED, CampaignStatus.SOLD_OUT}


def state_at(*, status: str, starts_at: datetime, ends_at: datetime, now: datetime) -> CampaignStatus:
    """The state as people see it: time has its way, also before the books say so."""
    state = CampaignStatus(status)
    if state in _BY_TIME and now >= ends_at:
        return CampaignStatus.ENDED
    if state is CampaignStatus.SCHEDULED and now >= starts_at:
        return CampaignStatus.RUNNING
    return state


def require_shares(shares: Mapping[Funder, int]) -> None:
    """Raises SharesDoNotAddUp."""
    if sum(shares.values()) != WHOLE_BP or min(shares.values()) < 0:
        raise SharesDoNotAddUp(total_bp=sum(shares.values()))


def spans_of(limits: Limits) -> list[tuple[Span, int]]:
    """The limits that are set, the longest span first: what is reached for good is told before what passes."""
    every = [
        (Span.CAMPAIGN, limits.in_all),
        (Span.MONTH, limits.per_month),
        (Span.WEEK, limits.per_week),
        (Span.DAY, limits.per_day),
    ]
    return [(span, limit) for span, limit in every if limit is not None]


def span_start(span: Span, day: date) -> date:
    """The first day of the span that holds `day`; weeks begin on Monday, a campaign's span is one and the same."""
    match span:
        case Span.DAY:
            return day
        case Span.WEEK:
            return day - timedelta(days=day.isoweekday() - 1)
        case Span.MONTH:
            return day.replace(day=1)
        case Span.CAMPAIGN:
            return date.min


def span_end(span: Span, day: date) -> date | None:
    """The first day after the span that holds `day`; None for a campaign's."""
    match span:
        case Span.DAY:
            return day + timedelta(days=1)
        case Span.WEEK:
            return span_start(span, day) + timedelta(days=7)
        case Span.MONTH:
            return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        case Span.CAMPAIGN:
            return None


def midnight(day: date, like: datetime) -> datetime:
    """The beginning of `day` in the zone of `like`."""
    return datetime.combine(day, time(), tzinfo=like.tzinfo)


def cost_of(
    *, offers: Iterable[tuple[int, int]], budget_fen: int, day_budget_fen: int | None, shares: Mapping[Funder, int]
) -> Cost:
    """What offers of (stock, face value in fen) cost at most, and who pays it."""
    counted = list(offers)
    worth = sum(stock * face for stock, face in counted)
    return Cost(
        vouchers=sum(stock for stock, _ in counted),
        worth_fen=worth,
        budget_fen=budget_fen,
        left_fen=budget_fen - worth,
        shares_fen=split_shares(worth, shares),
        days_at_day_budget=-(-worth // day_budget_fen) if day_budget_fen else None,
    )
