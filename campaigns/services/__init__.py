"""The verbs: draft, approve, pause and stop; claim, preview, redeem, return, expire. Steps: they want a transaction."""

from campaigns.services.challenges import advance_challenges
from campaigns.services.claims import claim, enter_claim
from campaigns.services.draws import advance_draws, enter_draw
from campaigns.services.drops import advance_drops, take_ticket
from campaigns.services.expiry import expire_due
from campaigns.services.forgetting import forget
from campaigns.services.grants import advance_grants, approve_grant, draft_grant, reject_grant
from campaigns.services.handing import hand_out
from campaigns.services.holds import preview, redeem_held, release
from campaigns.services.life import approve, pause, resume, send_back, stop, submit
from campaigns.services.money import approve_money, propose_money, reject_money
from campaigns.services.notices import tell_expiring_vouchers, tell_new_vouchers
from campaigns.services.offline_allowances import close_allowance, close_due, open_allowance
from campaigns.services.offline_codes import issue_offline_code, revocations
from campaigns.services.offline_uploads import upload_line
from campaigns.services.plans import add_offer, draft_campaign
from campaigns.services.redemptions import redeem
from campaigns.services.returns import give_back
from campaigns.services.settlement_payments import import_payments
from campaigns.services.settlement_reviews import adjust, dispute_line, hold_line, resolve_hold
from campaigns.services.settlement_runs import run_settlement, settle
from campaigns.services.settlement_steps import approve_statement, confirm_statement
from campaigns.services.slips import issue_typed, look_up, print_slip
from campaigns.services.timely import advance_campaigns
from campaigns.services.ways import choose_way

__all__ = [
    "add_offer",
    "adjust",
    "advance_campaigns",
    "advance_challenges",
    "advance_draws",
    "advance_drops",
    "advance_grants",
    "approve",
    "approve_grant",
    "approve_money",
    "approve_statement",
    "choose_way",
    "claim",
    "close_allowance",
    "close_due",
    "confirm_statement",
    "dispute_line",
    "draft_campaign",
    "draft_grant",
    "enter_claim",
    "enter_draw",
    "expire_due",
    "forget",
    "give_back",
    "hand_out",
    "hold_line",
    "import_payments",
    "issue_offline_code",
    "issue_typed",
    "look_up",
    "open_allowance",
    "pause",
    "preview",
    "print_slip",
    "propose_money",
    "redeem",
    "redeem_held",
    "reject_grant",
    "reject_money",
    "release",
    "resolve_hold",
    "resume",
    "revocations",
    "run_settlement",
    "send_back",
    "settle",
    "stop",
    "submit",
    "take_ticket",
    "tell_expiring_vouchers",
    "tell_new_vouchers",
    "upload_line",
]
