"""The verbs: log in and out, be a person with a name and roles, share a household."""

from backend.accounts.services.households import accept_invitation, invite, leave_household
from backend.accounts.services.login import log_in, log_out, open_session, refresh, send_code
from backend.accounts.services.people import forget, grant, person_of, rename

__all__ = [
    "accept_invitation",
    "forget",
    "grant",
    "invite",
    "leave_household",
    "log_in",
    "log_out",
    "open_session",
    "person_of",
    "refresh",
    "rename",
    "send_code",
]
