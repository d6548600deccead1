"""Expiry: money of vouchers that nobody used rolls into the next offer, or goes back to its campaign.

Lock order: vouchers by (expires_at, id), so that two runs cannot wait for each other, then the budgets that get the
money, by id, each with the offer that it rolls into, as in a claim. All vouchers come before the first budget: a
redemption holds one voucher and then wants its offer's budget for the rest. Each voucher is claimed for expiry by the
guarded statement that ends it, so a second run, or a redemption that came first, finds nothing to do.
"""

from datetime import datetime
from uuid import UUID

from django.db.models import F

from backend.audit import services as audit
from backend.core.ids import new_id
from backend.core.transactions import require_transaction
from backend.edge import live
from backend.ledger import services as ledger
from campaigns.models import Offer, Voucher, campaign_account, funding_account, outstanding_account
from campaigns.types import TransferCode, VoucherStatus


def expire_due(*, by: object, now: datetime, limit: int = 200) -> int:
    """Expires up to `limit` vouchers whose time has passed; returns how many were due, 0 when none is left.

    Safe to run twice, at once, and beside redemptions.
    """
    require_transaction()
    due = Voucher.objects.filter(status=VoucherStatus.CLAIMED.value, expires_at__lte=now)
    batch = list(due.select_related("offer__rolls_into").order_by("expires_at", "id")[:limit])
    ended = [(_heir(voucher.offer, now), voucher) for voucher in batch if _end(voucher, now)]
    for heir, voucher in sorted(ended, key=lambda each: (str(each[0].pk if each[0] else ""), each[1].pk)):
        _give_money_back(voucher, heir, now)
    if ended:
        audit.record(by=by, action="campaigns.expire", subject="vouchers", now=now, count=len(ended))
    return len(batch)


def _end(voucher: Voucher, now: datetime) -> bool:
    """The guard: one statement ends a claimed voucher whose money is still what was read."""
    due = Voucher.objects.filter(
        pk=voucher.pk, status=VoucherStatus.CLAIMED.value, expires_at__lte=now, remaining_fen=voucher.remaining_fen
    )
    ended = {"status": VoucherStatus.EXPIRED.value, "remaining_fen": 0, "hold_id": None, "held_until": None}
    return bool(due.update(**ended))


def _heir(offer: Offer, now: datetime) -> Offer | None:
    """The offer that unused money rolls into, while it can still be claimed.

    One that was never open and has no stock waits for its second person: money does not go where only one asked for it.
    """
    heir = offer.rolls_into
    if heir is None or heir.ends_at <= now or not (heir.is_open or heir.stock):
        return None
    return heir


def _give_money_back(voucher: Voucher, heir: Offer | None, now: datetime) -> None:
    ledger.post(
        debit=outstanding_account(voucher.offer_id),
        credit=campaign_account(heir.pk) if heir else funding_account(voucher.offer.campaign_id),
        amount=voucher.remaining_fen,
        code=TransferCode.EXPIRY,
        reference=f"expiry:{voucher.pk}",
        event_id=new_id(),
        now=now,
    )
    if heir:
        _roll(heir.pk, voucher.remaining_fen)
    live.push(voucher.resident_id, {"type": "voucher", "id": str(voucher.pk), "status": VoucherStatus.EXPIRED.value})


def _roll(offer_id: UUID, amount_fen: int) -> None:
    """Raises the stock by what all rolled money together pays for, to the fen, in one statement."""
    rolled, face = F("rolled_fen"), F("face_value_fen")
    stock = F("stock") + (rolled + amount_fen) / face - rolled / face
    Offer.objects.filter(pk=offer_id).update(rolled_fen=rolled + amount_fen, stock=stock)
