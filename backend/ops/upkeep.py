"""What must happen as time passes: lots, holds and vouchers end, the journal is sealed.

Every step may run late, twice, in pieces or beside itself: what must never happen late (spending an expired lot,
redeeming an expired voucher) is refused by the verbs themselves.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from io import StringIO

from django.core.management import call_command
from django.db import close_old_connections, transaction

from backend.core import clock
from backend.ledger import services as ledger
from backend.ops import metrics
from backend.seal import queries as seal
from campaigns import services as campaigns

log = logging.getLogger("backend.ops")
BY = "upkeep"
STEPS: dict[str, Callable[[datetime], int]] = {
    "accounts with expired points": lambda now: ledger.expire_due(now=now),
    "holds timed out": lambda now: ledger.time_out_due(now=now),
    "vouchers expired": lambda now: campaigns.expire_due(by=BY, now=now),
}


def run_once() -> dict[str, int]:
    """Every step until nothing is due, each piece in a transaction of its own. How many of each were due."""
    now = clock.now()
    done = {name: _until_none(step, now) for name, step in STEPS.items()}
    call_command("seal", stdout=StringIO())
    lag = seal.lag(clock.now())
    if metrics.is_late(lag.oldest_seconds):
        log.error("the seal is late: %s transfers wait, the oldest %s s", lag.unsealed, lag.oldest_seconds)
    return done


def run_forever(seconds: float) -> None:
    """`run_once` again and again; a failing run is logged and the next one tries anew."""
    while True:
        try:
            run_once()
        except Exception:
            log.exception("upkeep failed")
        close_old_connections()
        time.sleep(seconds)


def _until_none(step: Callable[[datetime], int], now: datetime) -> int:
    total = 0
    while due := _piece(step, now):
        total += due
    return total


def _piece(step: Callable[[datetime], int], now: datetime) -> int:
    with transaction.atomic(durable=True):
        return step(now)
