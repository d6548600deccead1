"""What a statement is made of: its period, its number, what is due, what a hold takes out. Pure.

The sum of a statement is its lines less what is held. Above zero it is paid; below zero it is closed, and a later
statement carries it as a line.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from uuid import UUID

from campaigns.errors.settlement import CorrectionTooLarge
from campaigns.rules.shares import split_shares
from campaigns.types import Funder
from campaigns.types.settlement import StatementState

SETTLE_AFTER_DAYS = 1  # T+1: what happened by midnight is on the statement of the day that begins
MAX_REASON_CHARS = 200
MAX_ADJUSTMENT_FEN = 100_000_000
UNASSIGNED = "unassigned"  # money of no campaign: finance decides whose


def period_end_of(today: date, after_days: int = SETTLE_AFTER_DAYS) -> date:
    """The first day that a T+n run on `today` leaves out."""
    return today - timedelta(days=after_days - 1)


def number_of(statement_id: UUID, period_end: date) -> str:
    """What people and banks call a statement: its last day and eight characters of its id."""
    return f"{period_end - timedelta(days=1):%Y%m%d}-{statement_id.hex[-8:].upper()}"


def held_part(amount_fen: int) -> int:
    """What a hold takes out of the sum: a claim on the city, never a debt to it, or disputing would pay."""
    return max(0, amount_fen)


def state_when_approved(due_fen: int) -> StatementState:
    """Something to pay is approved for the bank; nothing, or a debt, is closed."""
    return StatementState.APPROVED if due_fen > 0 else StatementState.CLOSED


def require_correction(correction_fen: int, *, line_fen: int) -> None:
    """A correction stays within the line that it corrects; raises CorrectionTooLarge."""
    if abs(correction_fen) > abs(line_fen):
        raise CorrectionTooLarge(limit_fen=abs(line_fen))


def shares_of(amount_fen: int, funding_bp: Mapping[Funder, int]) -> dict[str, int]:
    """Whose money `amount_fen` is, to the fen; unassigned where nobody is named."""
    if not funding_bp:
        return {UNASSIGNED: amount_fen}
    return {str(funder): part for funder, part in split_shares(amount_fen, funding_bp).items()}


def total_shares(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The sums per funder, in the order of their names."""
    totals: dict[str, int] = {}
    for part in parts:
        for funder, amount in part.items():
            totals[funder] = totals.get(funder, 0) + amount
    return dict(sorted(totals.items()))
