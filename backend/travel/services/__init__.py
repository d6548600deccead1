"""The verbs: register partners, record and settle their rides, link accounts, travel along routes, count steps."""

from backend.travel.services.declared import declare_trip
from backend.travel.services.feed import record_rides
from backend.travel.services.links import link, unlink, unlink_all
from backend.travel.services.partners import issue_key, register_partner, revoke_key
from backend.travel.services.routes import add_route, set_route_open
from backend.travel.services.settling import forget_due, settle_due
from backend.travel.services.steps import declare_steps, sync_steps
from backend.travel.services.trails import scan

__all__ = [
    "add_route",
    "declare_steps",
    "declare_trip",
    "forget_due",
    "issue_key",
    "link",
    "record_rides",
    "register_partner",
    "revoke_key",
    "scan",
    "set_route_open",
    "settle_due",
    "sync_steps",
    "unlink",
    "unlink_all",
]
