"""Vouchers, redemptions and returns against the journal: every figure is derived again from the rows written once."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from backend.ledger import queries as ledger
from backend.ledger.types import AccountRef
from backend.merchants import queries as merchants
from campaigns.models import (
    REDEEMED_POINTS,
    Offer,
    Redemption,
    Return,
    Voucher,
    campaign_account,
    merchant_account,
    outstanding_account,
)
from campaigns.types import Tally, TransferCode, VoucherStatus


def disagreements() -> Iterator[str]:
    """One sentence a place; nothing when all is well. Run it within one snapshot."""
    yield from _offers_against_journal()
    yield from _merchants_against_journal()
    yield from _points_back_against_journal()
    yield from _vouchers_against_history()
    yield from _returns_against_redemptions()
    yield from _payments_have_no_gaps()


def tallies(rows: "QuerySet[Any]", by: str, amount: str) -> defaultdict[UUID, Tally]:
    """Count and sum of `amount` by each value of `by`."""
    found: defaultdict[UUID, Tally] = defaultdict(Tally)
    for key, count, total in rows.order_by().values_list(by).annotate(Count("pk"), Sum(amount)):
        found[key] = Tally(count, total)
    return found


def journal(account: AccountRef, code: TransferCode) -> Tally:
    """Count and sum of the account's transfers of one code."""
    rows = ledger.journal_of(account).filter(code=code.value)
    return Tally(**rows.aggregate(count=Count("pk"), total=Coalesce(Sum("amount"), 0)))


def _offers_against_journal() -> Iterator[str]:
    offer = "redemption__voucher__offer"
    returns = Return.objects.filter(returned_discount_fen__gt=0)
    ours = {
        "redemptions": tallies(Redemption.objects.all(), "voucher__offer", "discount_fen"),
        "unused rests": tallies(Redemption.objects.filter(released_fen__gt=0), "voucher__offer", "released_fen"),
        "returns to vouchers": tallies(returns.filter(restores=True), offer, "returned_discount_fen"),
        "returns to the programme": tallies(returns.filter(restores=False), offer, "returned_discount_fen"),
        "refills": tallies(Return.objects.filter(refilled_fen__gt=0), offer, "refilled_fen"),
        "expired vouchers": tallies(_with_history().filter(status=VoucherStatus.EXPIRED.value), "offer", "history"),
    }
    remaining = tallies(Voucher.objects.all(), "offer", "remaining_fen")
    for pk in Offer.objects.order_by("pk").values_list("pk", flat=True).iterator():
        for name, theirs, told in _booked(pk):
            if ours[name][pk] != told:
                yield f"offer {pk}: {name} {ours[name][pk]}, {theirs} {told}"
        held = sum(ledger.totals_by_code(outstanding_account(pk)).values())
        if held != remaining[pk].total:
            yield f"offer {pk}: {held} fen outstanding, vouchers remain worth {remaining[pk].total}"


def _booked(pk: UUID) -> list[tuple[str, str, Tally]]:
    """What the journal says of an offer: our name of it, the journal's, count and sum."""
    outstanding = outstanding_account(pk)
    return [
        ("redemptions", "payments", journal(outstanding, TransferCode.REDEMPTION)),
        ("unused rests", "released", journal(outstanding, TransferCode.REST)),
        ("returns to vouchers", "clawed back", journal(outstanding, TransferCode.RETURN)),
        ("returns to the programme", "clawed back", journal(campaign_account(pk), TransferCode.RETURN)),
        ("refills", "set aside again", journal(outstanding, TransferCode.REFILL)),
        ("expired vouchers", "returns", journal(outstanding, TransferCode.EXPIRY)),
    ]


def _merchants_against_journal() -> Iterator[str]:
    redemptions = tallies(Redemption.objects.all(), "store__merchant", "discount_fen")
    returns = Return.objects.filter(returned_discount_fen__gt=0)
    given_back = tallies(returns, "redemption__store__merchant", "returned_discount_fen")
    for pk in merchants.merchant_ids():
        paid, clawed = (journal(merchant_account(pk), code) for code in (TransferCode.REDEMPTION, TransferCode.RETURN))
        if paid != redemptions[pk]:
            yield f"merchant {pk}: redemptions {redemptions[pk]}, payments {paid}"
        if clawed != given_back[pk]:
            yield f"merchant {pk}: returns {given_back[pk]}, clawed back {clawed}"


def _points_back_against_journal() -> Iterator[str]:
    rows = Return.objects.filter(points_back__gt=0)
    ours = Tally(**rows.aggregate(count=Count("pk"), total=Coalesce(Sum("points_back"), 0)))
    if ours != (booked := journal(REDEEMED_POINTS, TransferCode.POINTS_BACK)):
        yield f"points: given back by returns {ours}, booked {booked}"


def _with_history() -> "QuerySet[Voucher]":
    """Vouchers, each with the `history` that its redemptions and returns leave of its face value."""
    used = _sum_of(Redemption.objects.filter(voucher=OuterRef("pk")), "voucher", F("discount_fen") + F("released_fen"))
    own = Return.objects.filter(redemption__voucher=OuterRef("pk"), restores=True)
    back = _sum_of(own, "redemption__voucher", F("returned_discount_fen") + F("refilled_fen"))
    return Voucher.objects.annotate(history=F("face_value_fen") - used + back)


def _sum_of(rows: "QuerySet[Any]", by: str, amount: Any) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values(by).annotate(total=Sum(amount)).values("total")), 0)


def _vouchers_against_history() -> Iterator[str]:
    """A voucher is worth what its history leaves; an expired one gave that back, so it may not be less than nothing."""
    expired = Q(status=VoucherStatus.EXPIRED.value)
    expected = Q(remaining_fen=F("history"))
    wrong: QuerySet[Any] = _with_history()
    wrong = wrong.filter((~expired & ~expected) | (expired & Q(history__lt=1)))
    for pk, status, worth, history in wrong.values_list("pk", "status", "remaining_fen", "history").iterator():
        yield f"voucher {pk}: {status} and worth {worth}, its redemptions leave {history}"


def _returns_against_redemptions() -> Iterator[str]:
    rows = Return.objects.order_by().values("redemption", "redemption__payable_fen", "redemption__discount_fen")
    sums = rows.annotate(
        count=Count("pk"), last=Max("number"), refunded=Max("refunded_fen"), refunds=Sum("refund_fen"),
        returned=Max("returned_fen"), returns=Sum("returned_discount_fen"),
    )  # fmt: skip
    good = Q(
        count=F("last"), refunded=F("refunds"), refunded__lte=F("redemption__payable_fen"), returned=F("returns"),
        returned__lte=F("redemption__discount_fen"),
    )  # fmt: skip
    for row in sums.exclude(good).iterator():
        yield f"redemption {row['redemption']}: its returns do not add up, or pass what was paid"


def _payments_have_no_gaps() -> Iterator[str]:
    payments = Redemption.objects.order_by().values("store", "order_no")
    gaps = payments.annotate(count=Count("pk"), last=Max("place")).exclude(count=F("last"))
    for row in gaps.iterator():
        yield f"store {row['store']}, order {row['order_no']}: {row['count']} vouchers, the last at {row['last']}"
