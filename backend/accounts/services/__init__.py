"""The verbs: log in and out, be a person, consent, share a household, be known again over several accounts."""

from backend.accounts.services.clusters import (
    drop_due_marks,
    note_mark,
    note_marks,
    note_payers,
    payer_digest,
    split_person,
)
from backend.accounts.services.consents import consent, declare, verify_attribute, withdraw
from backend.accounts.services.households import accept_invitation, invite, leave_household
from backend.accounts.services.login import log_in, log_out, open_session, prove_number, refresh, send_code
from backend.accounts.services.people import change_profile, forget, grant, person_of, rename, revoke
from backend.accounts.services.wechat import bind_wechat, drop_unbound, log_in_with_wechat, wechat_session_key

__all__ = [
    "accept_invitation",
    "bind_wechat",
    "change_profile",
    "consent",
    "declare",
    "drop_due_marks",
    "drop_unbound",
    "forget",
    "grant",
    "invite",
    "leave_household",
    "log_in",
    "log_in_with_wechat",
    "log_out",
    "note_mark",
    "note_marks",
    "note_payers",
    "open_session",
    "payer_digest",
    "person_of",
    "prove_number",
    "refresh",
    "rename",
    "revoke",
    "send_code",
    "split_person",
    "verify_attribute",
    "wechat_session_key",
    "withdraw",
]
