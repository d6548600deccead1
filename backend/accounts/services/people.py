"""People and what they may do."""

import secrets
from datetime import datetime
from uuid import UUID

from backend.accounts import crypto, rules
from backend.accounts.models import Grant, Member, OtpChallenge, Session, User
from backend.accounts.services.households import leave_household
from backend.accounts.types import Role
from backend.audit import services as audit
from backend.core.transactions import require_transaction


def rename(*, by: User, name: str, now: datetime) -> User:
    require_transaction()
    by.name = name
    by.save(update_fields=["name"])
    audit.record(by=by.pk, action="accounts.rename", subject=by.pk, now=now)
    return by


def grant(*, by: object, user: User, role: Role, scope_kind: str, scope_id: UUID | None, now: datetime) -> Grant:
    """Gives a role within a scope. Idempotent."""
    require_transaction()
    found, made = Grant.objects.get_or_create(user=user, role=role.value, scope_kind=scope_kind, scope_id=scope_id)
    if made:
        audit.record(by=by, action="accounts.grant", subject=user.pk, now=now, role=role.value, scope=str(scope_id))
    return found


def person_of(*, phone: str, now: datetime) -> User:
    """The person with this number, made if there is none."""
    require_transaction()
    number = rules.normal_phone(phone)
    fresh = {"phone_sealed": crypto.seal(number), "created_at": now}
    return User.objects.get_or_create(phone_digest=crypto.digest("phone", number), defaults=fresh)[0]


def forget(*, by: User, now: datetime) -> None:
    """Takes away everything that leads to the person; the id stays in the books and means nobody.

    The account cannot be logged into again: its number's digest is replaced by chance.
    """
    require_transaction()
    OtpChallenge.objects.filter(phone_digest=by.phone_digest).delete()
    Session.objects.filter(user=by).delete()
    Grant.objects.filter(user=by).delete()
    if Member.objects.filter(user=by).exists():
        leave_household(by=by, now=now)
    nobody = {"phone_digest": secrets.token_hex(32), "phone_sealed": crypto.seal(""), "name": "", "is_active": False}
    User.objects.filter(pk=by.pk).update(**nobody)
    audit.record(by=by.pk, action="accounts.forget", subject=by.pk, now=now)
