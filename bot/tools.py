"""What a logged-in resident may ask about: read-only tools over the `queries` of the other apps, nothing else."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db.models import F

from backend.core import clock
from backend.earning import queries as earning
from backend.earning.types import StationStatus
from bot.readonly import reading_only
from bot.rules import account
from bot.rules.account import MOST_LISTED, Wants, face_value, told
from bot.types import Answer, Status
from campaigns import queries as campaigns
from campaigns.types import VoucherStatus

_MOST_STATIONS = 500


def account_answer(wants: Wants, *, resident: UUID | None, now: datetime, english: bool) -> Answer:
    """Live data of the resident's own; the request to log in where nobody is."""
    if resident is None:
        return account.log_in(wants, english=english)
    with reading_only():
        return _TOOLS[wants](resident, clock.local(now), english)


def _points(resident: UUID, now: datetime, english: bool) -> Answer:
    view = earning.points_of(resident, now)
    expiring = [(units, clock.local(at)) for units, at in view.expiring if at is not None]
    asked = (view.available, view.held, view.pending, expiring)
    return told(account.points_zh(*asked), account.points_en(*asked), now=now, english=english)


def _vouchers(resident: UUID, now: datetime, english: bool) -> Answer:
    usable = campaigns.vouchers_of(resident, now, VoucherStatus.CLAIMED).order_by("expires_at")
    count = usable.count()
    if not count:
        return told("您现在没有可用的消费券。", "You have no voucher to use now.", now=now, english=english)
    listed = [(voucher.offer.title, clock.local(voucher.expires_at)) for voucher in usable[:MOST_LISTED]]
    zh = "；".join(f"{title}，{at.month}月{at.day}日{at:%H:%M}前有效" for title, at in listed)
    en = "; ".join(f"{title}, valid until {at:%Y-%m-%d %H:%M}" for title, at in listed)
    return told(f"您有{count}张可用的消费券：{zh}。", f"You have {count} to use: {en}.", now=now, english=english)


def _offers(resident: UUID, now: datetime, english: bool) -> Answer:
    available = earning.points_of(resident, now).available
    open_now = campaigns.current_offers(now).filter(
        starts_at__lte=now, points_price__lte=available, claimed__lt=F("stock")
    )
    rows = list(open_now.order_by("points_price")[:MOST_LISTED])
    if not rows:
        zh, en = f"您有{available}分，现在没有够换的消费券。", f"With {available} points you can afford no open offer."
        return told(zh, en, now=now, english=english)
    zh = "；".join(f"{row.title}（{row.points_price}分，面额{face_value(row.face_value_fen)}）" for row in rows)
    en = "; ".join(f"{row.title} ({row.points_price} points)" for row in rows)
    return told(f"您有{available}分，可以换：{zh}。", f"With {available} points: {en}.", now=now, english=english)


def _stations(resident: UUID, now: datetime, english: bool) -> Answer:
    """Open stations by name: where the resident stands is not known here, and is not asked for."""
    views = earning.nearest_stations(None, _MOST_STATIONS, now)
    rows = [view for view in views if view.status is StationStatus.OPEN][:MOST_LISTED]
    if not rows:
        zh, en = "现在没有开放的回收点。", "No station is open now."
        return told(zh, en, now=now, english=english, status=Status.VALUE_MISSING)
    zh, en = "；".join(f"{r.name}（{r.address}）" for r in rows), "; ".join(f"{r.name} ({r.address})" for r in rows)
    return told(
        f"我不知道您的位置，按距离排序请看“站点”页面。现在开放的有：{zh}。",
        f"I do not know where you are; the stations page sorts by distance. Open now: {en}.",
        now=now,
        english=english,
        status=Status.PARTLY,
    )


_TOOLS: dict[Wants, Callable[[UUID, datetime, bool], Answer]] = {
    Wants.POINTS: _points,
    Wants.VOUCHERS: _vouchers,
    Wants.OFFERS: _offers,
    Wants.STATIONS: _stations,
}
