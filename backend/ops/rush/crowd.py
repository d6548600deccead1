"""A crowd with points and sessions, and offers for it.

The people's rows are written by the database itself, as the services would have written them: 20,000 logins would
take longer than the rush. `prove` at the end of the rush judges these rows like any other.

Everything about a person follows from their number, so that a script that knows nothing but numbers can act for them.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from backend.accounts.bearer import access_token
from backend.ledger import services as ledger
from backend.ledger.types import Asset, budget_account
from campaigns import services as campaigns
from campaigns.models import Offer
from campaigns.types import NewCampaign, NewOffer

FIRST = 100_000_000_000  # twelve digits, so that a number is the end of an id as it stands
FIRST_ACCOUNT, FIRST_LOT = 70_000_000, 80_000_000
ID = "00000000-0000-7000-8000-{}"
_POINTS, _PRICE, _FACE_FEN, _PROGRAMME = 100, 20, 500, "rush"
_PEOPLE = """
INSERT INTO accounts_user (id, phone_digest, phone_sealed, name, is_active, created_at)
  SELECT ('00000000-0000-7000-8000-' || n)::uuid, 'rush:' || n, '', '', true, %(now)s
  FROM generate_series(%(first)s::bigint, %(first)s + %(people)s - 1) n;
INSERT INTO accounts_session (id, user_id, refresh_digest, previous_digest, created_at, expires_at)
  SELECT id, id, '', '', %(now)s, %(now)s + interval '1 day' FROM accounts_user WHERE phone_digest LIKE 'rush:%%';
INSERT INTO ledger_account (id, asset, owner, kind, hot)
  SELECT %(account)s + n, 'POINT', 'resident:00000000-0000-7000-8000-' || %(first)s + n, 'lotted', false
  FROM generate_series(0, %(people)s - 1) n;
INSERT INTO ledger_transfer (asset, debit_id, credit_id, amount, code, reference, event_id, at, memo,
                             debit_balance_after, credit_balance_after)
  SELECT 'POINT', budget.id, %(account)s + n, %(points)s, 'award', 'rush:' || n, gen_random_uuid(), %(now)s, '{}',
         %(points)s * (%(people)s - n - 1), %(points)s
  FROM generate_series(0, %(people)s - 1) n, ledger_account budget WHERE budget.owner = %(budget)s ORDER BY n;
INSERT INTO ledger_lot (id, account_id, transfer_id, programme, amount, remaining, earned_at, available_from, note)
  SELECT %(lot)s + credit_id - %(account)s, credit_id, id, %(programme)s, amount, amount, at, at, ''
  FROM ledger_transfer WHERE code = 'award';
INSERT INTO ledger_balance (account_id, amount) SELECT account_id, amount FROM ledger_lot;
UPDATE ledger_balance SET amount = 0 FROM ledger_account account
  WHERE account_id = account.id AND account.owner = %(budget)s;
ANALYZE
"""


def gather(people: int, *, now: datetime) -> None:
    """Makes `people` people who have points to spend."""
    with transaction.atomic(), connection.cursor() as cursor:
        ledger.open_budget(by="rush", programme=_PROGRAMME, asset=Asset.POINT, amount=people * _POINTS, now=now)
        named: dict[str, datetime | int | str] = {
            "now": now, "people": people, "points": _POINTS, "programme": _PROGRAMME, "first": FIRST,
            "account": FIRST_ACCOUNT, "lot": FIRST_LOT, "budget": budget_account(_PROGRAMME, Asset.POINT).owner,
        }  # fmt: skip
        for statement in _PEOPLE.split(";\n"):
            cursor.execute(statement, named)


def token(person: int, now: datetime) -> str:
    """The access token of a person, by number from 0."""
    each = UUID(ID.format(FIRST + person))
    return access_token(each, each, now)


def open_offers(*stocks: int, now: datetime) -> list[Offer]:
    """A campaign that two people stand for, with an offer of each stock, one voucher a person, open now."""
    day = timedelta(days=1)
    plan = NewCampaign(
        title="抢券", starts_at=now - day, ends_at=now + day, budget_fen=sum(stocks) * _FACE_FEN
    )  # fmt: skip
    with transaction.atomic():
        campaign = campaigns.draft_campaign(by="rush-1", new=plan, now=now)
        made = [
            campaigns.add_offer(
                by="rush-1",
                campaign_id=campaign.pk,
                offer=NewOffer(
                    title="满20减5元", points_price=_PRICE, face_value_fen=_FACE_FEN, min_spend_fen=2000,
                    stock=stock, starts_at=now - day, ends_at=now + day, valid_days=10,
                ),
                now=now,
            )
            for stock in stocks
        ]  # fmt: skip
        submitted = campaigns.submit(by="rush-1", campaign_id=campaign.pk, now=now)
        campaigns.approve(by="rush-2", campaign_id=campaign.pk, version=submitted.version, now=now)
    return made
