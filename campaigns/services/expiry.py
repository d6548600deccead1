"""Expiry: money of vouchers that nobody used goes back to its campaign.

Lock order: vouchers by (expires_at, id), so that two runs cannot wait for each other; a redemption holds one voucher
and takes no other. Each voucher is claimed for expiry by the guarded statement that ends it, so a second run, or a
redemption that came first, finds nothing to do.
"""

from datetime import datetime

from backend.audit import services as audit
from backend.core.ids import new_id
from backend.core.transactions import require_transaction
from backend.edge import live
from backend.ledger import services as ledger
from campaigns.models import Voucher, campaign_account, outstanding_account
from campaigns.types import TransferCode, VoucherStatus


def expire_due(*, by: object, now: datetime, limit: int = 200) -> int:
    """Expires up to `limit` vouchers whose time has passed; returns how many were due, 0 when none is left.

    Safe to run twice, at once, and beside redemptions.
    """
    require_transaction()
    due = Voucher.objects.filter(status=VoucherStatus.CLAIMED.value, expires_at__lte=now)
    batch = list(due.order_by("expires_at", "id")[:limit])
    ended = [voucher for voucher in batch if _expire(voucher, now)]
    if ended:
        audit.record(by=by, action="campaigns.expire", subject="vouchers", now=now, count=len(ended))
    return len(batch)


def _expire(voucher: Voucher, now: datetime) -> bool:
    claimed = Voucher.objects.filter(pk=voucher.pk, status=VoucherStatus.CLAIMED.value, expires_at__lte=now)
    if not claimed.update(status=VoucherStatus.EXPIRED.value):
        return False
    ledger.post(
        debit=outstanding_account(voucher.offer_id),
        credit=campaign_account(voucher.offer_id),
        amount=voucher.face_value_fen,
        code=TransferCode.EXPIRY,
        reference=f"expiry:{voucher.pk}",
        event_id=new_id(),
        now=now,
    )
    live.push(voucher.resident_id, {"type": "voucher", "id": str(voucher.pk), "status": VoucherStatus.EXPIRED.value})
    return True
