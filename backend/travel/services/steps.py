"""A day's steps, from WeChat Run or declared. Only an increase counts; a lower figure moves nothing."""

import hashlib
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.core import clock
from backend.core.transactions import require_transaction
from backend.earning.types import Activity, Grade
from backend.travel import errors
from backend.travel.rules import wechat_run
from backend.travel.services import crediting
from backend.travel.types import Outcome, Steps, StepSource

DAYS_SYNCED = timedelta(days=7)  # how far back WeChat Run's days are still counted
_GRADE = {StepSource.WECHAT: Grade.DEVICE, StepSource.DECLARED: Grade.SELF_DECLARED}
_LABEL = {StepSource.WECHAT: ("微信运动", "WeChat Run"), StepSource.DECLARED: ("自行申报", "self-declared")}


def declare_steps(*, by: User, steps: Steps, now: datetime) -> Outcome:
    """Counts a declared figure of today or yesterday, at half credit. Raises StepsDayOutOfRange."""
    require_transaction()
    today = clock.local(now).date()
    if not today - timedelta(days=1) <= steps.day <= today:
        raise errors.StepsDayOutOfRange
    return _count_day(by.pk, steps, StepSource.DECLARED, now)


def sync_steps(*, by: User, encrypted: str, iv: str, now: datetime) -> list[Outcome]:
    """Counts the days of the last week in WeChat Run's encrypted data, oldest first, at full credit.

    It is opened with the session key that WeChat gave to the server. Raises WechatSessionMissing of accounts,
    WeChatDataInvalid, WeChatDataStale.
    """
    require_transaction()
    session_key, appid = accounts.wechat_session_key(by), settings.WECHAT_APPID
    data = wechat_run.decrypt(encrypted=encrypted, iv=iv, session_key=session_key, appid=appid, now=now)
    today = clock.local(now).date()
    first = today - DAYS_SYNCED
    recent = [each for each in wechat_run.steps_of(data, zone=clock.ZONE) if first <= each.day <= today]
    return [_count_day(by.pk, each, StepSource.WECHAT, now) for each in sorted(recent, key=lambda each: each.day)]


def _count_day(resident_id: UUID, steps: Steps, source: StepSource, now: datetime) -> Outcome:
    """Raises the day's total to `steps.count` where that is more, and awards the increase."""
    tally = crediting.tally_of(resident_id, steps.day, Activity.STEPS)
    if steps.count > tally.total:
        crediting.add(tally, steps.count - tally.total)
    zh, en = _LABEL[source]
    made = crediting.credit(
        tally=tally,
        grade=_GRADE[source],
        label=(f"{steps.day:%m月%d日} {tally.total} 步（{zh}）", f"{tally.total} steps on {steps.day:%m-%d} ({en})"),
        digest=hashlib.sha256(f"{tally.pk}:{steps.count}:{source}".encode()).hexdigest(),
        at=_within(steps.day, now),
        now=now,
    )
    return Outcome.of(tally.pk, made)


def _within(day: date, now: datetime) -> datetime:
    """The last instant of the day that is not after `now`: steps have no hour."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=clock.ZONE)
    return min(now, clock.day_bounds(noon)[1] - timedelta(microseconds=1))
