"""The only writer of balances, lots, holds and budgets. Every verb is a step: it wants the caller's transaction.

Lock order. Balance rows are taken by (hot, id): cold rows of people first, then rows that everybody wants. What lots
an account has is read and written only under its balance row, so the row is the lots' lock too. Callers that take
rows of their own take the hottest of all last.
"""

from backend.ledger.services.accounts import open_account
from backend.ledger.services.budgets import change_budget, issue, open_budget
from backend.ledger.services.holds import hold, post_hold, time_out_due, void_hold
from backend.ledger.services.limits import limit_account
from backend.ledger.services.lots import expire_due
from backend.ledger.services.posting import enter, post
from backend.ledger.services.rebuild import rebuild
from backend.ledger.services.reversals import claw_back, reverse

__all__ = [
    "change_budget",
    "claw_back",
    "enter",
    "expire_due",
    "hold",
    "issue",
    "limit_account",
    "open_account",
    "open_budget",
    "post",
    "post_hold",
    "rebuild",
    "reverse",
    "time_out_due",
    "void_hold",
]
