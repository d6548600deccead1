"""Whether campaigns, their money and the counters of their limits say what the journal and the vouchers say.

Each function yields a sentence per disagreement. Run them within one snapshot, or claims that commit meanwhile look
like faults.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncDay, TruncMonth, TruncWeek

from backend.core import clock
from backend.ledger import queries as ledger
from backend.ledger.types import Asset
from campaigns.models import (
    Campaign,
    DayUse,
    MoneyChange,
    Offer,
    SpanUse,
    Voucher,
    campaign_account,
    campaign_programme,
    funding_account,
)
from campaigns.types import APPROVED, CampaignStatus, ChangeStatus, Span, TransferCode

_TAKES_CLAIMS = (CampaignStatus.SCHEDULED, CampaignStatus.RUNNING, CampaignStatus.SOLD_OUT)


def money() -> Iterator[str]:
    """Budgets equal what was appropriated, stock what was planned, changed and rolled over, allotments that stock."""
    yield from _budgets()
    more = Counter[UUID]()
    approved = MoneyChange.objects.filter(status=ChangeStatus.APPROVED.value, offer__isnull=False)
    more.update(dict(approved.order_by().values_list("offer").annotate(Sum("more_stock"))))
    for offer in Offer.objects.select_related("campaign").order_by("pk").iterator():
        yield from _stock(offer, more[offer.pk])


def approvals() -> Iterator[str]:
    """No approval without a second person, no open offer where no claims are taken, none closed where they are."""
    alone = Campaign.objects.filter(status__in=APPROVED).filter(
        Q(approved_by="") | Q(approved_by=F("drafted_by")) | Q(approved_by=F("submitted_by"))
    )
    for pk in alone.order_by("pk").values_list("pk", flat=True):
        yield f"campaign {pk}: approved without a second person"
    taking = Q(campaign__status__in=_TAKES_CLAIMS)
    shut = (CampaignStatus.DRAFT, CampaignStatus.IN_REVIEW, CampaignStatus.PAUSED, CampaignStatus.STOPPED)
    wrong = Offer.objects.filter(Q(campaign__status__in=shut, is_open=True) | taking & Q(is_open=False, stock__gt=0))
    for pk, is_open, status in wrong.order_by("pk").values_list("pk", "is_open", "campaign__status"):
        yield f"offer {pk}: {'open' if is_open else 'closed'} while its campaign is {status}"


def limits() -> Iterator[str]:
    """The counters of days and persons equal the vouchers that they counted."""
    yield from _compare("day", _days_counted(), _days_claimed())
    for span in Span:
        rows = SpanUse.objects.filter(span=span.value)
        counted = {(campaign, who, day): used for campaign, who, day, used in rows.values_list(
            "campaign", "person_id", "starts_on", "used")}  # fmt: skip
        yield from _compare(span.value, counted, _span_claimed(span))


def _budgets() -> Iterator[str]:
    for pk, budget in Campaign.objects.filter(status__in=APPROVED).order_by("pk").values_list("pk", "budget_fen"):
        given = ledger.appropriated(campaign_programme(pk), Asset.FEN)
        if given != budget:
            yield f"campaign {pk}: budget {budget} fen, appropriated {given}"
    figures = ("budget_fen", "day_budget_fen")
    decided = MoneyChange.objects.filter(status=ChangeStatus.APPROVED.value).order_by("decided_at", "pk")
    for name in figures:
        last = dict(decided.exclude(**{name: None}).values_list("campaign", name))
        for pk, figure in Campaign.objects.filter(pk__in=last).order_by("pk").values_list("pk", name):
            if figure != last[pk]:
                yield f"campaign {pk}: {name} {figure}, last approved {last[pk]}"


def _stock(offer: Offer, more: int) -> Iterator[str]:
    funded, face = offer.planned + more, offer.face_value_fen
    rolled = ledger.totals_by_code(campaign_account(offer.pk)).get(TransferCode.EXPIRY, 0)
    if rolled != offer.rolled_fen:
        yield f"offer {offer.pk}: rolled over {offer.rolled_fen} fen, the journal says {rolled}"
    if offer.stock != (stock := funded + offer.rolled_fen // face):
        yield f"offer {offer.pk}: stock {offer.stock}, planned, changed and rolled over {stock}"
    wanted = funded * face if offer.campaign.status in APPROVED else 0
    if (given := _given(offer)) != wanted:
        yield f"offer {offer.pk}: allotted {given} fen, its vouchers are worth {wanted}"


def _given(offer: Offer) -> int:
    """What the offer has from its campaign, or from the treasury where it is older than campaigns' budgets."""
    account = campaign_account(offer.pk).owner
    flows = ledger.net_by_account(account)
    return -sum(
        net
        for (owner, _), net in flows.items()
        if owner in ("appropriations", funding_account(offer.campaign_id).owner)
    )


_Key = tuple[Any, ...]


def _compare(what: str, counted: dict[_Key, int], claimed: dict[_Key, int]) -> Iterator[str]:
    for key in sorted(counted.keys() | claimed.keys(), key=str):
        if counted.get(key, 0) != claimed.get(key, 0):
            place = ", ".join(str(part) for part in key)
            yield f"limit per {what} ({place}): counted {counted.get(key, 0)}, vouchers {claimed.get(key, 0)}"


def _days_counted() -> dict[_Key, int]:
    return {(campaign, day): used for campaign, day, used in DayUse.objects.values_list("campaign", "day", "used")}


def _days_claimed() -> dict[_Key, int]:
    rows = Voucher.objects.filter(offer__campaign__day_budget_fen__isnull=False)
    days = rows.annotate(at=TruncDay("claimed_at", tzinfo=clock.ZONE)).order_by()
    totals = days.values_list("offer__campaign", "at").annotate(Sum("face_value_fen"))
    return {(campaign, at.date()): total for campaign, at, total in totals}


_LIMIT = {Span.DAY: "per_day", Span.WEEK: "per_week", Span.MONTH: "per_month", Span.CAMPAIGN: "in_all"}
_TRUNC = {Span.DAY: TruncDay, Span.WEEK: TruncWeek, Span.MONTH: TruncMonth}


def _span_claimed(span: Span) -> dict[_Key, int]:
    """Vouchers by (campaign, person, first day of the span), of the campaigns that have this limit."""
    rows = Voucher.objects.filter(**{f"offer__campaign__{_LIMIT[span]}__isnull": False}).order_by()
    if span not in _TRUNC:
        totals = rows.values_list("offer__campaign", "person_id").annotate(Count("pk"))
        return {(campaign, who, date.min): count for campaign, who, count in totals}
    starts = rows.annotate(at=_TRUNC[span]("claimed_at", tzinfo=clock.ZONE))
    counts = starts.values_list("offer__campaign", "person_id", "at").annotate(Count("pk"))
    return {(campaign, who, at.date()): count for campaign, who, at, count in counts}
