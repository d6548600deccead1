"""What operators register as green, and how a registration ends. A till elsewhere, or other goods, earn nothing."""

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.audit import services as audit
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction
from backend.earning.types import Activity
from backend.merchants.models import Store
from backend.purchases import errors
from backend.purchases.models import Certification, Goods, Permit
from backend.purchases.models.registry import Registration
from backend.purchases.types import NewCertification, NewGoods, Period

Row = TypeVar("Row", bound=Registration)


def certify(*, by: object, store_id: UUID, new: NewCertification, valid: Period, now: datetime) -> Certification:
    """A store's certification. Raises NotFound, PeriodInvalid, RegistrationExists."""
    row = Certification(store=_store(store_id), kind=new.kind.value, number=new.number, issuer=new.issuer)
    return _register(row, by, valid, f"{new.kind.value} {new.number}", now)


def permit(*, by: object, store_id: UUID, activity: Activity, valid: Period, now: datetime) -> Permit:
    """Lets a store's counters confirm an activity. Raises NotFound, PeriodInvalid, RegistrationExists."""
    return _register(Permit(store=_store(store_id), activity=activity.value), by, valid, activity.value, now)


def list_goods(*, by: object, new: NewGoods, valid: Period, now: datetime) -> Goods:
    """Goods that earn at a certified store. Raises PeriodInvalid, RegistrationExists."""
    row = Goods(
        category=new.category.value,
        product=new.product,
        label=new.label.value,
        certificate=new.certificate,
        title=new.title,
        title_en=new.title_en,
    )
    return _register(row, by, valid, new.title, now)


def end(*, by: object, kind: type[Registration], row_id: UUID, now: datetime) -> Registration:
    """Ends a registration from now on, once; what earned by it stays. Raises NotFound, RegistrationEnded."""
    require_transaction()
    if not kind.objects.filter(pk=row_id, ended_at=None).update(ended_at=now):
        raise errors.RegistrationEnded if kind.objects.filter(pk=row_id).exists() else NotFound
    audit.record(by=by, action=f"purchases.end_{kind._meta.model_name}", subject=row_id, now=now)
    found: Registration = kind.objects.get(pk=row_id)
    return found


def _store(store_id: UUID) -> Store:
    found = Store.objects.filter(pk=store_id).first()
    if found is None:
        raise NotFound
    return found


def _register(row: Row, by: object, valid: Period, what: str, now: datetime) -> Row:
    require_transaction()
    if valid.starts_at >= valid.ends_at:
        raise errors.PeriodInvalid
    row.valid_from, row.valid_to = valid.starts_at, valid.ends_at
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise errors.RegistrationExists(what=what) from None
    audit.record(by=by, action=f"purchases.add_{row._meta.model_name}", subject=row.pk, now=now, what=what)
    return row
