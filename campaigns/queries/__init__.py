"""Reads of campaigns, offers, vouchers and redemptions, and whether the rows agree with the journal."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from backend.accounts import queries as accounts
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.money import yuan
from backend.ledger import queries as ledger
from campaigns.errors import SlipRevoked
from campaigns.models import (
    REDEEMED_POINTS,
    Campaign,
    ClaimUse,
    Offer,
    Redemption,
    Return,
    Slip,
    Voucher,
    campaign_account,
)
from campaigns.queries import voucher_proof
from campaigns.queries.voucher_proof import journal, tallies
from campaigns.rules import TIER_DAYS, require_usable
from campaigns.types import APPROVED, Applicant, CampaignStatus, Group, Tally, Tier, TransferCode, VoucherStatus, Way

SHOWN = APPROVED - {CampaignStatus.ENDED, CampaignStatus.STOPPED}


def public_campaigns(now: datetime) -> "QuerySet[Campaign]":
    """Approved campaigns that are not over, each with its offers that have not ended, under `current_offers`."""
    offers = Prefetch("offers", queryset=current_offers(now).order_by("pk"), to_attr="current_offers")
    return Campaign.objects.filter(status__in=SHOWN, ends_at__gt=now).prefetch_related(offers)


def public_campaign(campaign_id: UUID) -> Campaign:
    """One approved campaign with all its offers, also after its end. Raises NotFound."""
    offers = Prefetch("offers", queryset=_shown_offers().order_by("pk"), to_attr="current_offers")
    found = Campaign.objects.filter(pk=campaign_id, status__in=APPROVED).prefetch_related(offers).first()
    if found is None:
        raise NotFound
    return found


def plans(state: str | None = None) -> "QuerySet[Campaign]":
    """Campaigns in whatever state, or in `state`, for operators; each with its offers and changes of money."""
    rows = Campaign.objects.filter(status=state) if state else Campaign.objects.all()
    return rows.prefetch_related(Prefetch("offers", queryset=Offer.objects.order_by("pk")), "money_changes")


def plan(campaign_id: UUID) -> Campaign:
    """One campaign in whatever state, for operators. Raises NotFound."""
    found = plans().filter(pk=campaign_id).first()
    if found is None:
        raise NotFound
    return found


def applicant(user_id: UUID, groups: tuple[Group, ...], now: datetime) -> Applicant:
    """What `groups` ask of a person, and nothing else."""
    known = accounts.attributes_of(user_id)
    wants_points = any(isinstance(group, Tier) for group in groups)
    return Applicant(
        registered_at=known.registered_at,
        birth_year=known.birth_year,
        birth_year_verified=known.birth_year_verified,
        street=known.street,
        street_verified=known.street_verified,
        in_household=known.household_id is not None,
        points_earned=_points_earned(user_id, now) if wants_points else 0,
    )


def _points_earned(user_id: UUID, now: datetime) -> int:
    """Points issued to a person in the last year; gifts of other people are not earned."""
    account = accounts.points_account(user_id)
    earned = ledger.journal_of(account).filter(
        credit__owner=account.owner, debit__owner__startswith="budget:", at__gt=now - timedelta(days=TIER_DAYS)
    )
    return int(earned.aggregate(total=Coalesce(Sum("amount"), 0))["total"])


def current_offers(now: datetime) -> "QuerySet[Offer]":
    """Offers that are open or will be: shown also before they open, so that people know when to come.

    Not those that lists hand out: nobody can do anything to have one.
    """
    shown = _shown_offers().filter(ends_at__gt=now, campaign__status__in=SHOWN, stock__gt=0)
    return shown.exclude(way=Way.GRANT.value)


def offer(offer_id: UUID) -> Offer:
    """One offer, also after its end. Raises NotFound."""
    found = _shown_offers().filter(pk=offer_id).first()
    if found is None:
        raise NotFound
    return found


def _shown_offers() -> "QuerySet[Offer]":
    approved = Offer.objects.filter(campaign__status__in=APPROVED).select_related("campaign", "use_terms")
    return approved.annotate(remaining=F("stock") - F("claimed")).prefetch_related("stores")


def vouchers_of(resident_id: UUID, now: datetime, status: VoucherStatus | None = None) -> "QuerySet[Voucher]":
    """One person's vouchers; `status` is the one that people see at `now` (see `rules.status_at`)."""
    rows = Voucher.objects.filter(resident_id=resident_id).select_related("offer", "use_terms")
    overdue = Q(status=VoucherStatus.CLAIMED.value, expires_at__lte=now)
    match status:
        case None:
            return rows
        case VoucherStatus.EXPIRED:
            return rows.filter(overdue | Q(status=VoucherStatus.EXPIRED.value))
        case _:
            return rows.filter(~overdue, status=status.value)


