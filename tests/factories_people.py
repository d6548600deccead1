"""Households and consents for tests, by the services that make them in life."""

from datetime import datetime

from django.db import transaction

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.types import ConsentPurpose, Role
from tests.factories import NOON, person


def household(*members: User, now: datetime = NOON) -> None:
    """The first has invited the others, and each has accepted."""
    first, *others = members
    with transaction.atomic():
        for other in others:
            accounts.invite(by=first, invitee=other.pk, now=now)
            accounts.accept_invitation(by=other, now=now)


def tell(user: User, purpose: ConsentPurpose, value: str | int, now: datetime = NOON) -> None:
    """Consent and what it allows, at once."""
    with transaction.atomic():
        accounts.consent(by=user, purpose=purpose, now=now)
        accounts.declare(by=user, values={purpose: value}, now=now)


def operator() -> User:
    user = person()
    with transaction.atomic():
        accounts.grant(by="t", user=user, role=Role.OPERATOR, scope_kind="service", scope_id=None, now=NOON)
    return user
