"""People and what they may do."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from backend.accounts import crypto, rules
from backend.accounts.models import Consent, Grant, Member, OtpChallenge, Session, User, WechatAccount
from backend.accounts.services.clusters import drop_marks
from backend.accounts.services.consents import declare, release_all
from backend.accounts.services.households import leave_household
from backend.accounts.types import ConsentPurpose, Role
from backend.audit import services as audit
from backend.core.transactions import require_transaction


def change_profile(*, by: User, name: str | None, told: Mapping[ConsentPurpose, str | int], now: datetime) -> User:
    """Changes what is named: the name, and what the person tells about themselves (see `declare`)."""
    require_transaction()
    if name is not None:
        rename(by=by, name=name, now=now)
    declare(by=by, values=told, now=now)
    return by


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


def revoke(*, by: object, grant: Grant, now: datetime) -> None:
    """Takes a role away, from this commit on. Idempotent."""
    require_transaction()
    if Grant.objects.filter(pk=grant.pk).delete()[0]:
        told = {"role": grant.role, "scope": str(grant.scope_id)}
        audit.record(by=by, action="accounts.revoke", subject=grant.user_id, now=now, **told)


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
    release_all(by.pk)
    Consent.objects.filter(user=by).delete()
    WechatAccount.objects.filter(user=by).delete()
    if Member.objects.filter(user=by).exists():
        leave_household(by=by, now=now)
    drop_marks(user=by, now=now)
    nobody = {"phone_digest": secrets.token_hex(32), "phone_sealed": crypto.seal(""), "name": "", "is_active": False}
    User.objects.filter(pk=by.pk).update(**nobody)
    audit.record(by=by.pk, action="accounts.forget", subject=by.pk, now=now)
