"""The verbs of the carbon book: draft and publish a method, record an act, take a part back, rebook."""

from backend.carbon.services.entries import record, take_back
from backend.carbon.services.methods import draft_method, publish, publish_draft
from backend.carbon.services.rebooking import HEAD_START, ask_rebooking, rebook_due

__all__ = [
    "HEAD_START",
    "ask_rebooking",
    "draft_method",
    "publish",
    "publish_draft",
    "rebook_due",
    "record",
    "take_back",
]
