"""What earning tells people's inboxes: that points came, wait or went, and why."""

from datetime import datetime
from uuid import UUID

from backend.earning.models import Appeal, Award
from backend.earning.types import REASONS, AppealState, AwardStatus, ReasonCode
from backend.inbox import services as inbox
from backend.inbox.types import Kind


def tell_award(award: Award, now: datetime) -> None:
    waits = award.status != AwardStatus.AWARDED
    inbox.tell(
        to=award.resident_id,
        kind=Kind.AWARD,
        title_zh=f"{award.points} 积分待确认" if waits else f"获得 {award.points} 积分",
        title_en=f"{award.points} points wait to be confirmed" if waits else f"{award.points} points earned",
        why_zh=award.why_zh,
        why_en=award.why_en,
        data=_data(award.pk, award.points),
        now=now,
    )


def tell_decision(award: Award, *, approved: bool, points: int, reason: str, now: datetime) -> None:
    """The end of a wait: confirmed, or rejected for `reason`."""
    inbox.tell(
        to=award.resident_id,
        kind=Kind.REVIEW_DECIDED,
        title_zh=f"审核通过，{points} 积分已到账" if approved else "审核未通过，积分未发放",
        title_en=f"Approved: {points} points have arrived" if approved else "Not approved: no points were given",
        why_zh=f"{award.why_zh}：{reason}",
        why_en=f"{award.why_en}: {reason}",
        data=_data(award.pk, points),
        now=now,
    )


def tell_taken_back(award: Award, *, points: int, reason: str, now: datetime) -> None:
    inbox.tell(
        to=award.resident_id,
        kind=Kind.RETURNED,
        title_zh=f"{points} 积分已退回",
        title_en=f"{points} points were taken back",
        why_zh=f"{award.why_zh}：{reason}",
        why_en=f"{award.why_en}: {reason}",
        data=_data(award.pk, points),
        now=now,
    )


def tell_appeal(appeal: Appeal, now: datetime) -> None:
    """What came of an appeal. The points of an upheld one are told of by the award that brings them."""
    upheld, title = appeal.state == AppealState.UPHELD, REASONS[ReasonCode(appeal.reason_code)]
    inbox.tell(
        to=appeal.resident_id,
        kind=Kind.APPEAL_DECIDED,
        title_zh="申诉成立" if upheld else "申诉未成立",
        title_en="Your appeal was upheld" if upheld else "Your appeal was declined",
        why_zh=f"{title.zh}：{appeal.reason}",
        why_en=f"{title.en}: {appeal.reason}",
        data={"appeal": str(appeal.pk)},
        now=now,
    )


def tell_joined(user_id: UUID, now: datetime) -> None:
    inbox.tell(
        to=user_id,
        kind=Kind.JOINED,
        title_zh="您与另一账户合并计算限额",
        title_en="You share limits with another account",
        why_zh="两个账户使用了同一支付账户，按规则视为同一人：积分与余额不变，限额合并计算。若不是同一人，请申诉。",
        why_en=(
            "Both paid with one payment account and so count as one person: points stay, limits are shared. "
            "Appeal if you are not one person."
        ),
        data={"appeal": "one_person"},
        now=now,
    )


def _data(award_id: UUID, points: int) -> dict[str, str | int]:
    return {"award": str(award_id), "points": points}
