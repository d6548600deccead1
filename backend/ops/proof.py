"""What `prove` asks of each app: every check yields one sentence per disagreement."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from django.db import connection

from backend.core import triggers
from backend.ledger import proof as ledger
from backend.seal import proof as seal
from campaigns import queries as campaigns

Check = Callable[[], Iterator[str]]


def checks(as_of: datetime | None, against: str | None = None) -> list[tuple[str, Check]]:
    """Title and check, in the order in which they are told. As of an earlier instant only the journal can be asked."""
    journal: list[tuple[str, Check]] = [
        ("both sides of every transfer count one asset", ledger.assets),
        ("every transfer left the balance that the journal gives", partial(ledger.chains, as_of)),
    ]
    if as_of:
        return journal
    kept = [("the journal only grew since the kept checkpoint", partial(seal.disagreements_against, against or ""))]
    return [
        *(kept if against is not None else []),
        ("the database keeps its own laws (triggers stand)", _triggers),
        *journal,
        ("balances equal the journal", ledger.balances),
        ("lots equal their uses, and their accounts", ledger.lots),
        ("reversals stay within what they reverse", ledger.reversals),
        ("holds end once, and go on or back whole", ledger.holds),
        ("budgets are where they were spent", ledger.budgets),
        ("the seal equals the journal, leaf by leaf", seal.disagreements),
        ("offers, vouchers and redemptions equal the journal", campaigns.disagreements),
    ]


def _triggers() -> Iterator[str]:
    for name in triggers.missing(connection):
        yield f"trigger {name} is missing"
