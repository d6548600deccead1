"""The verbs: register what is green, issue and claim receipts, refund, confirm acts, take attendance."""

from backend.purchases.services.acts import confirm
from backend.purchases.services.occasions import add_occasion, attend, cancel_occasion, code_of
from backend.purchases.services.receipts import (
    buy_at_counter,
    claim,
    forget_payers,
    issue_at_counter,
    issue_at_till,
    receipt_code,
    refund_at_counter,
    refund_at_till,
)
from backend.purchases.services.registry import certify, end, list_goods, permit
from backend.purchases.services.tills import issue_till_key, revoke_till_key

__all__ = [
    "add_occasion",
    "attend",
    "buy_at_counter",
    "cancel_occasion",
    "certify",
    "claim",
    "code_of",
    "confirm",
    "end",
    "forget_payers",
    "issue_at_counter",
    "issue_at_till",
    "issue_till_key",
    "list_goods",
    "permit",
    "receipt_code",
    "refund_at_counter",
    "refund_at_till",
    "revoke_till_key",
]
