"""Votes: what the asker thought of an answer. They are read by people; no ranking ever asks for them."""

from datetime import datetime
from uuid import UUID

from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from bot.care import gaps
from bot.care.types import VoteReason
from bot.errors import AlreadyVoted
from bot.models import Turn, Vote
from bot.queries import conversation_of


def vote(
    *, by: UUID | None, conversation: UUID, turn: UUID, helpful: bool, reason: VoteReason | None, now: datetime
) -> Vote:
    """Says once whether an answer helped; `reason` belongs to a vote against. Such a vote counts on a gap.

    The same vote again changes nothing. Raises NotFound, AlreadyVoted.
    """
    require_transaction()
    voted_on = Turn.objects.filter(conversation=conversation_of(conversation, by), pk=turn).first()
    if voted_on is None:
        raise NotFound
    said = "" if reason is None else reason.value
    kept, first = Vote.objects.get_or_create(turn=voted_on, defaults={"helpful": helpful, "reason": said, "at": now})
    if not first and (kept.helpful, kept.reason) != (helpful, said):
        raise AlreadyVoted
    if first and not helpful and voted_on.gap_id is None and voted_on.need:
        Turn.objects.filter(pk=turn).update(gap=gaps.gap_of(voted_on.need, voted_on.citations, now))
    return kept
