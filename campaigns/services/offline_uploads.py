"""Uploads: lines of a device's log, in their order, each settled when it comes.

The rule: the first use that the server commits has the voucher. A line that comes later is a loss, which the merchant
is paid from the allowance's escrow; a line that breaks what the device knew is refused, and the merchant bears it.

One line an act: it is a redemption, whose lock order ends at the hot store row, so two in one transaction could wait
for each other crosswise. Lock order: the allowance (its next number is the guard of order and repetition), then as in
a redemption.
"""

import hashlib
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from backend.accounts import queries as accounts
from backend.accounts.models import User
from backend.audit import services as audit
from backend.core.errors import Refusal
from backend.core.transactions import require_transaction
from backend.ledger import services as ledger
from backend.merchants.errors import DeviceRequired, MerchantSuspended
from backend.tokens import rules as signatures
from backend.tokens import services as tokens
from backend.tokens.types import OfflineVoucher, Purpose, Token
from campaigns import errors
from campaigns.models import (
    LOSS_OFFLINE,
    OfflineAllowance,
    OfflineEntry,
    Redemption,
    Voucher,
    escrow_account,
)
from campaigns.rules import offline as rules
from campaigns.services import presented, redemptions
from campaigns.services.offline_allowances import allowance_of
from campaigns.services.offline_codes import DOUBLE_SPENT, voucher_said
from campaigns.services.presented import Shown
from campaigns.services.quotes import Payment
from campaigns.services.settlement_reviews import book_adjustment
from campaigns.types import Bill
from campaigns.types.offline import AllowanceState, OfflineCode, OfflineLine, Verdict

# These pass by themselves, so the line is not settled: the device sends it once more.
_LATER = (MerchantSuspended, DeviceRequired, errors.VoucherHeld, errors.VoucherHoldEnded, errors.QuoteChanged)
_LOSSES = {*DOUBLE_SPENT, "voucher_expired"}
_WHY = "离线核销：券已在别处使用或失效，由离线损失账户支付"


class _OtherDiscount(Exception):
    """The server would have taken off another sum than the device did."""


def upload_line(*, by: User, line: OfflineLine, device: str = "", now: datetime) -> OfflineEntry:
    """Takes the next line of a device's log and settles it. The same line once more answers what was settled.

    Raises NotFound, Forbidden, MerchantSuspended, OfflineDeviceRevoked, OfflineLineForged, OfflineLineDiffers,
    OfflineLinesMissing, OfflineAllowanceClosed, and VoucherHeld or QuoteChanged where sending it again will do.
    """
    require_transaction()
    allowance = allowance_of(line.allowance)
    presented.open_store(by, allowance.store_id)
    if allowance.device.revoked_at is not None:
        raise errors.OfflineDeviceRevoked
    text = rules.signed_text(line)
    if not signatures.signed_by(allowance.device.public_key, text, line.signature):
        raise errors.OfflineLineForged
    digest = hashlib.sha256(text.encode()).hexdigest()
    known = _known(allowance, line, digest)
    if known is not None:
        return known
    if not _advance(allowance, line, digest):
        return _out_of_turn(allowance, line, digest)
    made = _entry(allowance, line, digest, by, now)
    _settle(made, allowance, line, by, device, now)
    audit.record(by=by.pk, action="campaigns.upload_line", subject=made.pk, now=now, verdict=made.verdict)
    return made


def _known(allowance: OfflineAllowance, line: OfflineLine, digest: str) -> OfflineEntry | None:
    known = OfflineEntry.objects.filter(allowance=allowance, seq=line.seq).first()
    if known is not None and known.digest != digest:
        raise errors.OfflineLineDiffers(seq=line.seq)
    return known


def _advance(allowance: OfflineAllowance, line: OfflineLine, digest: str) -> bool:
    """The guard: one statement takes the awaited number; from here on the row is this transaction's."""
    awaited = OfflineAllowance.objects.filter(
        pk=allowance.pk, state=AllowanceState.OPEN.value, next_seq=line.seq, head=line.prev
    )
    if not awaited.update(next_seq=F("next_seq") + 1, head=digest):
        return False
    allowance.refresh_from_db(fields=["used_count", "used_fen", "lost_fen"])
    return True


def _out_of_turn(allowance: OfflineAllowance, line: OfflineLine, digest: str) -> OfflineEntry:
    """Why the line was not the awaited one; or its settlement, when the same line was faster elsewhere."""
    known = _known(allowance, line, digest)
    if known is not None:
        return known
    allowance.refresh_from_db(fields=["state", "next_seq"])
    if allowance.state == AllowanceState.CLOSED:
        raise errors.OfflineAllowanceClosed
    if line.seq != allowance.next_seq:
        raise errors.OfflineLinesMissing(expected=allowance.next_seq)
    raise errors.OfflineLineDiffers(seq=line.seq)


