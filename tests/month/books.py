"""Whether the model, the rows and the journal say the same. A sentence a place."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from backend.accounts.queries import points_account
from backend.ledger import queries as ledger
from backend.ops import proof
from campaigns import models as rows
from campaigns.models import (
    ADJUSTMENTS,
    LOSS_OFFLINE,
    PAID_OUT,
    campaign_account,
    escrow_account,
    funding_account,
    merchant_account,
    outstanding_account,
    payable_account,
)

if TYPE_CHECKING:
    from tests.month.life import Life

Pairs = Iterator[tuple[str, Any, Any]]


def disagreements(life: "Life") -> list[str]:
    """Everything that `prove` says, then every figure where model and books differ."""
    said = [sentence for _, check in proof.checks(None) for sentence in check()]
    pairs = [*_campaigns(life), *_offers(life), *_vouchers(life), *_money_of_shops(life), *_statements(life)]
    return said + [f"{what}: the model {model}, the books {books}" for what, model, books in pairs if model != books]


def _net(account: Any) -> int:
    return sum(ledger.totals_by_code(account).values())


def _campaigns(life: "Life") -> Pairs:
    for each in life.month.campaigns:
        row = rows.Campaign.objects.get(pk=each.pk)
        yield f"{each.pk} state and budget", (each.status, each.budget), (row.status, row.budget_fen)
        yield f"{each.pk} free", each.free, _net(funding_account(each.pk))
        if each.day_budget is not None:
            used = dict(rows.DayUse.objects.filter(campaign=each.pk).values_list("day", "used"))
            yield f"{each.pk} days", {day: fen for day, fen in each.days.items() if fen}, used
        if each.per_week is not None:
            weeks = rows.SpanUse.objects.filter(campaign=each.pk).values_list("person_id", "starts_on", "used")
            yield f"{each.pk} weeks", dict(each.weeks), {(who, day): used for who, day, used in weeks}


def _offers(life: "Life") -> Pairs:
    for each in life.month.offers():
        row = rows.Offer.objects.get(pk=each.pk)
        model = (each.stock, each.claimed, each.rolled, each.is_open)
        yield f"{each.pk} stock", model, (row.stock, row.claimed, row.rolled_fen, row.is_open)
        yield f"{each.pk} free", each.free, _net(campaign_account(each.pk))
        yield f"{each.pk} promised", each.held, _net(outstanding_account(each.pk))
        uses = dict(rows.ClaimUse.objects.filter(offer=each.pk).values_list("person_id", "used"))
        yield f"{each.pk} per person", {who: used for who, used in each.taken.items() if used}, uses
        kept = rows.GrantUse.objects.filter(offer=each.pk).values_list("used", flat=True).first() or 0
        yield f"{each.pk} kept for lists", each.kept, kept


def _vouchers(life: "Life") -> Pairs:
    fields = ("resident_id", "status", "remaining_fen", "expires_at", "points_paid")
    found = {row[0]: row[1:] for row in rows.Voucher.objects.values_list("pk", *fields)}
    model = {each.pk: (each.who, each.status, each.remaining, each.expires_at, each.points)
             for each in life.month.vouchers}  # fmt: skip
    yield "vouchers", model, found
    for who in life.scene.people:
        yield f"points of {who.pk}", life.month.points[who.pk], ledger.balance(points_account(who.pk))
    for each in life.month.redemptions:
        made = rows.Return.objects.filter(redemption=each.pk).order_by("-number").first()
        books = (made.refunded_fen, made.returned_fen) if made else (0, 0)
        yield f"redemption {each.pk}", (each.refunded, each.returned), books


def _money_of_shops(life: "Life") -> Pairs:
    for each in life.month.stores:
        yield f"{each.merchant} due", each.due, _net(merchant_account(each.merchant))
        unpaid = sum(s.due for s in life.month.statements if s.store is each and s.state == "approved")
        yield f"{each.merchant} payable", unpaid, _net(payable_account(each.merchant))
    yield "paid out", life.month.paid_out, _net(PAID_OUT)
    yield "corrections", life.month.adjusted, -_net(ADJUSTMENTS)
    yield "losses", life.month.lost, ledger.totals_by_code(LOSS_OFFLINE).get("offline_loss", 0)
    for each in [*life.past, *filter(None, life.allowances)]:
        left = _net(escrow_account(each.row.pk))
        yield f"escrow {each.row.pk}", 0 if not each.is_open else each.row.total_fen - each.lost, left


def _statements(life: "Life") -> Pairs:
    found = {
        row.pk: (row.store_id, row.lines_fen, row.held_fen, row.state) for row in rows.Statement.objects.iterator()
    }
    model = {each.pk: (each.store.pk, sum(each.lines), each.held, each.state) for each in life.month.statements}
    yield "statements", model, found