def usable_voucher(voucher_id: UUID, resident_id: UUID, now: datetime) -> Voucher:
    """A person's own voucher, if a counter would still take it.

    Raises NotFound, VoucherAlreadyRedeemed or VoucherExpired.
    """
    found = vouchers_of(resident_id, now).filter(pk=voucher_id).first()
    if found is None:
        raise NotFound
    require_usable(status=found.status, expires_at=clock.local(found.expires_at), now=now)
    return found


def good_slip(slip_id: UUID, now: datetime) -> Slip:
    """A slip that a counter would take, with its voucher and offer, to be drawn.

    Raises NotFound, SlipRevoked, VoucherAlreadyRedeemed or VoucherExpired.
    """
    slip = Slip.objects.select_related("voucher__offer", "voucher__use_terms").filter(pk=slip_id).first()
    if slip is None:
        raise NotFound
    if slip.revoked_at is not None:
        raise SlipRevoked
    require_usable(status=slip.voucher.status, expires_at=clock.local(slip.voucher.expires_at), now=now)
    return slip


def slips_by(desk_id: UUID) -> "QuerySet[Slip]":
    """What one person at a desk has printed, with the vouchers and their offers."""
    return Slip.objects.filter(printed_by=desk_id).select_related("voucher__offer")


def redemptions_at(store_id: UUID, now: datetime, order_no: str | None = None) -> "QuerySet[Redemption]":
    """What a store redeemed on the district's day that holds `now`, or under one order number of any day.

    Each comes with what was `refunded` of it.
    """
    last = Return.objects.filter(redemption=OuterRef("pk")).order_by("-number")
    refunded = Coalesce(Subquery(last.values("refunded_fen")[:1]), 0)
    rows = Redemption.objects.filter(store_id=store_id).select_related("voucher__offer", "store")
    if order_no is not None:
        return rows.filter(order_no=order_no).annotate(refunded=refunded)
    start, end = clock.day_bounds(now)
    return rows.filter(at__gte=start, at__lt=end).annotate(refunded=refunded)


def words_of(voucher: Voucher) -> list[str]:
    """What is printed on a voucher's paper: its worth, its minimum, its last day."""
    until = clock.local(voucher.expires_at)
    return [
        f"最高抵扣 {yuan(voucher.remaining_fen)} 元，账单满 {yuan(voucher.min_spend_fen)} 元可用",
        f"有效期至 {until:%Y年%m月%d日 %H:%M}",
    ]


def disagreements() -> Iterator[str]:
    """Where the rows of this app and the journal do not say the same: one sentence a place, nothing when all is well.

    Per offer: the counter, the vouchers and the transfers of claims; then what `voucher_proof` re-derives of
    redemptions, returns and expiry, per merchant, per person and row by row. Run it within one snapshot, or claims
    that commit meanwhile look like faults.
    """
    yield from _offers_against_journal()
    yield from _points_against_journal()
    yield from _limits_against_vouchers()
    yield from voucher_proof.disagreements()


def _offers_against_journal() -> Iterator[str]:
    vouchers = tallies(Voucher.objects.all(), "offer", "face_value_fen")
    for pk, claimed in Offer.objects.order_by("pk").values_list("pk", "claimed").iterator():
        if claimed != vouchers[pk].count:
            yield f"offer {pk}: counter says {claimed} claimed, there are {vouchers[pk].count} vouchers"
        if vouchers[pk] != (claims := journal(campaign_account(pk), TransferCode.CLAIM)):
            yield f"offer {pk}: vouchers {vouchers[pk]}, claims {claims}"


def _points_against_journal() -> Iterator[str]:
    spent = Voucher.objects.filter(points_paid__gte=1).aggregate(
        count=Count("pk"), total=Coalesce(Sum("points_paid"), 0)
    )
    if Tally(**spent) != (paid := journal(REDEEMED_POINTS, TransferCode.CLAIM)):
        yield f"points: vouchers {Tally(**spent)}, payments {paid}"


def _limits_against_vouchers() -> Iterator[str]:
    own = Voucher.objects.filter(offer=OuterRef("offer"), person_id=OuterRef("person_id"))
    count = own.order_by().values("offer").annotate(count=Count("pk")).values("count")
    uses = ClaimUse.objects.annotate(held=Coalesce(Subquery(count), 0)).exclude(held=F("used"))
    for use in uses.iterator():
        yield f"offer {use.offer_id}, person {use.person_id}: limit counts {use.used}, vouchers {use.held}"
    counted = ClaimUse.objects.aggregate(total=Coalesce(Sum("used"), 0))["total"]
    if counted != (held := Voucher.objects.count()):
        yield f"limits count {counted} claims, there are {held} vouchers"