def _entry(allowance: OfflineAllowance, line: OfflineLine, digest: str, by: User, now: datetime) -> OfflineEntry:
    """The line as the device wrote it, not yet judged."""
    return OfflineEntry(
        allowance=allowance,
        seq=line.seq,
        digest=digest,
        prev=line.prev,
        signature=line.signature,
        code=line.code,
        order_no=line.order_no,
        bill_fen=line.bill_fen,
        discount_fen=line.discount_fen,
        accepted_at=rules.instant(line.accepted_at),
        revocations_at=line.revocations_at,
        merchant_id=allowance.store.merchant_id,
        uploaded_by=by.pk,
        uploaded_at=now,
    )


def _settle(
    made: OfflineEntry, allowance: OfflineAllowance, line: OfflineLine, by: User, device: str, now: datetime
) -> None:
    """Judges the line and writes it: charged, a loss, or refused, in this order of what is tried."""
    code, voucher, reason = _read(line)
    if code is not None and voucher is not None:
        made.voucher_id, made.person_id = voucher.pk, accounts.person_of(voucher.resident_id)
        reason = _fault(made, allowance, line, code, now) or _own(made, by) or _use_up(allowance, line.discount_fen)
        if not reason:
            reason = _charge(made, allowance, voucher, code, by, device, now)
            if not reason:
                return
            if reason in _LOSSES and not _same_merchant(made, voucher) and _lose(made, allowance, by, reason, now):
                return
    made.verdict, made.reason = Verdict.REFUSED.value, reason
    made.save(force_insert=True)


def _read(line: OfflineLine) -> tuple[OfflineVoucher | None, Voucher | None, str]:
    try:
        code = tokens.read_offline(code=line.code)
    except Refusal as no:
        return None, None, no.code
    voucher = voucher_said(code)
    return code, voucher, "" if voucher else "not_found"


def _fault(
    made: OfflineEntry, allowance: OfflineAllowance, line: OfflineLine, code: OfflineVoucher, now: datetime
) -> str:
    before = OfflineEntry.objects.filter(allowance=allowance, seq=line.seq - 1).values_list("accepted_at", flat=True)
    return rules.fault(line, code, allowance.value, before.first() or allowance.issued_at, now)


def _own(made: OfflineEntry, by: User) -> str:
    return "own_voucher" if made.person_id == accounts.person_of(by.pk) else ""


def _use_up(allowance: OfflineAllowance, discount_fen: int) -> str:
    """The ceiling: what all lines of the allowance together may take off, whatever becomes of them."""
    room = OfflineAllowance.objects.filter(
        pk=allowance.pk, used_count__lt=F("max_count"), used_fen__lte=F("total_fen") - discount_fen
    )
    taken = room.update(used_count=F("used_count") + 1, used_fen=F("used_fen") + discount_fen)
    return "" if taken else "offline_allowance_used_up"


def _charge(
    made: OfflineEntry,
    allowance: OfflineAllowance,
    voucher: Voucher,
    code: OfflineVoucher,
    by: User,
    device: str,
    now: datetime,
) -> str:
    """Makes the redemption and writes the line; answers the code of what stands against it, and then moved nothing."""
    token = Token(Purpose.VOUCHER_OFFLINE, code.key_id, code.voucher, 0, code.digest)
    payment = Payment(allowance.store, made.order_no, Bill(made.bill_fen), device)
    try:
        with transaction.atomic():
            done = redemptions.use(by=by, payment=payment, shown=Shown(voucher, token), now=now)
            if done.discount_fen != made.discount_fen:
                raise _OtherDiscount
            made.verdict, made.redemption = Verdict.CHARGED.value, done
            made.save(force_insert=True)
    except _LATER:
        raise
    except Refusal as no:
        return no.code
    except _OtherDiscount:
        made.redemption = None
        return "offline_wrong_discount"
    return ""


def _same_merchant(made: OfflineEntry, voucher: Voucher) -> bool:
    """Whether this merchant has the voucher's money already: a second time is its own devices' doing."""
    return Redemption.objects.filter(voucher=voucher, store__merchant=made.merchant_id).exists()


def _lose(made: OfflineEntry, allowance: OfflineAllowance, by: User, reason: str, now: datetime) -> bool:
    """Pays the merchant from the escrow through the loss account; False where it was paid for this voucher before."""
    amount: dict[str, Any] = {"amount": made.discount_fen, "event_id": made.pk, "now": now}
    made.verdict, made.reason, made.redemption = Verdict.LOSS.value, reason, None
    try:
        with transaction.atomic():
            ledger.post(
                debit=escrow_account(allowance.pk), credit=LOSS_OFFLINE, code=OfflineCode.LOSS,
                reference=f"offline:{made.pk}", **amount,
            )  # fmt: skip
            made.adjustment = book_adjustment(
                by, allowance.store, allowance.campaign, made.discount_fen, _WHY, now, payer=LOSS_OFFLINE
            )
            made.save(force_insert=True)
    except IntegrityError:
        made.adjustment = None
        return False
    OfflineAllowance.objects.filter(pk=allowance.pk).update(lost_fen=F("lost_fen") + made.discount_fen)
    audit.record(by=by.pk, action="campaigns.offline_loss", subject=made.person_id, now=now, entry=str(made.pk))
    return True
