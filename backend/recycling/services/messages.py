"""What residents are told of their pick-ups: booked, moved, given to a collector, weighed, missed, cancelled."""

from collections.abc import Sequence
from datetime import datetime

from backend.accounts.queries import active_residents
from backend.core import clock
from backend.inbox import services as inbox
from backend.inbox.types import Kind, Words
from backend.recycling.models import Pickup, Slot
from backend.recycling.types import PARTS, DayPart, Line


def tell_booked(pickup: Pickup, now: datetime) -> None:
    when = _when(pickup.slot)
    why = Words(
        "收运员上门前会派单通知；开始前两小时内不能再改期或取消。",
        "You hear when a collector is assigned. It can be moved or cancelled until two hours before.",
    )
    _tell(pickup, Words(f"已预约上门回收：{when.zh}", f"Pick-up booked: {when.en}"), why, now)


def tell_moved(pickup: Pickup, now: datetime) -> None:
    when = _when(pickup.slot)
    why = Words("原派单已取消，将重新派单。", "A collector who was assigned before is assigned anew.")
    _tell(pickup, Words(f"上门回收已改到 {when.zh}", f"Pick-up moved to {when.en}"), why, now)


def tell_assigned(pickup: Pickup, now: datetime) -> None:
    when = _when(pickup.slot)
    why = Words(
        "收运员到达后，请出示个人码或告知上门码；未核对前请勿交付物品。",
        "At the door show your personal code or say the door PIN; hand nothing over before.",
    )
    _tell(pickup, Words(f"已派收运员：{when.zh}", f"A collector comes: {when.en}"), why, now)


def tell_collected(pickup: Pickup, lines: Sequence[Line], points: int, now: datetime) -> None:
    kilograms = sum(line.grams for line in lines) / 1000
    title = Words(f"上门称重 {kilograms:g} 千克", f"Weighed at your door: {kilograms:g} kg")
    why = Words(
        f"本次共 {points} 积分。如与实际不符，请在记录中查看并联系客服。",
        f"{points} points in all. If this is not what was weighed, look at your records and tell us.",
    )
    _tell(pickup, title, why, now)


def tell_missed(pickup: Pickup, reason: str, now: datetime) -> None:
    title = Words("上门回收未完成", "Your pick-up was missed")
    why = Words(f"收运员说明：{reason}。可以重新预约。", f"The collector says: {reason}. You can book again.")
    _tell(pickup, title, why, now)


def tell_cancelled(pickup: Pickup, now: datetime) -> None:
    when = _when(pickup.slot)
    why = Words("名额已释放，可以随时重新预约。", "Its place is free again; you can book at any time.")
    _tell(pickup, Words(f"已取消上门回收：{when.zh}", f"Pick-up cancelled: {when.en}"), why, now)


def _when(slot: Slot) -> Words:
    start, end = clock.local(slot.starts_at), clock.local(slot.ends_at)
    hours = f"{start:%H:%M}–{end:%H:%M}"
    return Words(f"{start:%m月%d日}{PARTS[DayPart(slot.part)]} {hours}", f"{start:%Y-%m-%d} {hours}")


def _tell(pickup: Pickup, title: Words, why: Words, now: datetime) -> None:
    """In the transaction of what happened; nobody who was forgotten is told."""
    if not active_residents({pickup.resident_id}):
        return
    inbox.tell(
        to=pickup.resident_id,
        kind=Kind.PICKUP,
        title_zh=title.zh,
        title_en=title.en,
        why_zh=why.zh,
        why_en=why.en,
        data={"pickup": str(pickup.pk)},
        now=now,
    )
