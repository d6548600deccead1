"""A company asks to become a merchant; an operator decides, once."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.types import Role
from backend.audit import services as audit
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.edge import live
from backend.merchants import errors, rules
from backend.merchants.models import Application, Merchant
from backend.merchants.services.merchants import register_merchant
from backend.merchants.types import MERCHANT_SCOPE, ApplicationStatus


def apply(*, by: User, name: str, uscc: str, contact: str, now: datetime) -> Application:
    """An application for review. Raises UsccInvalid, MerchantExists, ApplicationPending."""
    require_transaction()
    normal = rules.normal_uscc(uscc)
    if Merchant.objects.filter(uscc=normal).exists():
        raise errors.MerchantExists(uscc=normal)  # told early as a courtesy; the unique code of a merchant decides
    try:
        with transaction.atomic():
            made = Application.objects.create(
                applicant_id=by.pk, name=name, uscc=normal, contact=contact, applied_at=now
            )
    except IntegrityError:
        raise errors.ApplicationPending from None
    audit.record(by=by.pk, action="merchants.apply", subject=made.pk, now=now, uscc=normal)
    return made


def decide(*, by: User, application_id: UUID, approve: bool, reason: str, now: datetime) -> Application:
    """Approves (the merchant is registered and the applicant becomes its owner) or rejects, with the reason.

    Raises NotFound, ApplicationDecided, and MerchantExists where the code was registered meanwhile.
    """
    require_transaction()
    application = Application.objects.filter(pk=application_id).first()
    if application is None:
        raise NotFound
    merchant = _merchant(by, application, now) if approve and application.status == ApplicationStatus.PENDING else None
    status = ApplicationStatus.APPROVED if approve else ApplicationStatus.REJECTED
    decided = {
        "status": status.value, "merchant": merchant, "decided_by": by.pk, "decided_at": now, "reason": reason
    }  # fmt: skip
    open_one = Application.objects.filter(pk=application_id, status=ApplicationStatus.PENDING.value)
    if (approve and merchant is None) or not open_one.update(**decided):
        application.refresh_from_db()
        raise errors.ApplicationDecided(status=application.status)
    action = "merchants.approve" if approve else "merchants.reject"
    audit.record(by=by.pk, action=action, subject=application_id, now=now, reason=reason)
    live.push(application.applicant_id, {"type": "application", "id": str(application_id), "status": status.value})
    application.refresh_from_db()
    return application


def _merchant(by: User, application: Application, now: datetime) -> Merchant:
    merchant = register_merchant(by=by.pk, name=application.name, uscc=application.uscc, now=now)
    owner = User.objects.get(pk=application.applicant_id)
    accounts.grant(
        by=by.pk, user=owner, role=Role.OWNER, scope_kind=MERCHANT_SCOPE, scope_id=merchant.pk, now=now
    )  # fmt: skip
    return merchant
