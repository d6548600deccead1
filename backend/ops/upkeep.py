"""What must happen as time passes: lots, holds and vouchers end, the journal is sealed, alarms are told.

Every step may run late, twice, in pieces or beside itself: what must never happen late (spending an expired lot,
redeeming an expired voucher) is refused by the verbs themselves. An app adds a job of its own by one line in its
`tasks.register()`, `schedule("campaigns closed", Every(seconds=60), step)`; the jobs here are those of apps that
know nothing of the scheduler.
"""

import logging
from datetime import datetime

from django.db import transaction

from backend.accounts import services as accounts
from backend.core import clock
from backend.earning import services as earning
from backend.edge import signing
from backend.ledger import services as ledger
from backend.ops import metrics
from backend.ops.console.entry import drop_ended
from backend.outbox import registry
from backend.outbox.types import Step
from backend.purchases import services as purchases
from backend.recycling import services as recycling
from backend.travel import services as travel
from bot.care import gaps, tickets
from bot.care import keeping as conversations
from campaigns import services as campaigns

log = logging.getLogger("backend.ops")
BY = "upkeep"
STEPS: dict[str, Step] = {
    "accounts with expired points": lambda now: ledger.expire_due(now=now),
    "holds timed out": lambda now: ledger.time_out_due(now=now),
    "awards released": lambda now: earning.release_due(now=now),
    "partners' rides counted": lambda now: travel.settle_due(now=now),
    "partners' rides that nobody claimed forgotten": lambda now: travel.forget_due(now=now),
    "campaigns advanced": lambda now: campaigns.advance_campaigns(by=BY, now=now),
    "events of smart bins": lambda now: recycling.catch_up(now=now),
    "addresses of ended pick-ups dropped": lambda now: recycling.forget_addresses(now=now),
    "payers of receipts that nobody claimed forgotten": lambda now: purchases.forget_payers(now=now),
    "nonces forgotten": lambda now: signing.forget_nonces(now=now),
    "vouchers expired": lambda now: campaigns.expire_due(by=BY, now=now),
    "offline allowances closed": lambda now: campaigns.close_due(by=BY, now=now),
    "stores settled": lambda now: campaigns.run_settlement(by=BY, now=now),
    "telephones of forgotten people dropped": lambda now: accounts.drop_due_marks(now=now),
    "console sessions ended": lambda now: drop_ended(now=now),
    "conversations forgotten": lambda now: conversations.drop_old(now=now),
    "counts of tickets forgotten": lambda now: tickets.drop_counts(now=now),
    "gaps grouped": lambda now: gaps.group_due(),
    "unbound WeChat accounts dropped": lambda now: accounts.drop_unbound(now=now),
}


def run_once() -> dict[str, int]:
    """Every scheduled job at once, whatever its calendar says, until nothing is due. How many of each were due."""
    now = clock.now()
    return {job.name: _until_none(job.step, now) for job in registry.jobs()}


def tell_alarms(now: datetime) -> int:
    """Writes to the log what calls for a person. A job like the others; 0, as it never has a second piece."""
    for sentence in metrics.alarms(now):
        log.error(sentence)
    return 0


def _until_none(step: Step, now: datetime) -> int:
    total = 0
    while due := _piece(step, now):
        total += due
    return total


def _piece(step: Step, now: datetime) -> int:
    with transaction.atomic(durable=True):
        return step(now)
