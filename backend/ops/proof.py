"""What `prove` asks of each app: every check yields one sentence per disagreement."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from django.db import connection

from backend.accounts import queries as accounts
from backend.carbon import queries as carbon
from backend.core import triggers
from backend.earning.queries import evidence as earning
from backend.ledger import proof as ledger
from backend.merchants import queries as merchants
from backend.purchases import queries as purchases
from backend.recycling import queries as recycling
from backend.seal import proof as seal
from backend.travel import queries as travel
from campaigns import queries as campaigns
from campaigns.queries import campaign_proof, offline_proof, settlement_proof, way_proof

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
        ("the carbon book equals the journal", carbon.disagreements),
        ("a day's travel equals the rides counted into it", travel.disagreements),
        ("green purchases, acts and attendances earned what the books say", purchases.disagreements),
        ("campaigns' money is what two persons approved", campaign_proof.money),
        ("campaigns take claims as they were approved to", campaign_proof.approvals),
        ("limits per day and person equal the vouchers", campaign_proof.limits),
        ("slots, weighings and devices equal their rows", recycling.disagreements),
        ("offers, vouchers and redemptions equal the journal", campaigns.disagreements),
        ("stores take vouchers while their merchant is active", merchants.disagreements),
        ("statements, holds and payments equal the journal", settlement_proof.disagreements),
        ("upheld appeals and used photos equal the journal", earning.disagreements),
        ("what was granted, drawn and completed equals the vouchers", way_proof.disagreements),
        ("offline allowances and losses equal the journal", offline_proof.disagreements),
        ("every account counts as the person that its marks give", accounts.cluster_disagreements),
    ]


def _triggers() -> Iterator[str]:
    for name in triggers.missing(connection):
        yield f"trigger {name} is missing"
