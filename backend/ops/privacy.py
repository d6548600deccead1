"""What a person may ask of their data: a copy of all of it, and to be forgotten.

The fiscal ledger stays, as the law wants, and holds nothing but an id that no longer leads to anybody.
"""

from datetime import datetime
from typing import Any

from backend.accounts import queries as accounts
from backend.accounts import services as people
from backend.accounts.models import User
from backend.core import clock
from backend.core.transactions import require_transaction
from backend.earning.models import Award
from backend.ledger import queries as ledger
from bot.models import Conversation, Turn
from campaigns.models import Voucher


def export(person: User) -> dict[str, Any]:
    """Everything that is held about `person`, by kind, newest first; times on the district's clock."""
    account = accounts.points_account(person.pk)
    entries = (ledger.entry_of(row, account.owner) for row in ledger.journal_of(account).order_by("-id"))
    membership = accounts.membership(person.pk)
    return {
        "profile": {
            "id": person.pk,
            "phone": person.phone_masked,
            "name": person.name,
            "since": _at(person.created_at),
        },
        "roles": person.roles(),
        "household": membership.household_id if membership else None,
        "points": [
            {"at": _at(each.at), "points": each.amount, "kind": each.code, "memo": each.memo} for each in entries
        ],
        "awards": [
            {"at": _at(row.at), "station": row.station.name, "points": row.points, "why": row.why_zh}
            for row in Award.objects.filter(resident_id=person.pk).select_related("station").order_by("-at")
        ],
        "vouchers": [
            {"id": row.pk, "offer": row.offer.title, "status": row.status, "claimed_at": _at(row.claimed_at)}
            for row in Voucher.objects.filter(resident_id=person.pk).select_related("offer").order_by("-id")
        ],
        "questions": [
            {"at": _at(row.at), "question": row.question, "answer": row.answer}
            for row in Turn.objects.filter(conversation__owner=person).order_by("-id")
        ],
    }


def erase(*, by: User, now: datetime) -> None:
    """Forgets a person: telephone, name, household, roles, sessions and conversations are gone for good.

    Whoever logs in with the same number later is somebody new.
    """
    require_transaction()
    Conversation.objects.filter(owner=by).delete()
    people.forget(by=by, now=now)


def _at(instant: datetime) -> datetime:
    return clock.local(instant)
