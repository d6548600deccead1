"""Reads of campaigns, offers, vouchers and redemptions, and whether the rows agree with the journal."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from backend.core import clock
from backend.core.errors import NotFound
from backend.ledger import queries as ledger
from backend.ledger.types import AccountRef
from backend.merchants import queries as merchants
from campaigns.models import (
    REDEEMED_POINTS,
    Campaign,
    ClaimUse,
    Offer,
    Redemption,
    Voucher,
    campaign_account,
    merchant_account,
    outstanding_account,
)
from campaigns.rules import require_usable
from campaigns.types import Tally, TransferCode, VoucherStatus


def running_campaigns(now: datetime) -> "QuerySet[Campaign]":
    """Campaigns that run now, each with its offers that have not ended, under `current_offers`."""
    offers = Prefetch("offers", queryset=current_offers(now).order_by("pk"), to_attr="current_offers")
    return Campaign.objects.filter(starts_at__lte=now, ends_at__gt=now).prefetch_related(offers)


def current_offers(now: datetime) -> "QuerySet[Offer]":
    """Offers that are open or will be: shown also before they open, so that people know when to come."""
    return _shown_offers().filter(ends_at__gt=now)


def offer(offer_id: UUID) -> Offer:
    """One offer, also after its end. Raises NotFound."""
    found = _shown_offers().filter(pk=offer_id).first()
    if found is None:
        raise NotFound
    return found


def _shown_offers() -> "QuerySet[Offer]":
    return Offer.objects.annotate(remaining=F("stock") - F("claimed")).prefetch_related("stores")


def vouchers_of(resident_id: UUID, now: datetime, status: VoucherStatus | None = None) -> "QuerySet[Voucher]":
    """One person's vouchers; `status` is the one that people see at `now` (see `rules.status_at`)."""
    rows = Voucher.objects.filter(resident_id=resident_id).select_related("offer")
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


def redemptions_today(store_id: UUID, now: datetime) -> "QuerySet[Redemption]":
    """What a store redeemed on the district's day that holds `now`."""
    start, end = clock.day_bounds(now)
    rows = Redemption.objects.select_related("voucher__offer", "store")
    return rows.filter(store_id=store_id, at__gte=start, at__lt=end)


def disagreements() -> Iterator[str]:
    """Where the rows of this app and the journal do not say the same: one sentence a place, nothing when all is well.

    Per offer: the counter, the vouchers and the transfers of claims; redeemed vouchers, redemptions and transfers to
    merchants; expired vouchers and transfers back. Then per merchant, per person and row by row. Run it within one
    snapshot, or claims that commit meanwhile look like faults.
    """
    yield from _offers_against_journal()
    yield from _merchants_against_journal()
    yield from _points_against_journal()
    yield from _limits_against_vouchers()
    yield from _redemptions_against_vouchers()


def _offers_against_journal() -> Iterator[str]:
    vouchers = _tallies(Voucher.objects.all(), "offer", "face_value_fen")
    redeemed = _tallies(Voucher.objects.filter(status=VoucherStatus.REDEEMED.value), "offer", "face_value_fen")
    expired = _tallies(Voucher.objects.filter(status=VoucherStatus.EXPIRED.value), "offer", "face_value_fen")
    redemptions = _tallies(Redemption.objects.all(), "voucher__offer", "discount_fen")
    for pk, claimed in Offer.objects.order_by("pk").values_list("pk", "claimed").iterator():
        if claimed != vouchers[pk].count:
            yield f"offer {pk}: counter says {claimed} claimed, there are {vouchers[pk].count} vouchers"
        pairs = [
            ("vouchers", vouchers[pk], "claims", _journal(campaign_account(pk), TransferCode.CLAIM)),
            ("redeemed vouchers", redeemed[pk], "redemptions", redemptions[pk]),
            ("redemptions", redemptions[pk], "payments", _journal(outstanding_account(pk), TransferCode.REDEMPTION)),
            ("expired vouchers", expired[pk], "returns", _journal(outstanding_account(pk), TransferCode.EXPIRY)),
        ]
        yield from (f"offer {pk}: {ours} {one}, {theirs} {other}" for ours, one, theirs, other in pairs if one != other)


def _merchants_against_journal() -> Iterator[str]:
    redemptions = _tallies(Redemption.objects.all(), "store__merchant", "discount_fen")
    for pk in merchants.merchant_ids():
        paid = _journal(merchant_account(pk), TransferCode.REDEMPTION)
        if paid != redemptions[pk]:
            yield f"merchant {pk}: redemptions {redemptions[pk]}, payments {paid}"


def _points_against_journal() -> Iterator[str]:
    spent = Voucher.objects.aggregate(count=Count("pk"), total=Coalesce(Sum("points_paid"), 0))
    if Tally(**spent) != (paid := _journal(REDEEMED_POINTS, TransferCode.CLAIM)):
        yield f"points: vouchers {Tally(**spent)}, payments {paid}"


def _limits_against_vouchers() -> Iterator[str]:
    own = Voucher.objects.filter(offer=OuterRef("offer"), resident_id=OuterRef("resident_id"))
    count = own.order_by().values("offer").annotate(count=Count("pk")).values("count")
    uses = ClaimUse.objects.annotate(held=Coalesce(Subquery(count), 0)).exclude(held=F("used"))
    for use in uses.iterator():
        yield f"offer {use.offer_id}, person {use.resident_id}: limit counts {use.used}, vouchers {use.held}"
    counted = ClaimUse.objects.aggregate(total=Coalesce(Sum("used"), 0))["total"]
    if counted != (held := Voucher.objects.count()):
        yield f"limits count {counted} claims, there are {held} vouchers"


def _redemptions_against_vouchers() -> Iterator[str]:
    good = Q(voucher__status=VoucherStatus.REDEEMED.value, discount_fen=F("voucher__face_value_fen"))
    for pk in Redemption.objects.exclude(good).values_list("pk", flat=True).iterator():
        yield f"redemption {pk}: its voucher is not redeemed at that value"
    unpaid = Voucher.objects.filter(status=VoucherStatus.REDEEMED.value, redemption=None)
    for pk in unpaid.values_list("pk", flat=True).iterator():
        yield f"voucher {pk}: redeemed without a redemption"


def _tallies(rows: "QuerySet[Any]", by: str, amount: str) -> defaultdict[UUID, Tally]:
    found: defaultdict[UUID, Tally] = defaultdict(Tally)
    for key, count, total in rows.order_by().values_list(by).annotate(Count("pk"), Sum(amount)):
        found[key] = Tally(count, total)
    return found


def _journal(account: AccountRef, code: TransferCode) -> Tally:
    rows = ledger.journal_of(account).filter(code=code.value)
    return Tally(**rows.aggregate(count=Count("pk"), total=Coalesce(Sum("amount"), 0)))
