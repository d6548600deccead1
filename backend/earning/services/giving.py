"""Giving points away: to a public-good project, or inside a household. The expiry of a point never moves."""

from datetime import datetime
from uuid import UUID

from backend.accounts import queries as accounts
from backend.accounts import services as households
from backend.accounts.models import Member, User
from backend.core.errors import NotFound
from backend.core.ids import new_id
from backend.core.transactions import require_transaction
from backend.earning import errors, queries
from backend.earning.models import Project
from backend.earning.services.awarding import tell_balance
from backend.ledger import services as ledger
from backend.ledger.errors import Overdraft
from backend.ledger.models import Transfer
from backend.ledger.types import AccountRef
from backend.tokens import services as tokens
from backend.tokens.types import Purpose


def donate(*, by: User, project_id: UUID, points: int, now: datetime) -> Transfer:
    """Gives points to a project. Raises NotFound, ProjectClosed, InsufficientPoints."""
    require_transaction()
    project = Project.objects.filter(pk=project_id).first()
    if project is None:
        raise NotFound
    if not project.open:
        raise errors.ProjectClosed
    why: dict[str, object] = {"why_zh": f"捐赠给「{project.title}」", "why_en": f"Given to “{project.title_en}”"}
    return _give(by, queries.project_account(project.pk), points, "donation", why, now)


def share(*, by: User, to: UUID, points: int, now: datetime) -> Transfer:
    """Gives points to another member of one's household. Raises NotOneHousehold, InsufficientPoints."""
    require_transaction()
    if to == by.pk or not accounts.share_a_household(by.pk, to):
        raise errors.NotOneHousehold
    why: dict[str, object] = {"why_zh": "家庭成员间转赠", "why_en": "Shared inside the household"}
    made = _give(by, accounts.points_account(to), points, "household.share", why, now)
    tell_balance(resident_id=to)
    return made


def _give(by: User, to: AccountRef, points: int, code: str, why: dict[str, object], now: datetime) -> Transfer:
    event = new_id()
    try:
        made = ledger.post(
            debit=accounts.points_account(by.pk),
            credit=to,
            amount=points,
            code=code,
            reference=f"{code}:{event}",
            event_id=event,
            now=now,
            memo=why,
        )
    except Overdraft as short:
        raise errors.InsufficientPoints(missing=short.data["missing"]) from None
    tell_balance(resident_id=by.pk)
    return made


def invite_by_code(*, by: User, code: str, now: datetime) -> Member:
    """Invites the person whose rotating code `by` has scanned: who shows it is there, and agrees to be asked.

    Raises the code's refusals and those of `accounts.services.invite`.
    """
    require_transaction()
    token = tokens.verify(code=code, purpose=Purpose.RESIDENT, now=now)
    return households.invite(by=by, invitee=token.subject, now=now)
