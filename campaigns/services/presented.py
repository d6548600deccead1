"""What is shown at a counter: the store that looks, and the voucher behind a screen's, a typed or a printed code."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.accounts.models import User
from backend.core.errors import NotFound
from backend.merchants import queries as merchants
from backend.merchants.errors import MerchantSuspended
from backend.merchants.models import Store
from backend.merchants.types import MerchantStatus
from backend.tokens import services as tokens
from backend.tokens.types import Purpose, Token
from campaigns import errors
from campaigns.models import Slip, Voucher


@dataclass(frozen=True)
class Shown:
    """A voucher, and the code or slip by which it was shown. What proves the code is burned or checked at the use."""

    voucher: Voucher
    token: Token
    slip_id: UUID | None = None


def open_store(by: User, store_id: UUID | None) -> Store:
    """The store at whose counter `by` works. Raises Forbidden, StoreRequired or MerchantSuspended."""
    store = merchants.counter_store(by, store_id)
    if store.merchant.status != MerchantStatus.ACTIVE:
        raise MerchantSuspended(merchant=store.merchant.name, reason=store.merchant.status_reason)
    return store


def shown_voucher(*, code: str, by: User, now: datetime) -> Shown:
    """The voucher of `code`. Raises the refusals of `tokens.services.read`, SlipRevoked or NotFound."""
    token = tokens.read(code=code, purpose=(Purpose.VOUCHER, Purpose.VOUCHER_PRINTED), by=by.pk, now=now)
    if token.purpose is Purpose.VOUCHER:
        return Shown(voucher_of(token.subject), token)
    slip = Slip.objects.filter(pk=token.subject).first()
    if slip is None:
        raise NotFound
    if slip.revoked_at is not None:
        raise errors.SlipRevoked
    return Shown(voucher_of(slip.voucher_id), token, slip.pk)


def voucher_of(voucher_id: UUID) -> Voucher:
    """The voucher with its offer and terms. Raises NotFound."""
    voucher = Voucher.objects.select_related("offer", "use_terms").filter(pk=voucher_id).first()
    if voucher is None:
        raise NotFound
    return voucher


def use_up(shown: Shown, now: datetime) -> None:
    """Ends the code that was shown: a screen's or a typed one is burned; a slip must still be the newest.

    A slip lives as long as its voucher, so it is not burned; its row is taken, so that a new print waits or wins.
    Raises CodeUsed or SlipRevoked.
    """
    if shown.slip_id is None:
        tokens.burn(token=shown.token, now=now)
    elif not Slip.objects.filter(pk=shown.slip_id, revoked_at=None).update(revoked_at=None):
        raise errors.SlipRevoked
