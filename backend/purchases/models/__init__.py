"""Rows of green consumption. What must always be true of them is a constraint."""

from backend.purchases.models.occasions import Attendance, Occasion, Seats
from backend.purchases.models.receipts import ConfirmedAct, Purchase, Receipt, ReceiptPayer, Refund, RefundedFen
from backend.purchases.models.registry import Certification, Goods, Permit
from backend.purchases.models.tills import TillKey

__all__ = [
    "Attendance",
    "Certification",
    "ConfirmedAct",
    "Goods",
    "Occasion",
    "Permit",
    "Purchase",
    "Receipt",
    "ReceiptPayer",
    "Refund",
    "RefundedFen",
    "Seats",
    "TillKey",
]
