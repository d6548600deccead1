"""The verbs: apply and be decided on, suspend and reinstate, keep stores, staff and devices.

Steps: they want the caller's transaction. Each leaves an audit row.
"""

from backend.merchants.services.applications import apply, decide
from backend.merchants.services.devices import enrol, issue_enrolment, revoke_device
from backend.merchants.services.merchants import register_merchant, reinstate, suspend
from backend.merchants.services.staff import add_staff, remove_staff
from backend.merchants.services.stores import add_store, change_store
from backend.merchants.services.taking import require_taking

__all__ = [
    "add_staff",
    "add_store",
    "apply",
    "change_store",
    "decide",
    "enrol",
    "issue_enrolment",
    "register_merchant",
    "reinstate",
    "remove_staff",
    "require_taking",
    "revoke_device",
    "suspend",
]
