"""Codes of a voucher that need no camera: typed ones for a counter, and paper from a desk for who has no phone."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.accounts import queries as accounts
from backend.accounts.models import User
from backend.audit import services as audit
from backend.core.transactions import require_transaction
from backend.tokens import services as tokens
from backend.tokens.types import Purpose, TypedCode
from campaigns import errors, queries
from campaigns.models import Slip, Voucher
from campaigns.services import presented, quotes
from campaigns.types import VoucherStatus

MAX_LISTED = 50


def issue_typed(*, by: User, voucher_id: UUID, now: datetime) -> TypedCode:
    """A short code of one's own usable voucher. Raises NotFound, VoucherAlreadyRedeemed or VoucherExpired."""
    require_transaction()
    voucher = queries.usable_voucher(voucher_id, by.pk, now)
    return tokens.issue_typed(purpose=Purpose.VOUCHER, subject=voucher.pk, now=now)


def look_up(*, by: User, phone: str, now: datetime) -> list[Voucher]:
    """The usable vouchers of the person who stands at the desk, by their number; a look-up leaves its audit row.

    An unknown number has none: the desk learns no more than that. Raises PhoneInvalid.
    """
    require_transaction()
    person = accounts.person_by_phone(phone)
    audit.record(by=by.pk, action="campaigns.desk_look_up", subject=person.pk if person else "nobody", now=now)
    if person is None:
        return []
    return list(queries.vouchers_of(person.pk, now, VoucherStatus.CLAIMED).order_by("expires_at", "id")[:MAX_LISTED])


def print_slip(*, by: User, voucher_id: UUID, now: datetime) -> Slip:
    """A new slip of a usable voucher; the one printed before is worth nothing from here on.

    Raises NotFound, VoucherAlreadyRedeemed, VoucherExpired, OwnVoucher; SlipJustPrinted when two desks print at once.
    """
    require_transaction()
    voucher = presented.voucher_of(voucher_id)
    quotes.require_usable(voucher, now)
    if voucher.resident_id == by.pk:
        raise errors.OwnVoucher
    Slip.objects.filter(voucher=voucher, revoked_at=None).update(revoked_at=now)
    try:
        with transaction.atomic():
            holder = accounts.masked_phone(voucher.resident_id)
            slip = Slip.objects.create(voucher=voucher, printed_by=by.pk, holder=holder, printed_at=now)
    except IntegrityError:
        raise errors.SlipJustPrinted from None
    tokens.issue_on_paper(purpose=Purpose.VOUCHER_PRINTED, subject=slip.pk, until=voucher.expires_at)
    audit.record(by=by.pk, action="campaigns.print_slip", subject=slip.pk, now=now, voucher=str(voucher.pk))
    return slip
