"""What campaigns tell people's inboxes: a voucher came, was used, came back, ends soon; and why.

New vouchers are told by a job soon after, not in the claim: a rush must not write a message in its hot transaction.
"""

from datetime import datetime, timedelta

from backend.accounts.queries import active_residents
from backend.core import clock
from backend.core.money import yuan
from backend.core.transactions import require_transaction
from backend.inbox import services as inbox
from backend.inbox.types import Kind
from campaigns.models import Redemption, Return, Voucher
from campaigns.types import VoucherStatus, Way

_SOON = timedelta(days=3)
_WHY = {
    Way.EXCHANGE: ("您用 {points} 积分兑换", "You paid {points} points for it"),
    Way.GRANT: ("活动方向您发放", "It was given to you by the campaign"),
    Way.DROP: ("您抢到了一张", "You got one of the drop"),
    Way.DRAW: ("您报名后中签", "You signed up and were drawn"),
    Way.CHALLENGE: ("您完成了绿色挑战", "You completed a green challenge"),
}


def tell_new_vouchers(*, now: datetime, limit: int = 200) -> int:
    """Tells residents of vouchers that they have not been told of. How many there were, 0 when none is left."""
    require_transaction()
    batch = list(Voucher.objects.filter(told=False).select_related("offer").order_by("pk")[:limit])
    there = active_residents({each.resident_id for each in batch})
    for voucher in batch:
        if Voucher.objects.filter(pk=voucher.pk, told=False).update(told=True) and voucher.resident_id in there:
            _tell_new(voucher, now)
    return len(batch)


def tell_expiring_vouchers(*, now: datetime, limit: int = 200) -> int:
    """Tells residents once of each voucher that ends within three days. How many there were, 0 when none is left."""
    require_transaction()
    due = Voucher.objects.filter(
        status=VoucherStatus.CLAIMED.value, warned=False, expires_at__gt=now, expires_at__lte=now + _SOON
    )
    batch = list(due.select_related("offer").order_by("expires_at", "pk")[:limit])
    there = active_residents({each.resident_id for each in batch})
    for voucher in batch:
        if Voucher.objects.filter(pk=voucher.pk, warned=False).update(warned=True) and voucher.resident_id in there:
            _tell_expiring(voucher, now)
    return len(batch)


def tell_redeemed(redemption: Redemption, voucher: Voucher, now: datetime) -> None:
    """In the transaction of the redemption: what was taken off, where."""
    if not active_residents({voucher.resident_id}):
        return
    offer, store = voucher.offer, redemption.store
    paid, off = yuan(redemption.payable_fen), yuan(redemption.discount_fen)
    inbox.tell(
        to=voucher.resident_id,
        kind=Kind.REDEMPTION,
        title_zh=f"“{offer.title}”已使用，抵扣 {off} 元",
        title_en=f"Used: {offer.title_en or offer.title}, {off} yuan off",
        why_zh=f"在{store.name}消费，实付 {paid} 元。如非本人操作，请联系门店。",
        why_en=f"At {store.name}; {paid} yuan were left to pay. If this was not you, ask the store.",
        data={"voucher": str(voucher.pk), "redemption": str(redemption.pk)},
        about=redemption.pk,
        now=now,
    )


def tell_returned(made: Return, voucher: Voucher, now: datetime) -> None:
    """In the transaction of the return: what became of the voucher."""
    if not active_residents({voucher.resident_id}):
        return
    offer, refund = voucher.offer, yuan(made.refund_fen)
    back_zh = "消费券已退回卡包，原有效期不变。" if made.restores else "按活动规则，消费券不退回。"
    back_en = "The voucher is back, with its old expiry." if made.restores else "By the terms the voucher stays used."
    inbox.tell(
        to=voucher.resident_id,
        kind=Kind.RETURNED,
        title_zh=f"“{offer.title}”的订单已退款 {refund} 元",
        title_en=f"Refunded {refund} yuan: {offer.title_en or offer.title}",
        why_zh=back_zh + (f"已退还 {made.points_back} 积分。" if made.points_back else ""),
        why_en=back_en + (f" {made.points_back} points came back." if made.points_back else ""),
        data={"voucher": str(voucher.pk), "redemption": str(made.redemption_id)},
        about=made.pk,
        now=now,
    )


def _tell_new(voucher: Voucher, now: datetime) -> None:
    offer, until = voucher.offer, clock.local(voucher.expires_at)
    why_zh, why_en = (words.format(points=voucher.points_paid) for words in _WHY[Way(voucher.source)])
    inbox.tell(
        to=voucher.resident_id,
        kind=Kind.VOUCHER_CLAIMED,
        title_zh=f"“{offer.title}”已放进卡包",
        title_en=f"In your wallet: {offer.title_en or offer.title}",
        why_zh=f"{why_zh}，有效期至 {until:%Y-%m-%d %H:%M}。",
        why_en=f"{why_en}; it is good until {until:%Y-%m-%d %H:%M}.",
        data={"voucher": str(voucher.pk), "offer": str(offer.pk)},
        about=voucher.pk,
        now=now,
    )


def _tell_expiring(voucher: Voucher, now: datetime) -> None:
    offer, until = voucher.offer, clock.local(voucher.expires_at)
    inbox.tell(
        to=voucher.resident_id,
        kind=Kind.VOUCHER_EXPIRING,
        title_zh=f"“{offer.title}”即将到期",
        title_en=f"Expires soon: {offer.title_en or offer.title}",
        why_zh=f"还可抵扣 {yuan(voucher.remaining_fen)} 元，{until:%Y-%m-%d %H:%M} 失效。",
        why_en=f"It is still good for {yuan(voucher.remaining_fen)} yuan, until {until:%Y-%m-%d %H:%M}.",
        data={"voucher": str(voucher.pk), "expires_at": until.isoformat()},
        about=voucher.pk,
        now=now,
    )
