"""The verbs: check in, decide on what waits for review, give points away."""

from backend.earning.services.acts import PROGRAMME, check_in, review, tell_balance
from backend.earning.services.giving import donate, invite_by_code, share

__all__ = ["PROGRAMME", "check_in", "donate", "invite_by_code", "review", "share", "tell_balance"]
