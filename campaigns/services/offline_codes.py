"""Codes that a counter without a network can verify, and the list of those that it must not take any more."""

import json
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from backend.accounts import crypto
from backend.accounts import queries as accounts
from backend.accounts.models import User
from backend.core import clock
from backend.core.transactions import require_transaction
from backend.tokens import services as tokens
from backend.tokens.types import IssuedCode, OfflineVoucher, SignedText
from campaigns import errors, queries
from campaigns.models import OfflineAllowance, OfflineEntry, OfflineShown, Voucher
from campaigns.models.terms import value_of
from campaigns.rules import offline as rules
from campaigns.types import VoucherStatus
from campaigns.types.offline import Verdict

DOUBLE_SPENT = ("voucher_already_redeemed", "code_used")  # what tells against the person, not against the clock


def issue_offline_code(*, by: User, voucher_id: UUID, now: datetime) -> tuple[IssuedCode, int]:
    """A code of one's own usable voucher for a counter without a network, and the holder's two check digits.

    Raises NotFound, VoucherAlreadyRedeemed, VoucherExpired, OfflineNotPossible or OfflineCodesWithheld.
    """
    require_transaction()
    voucher = queries.usable_voucher(voucher_id, by.pk, now)
    terms = value_of(voucher.use_terms)
    if not rules.fits_offline(terms):
        raise errors.OfflineNotPossible
    if _marks(by.pk, now) >= rules.MAX_MARKS:
        raise errors.OfflineCodesWithheld
    issued_at = now.replace(microsecond=0)
    said = OfflineVoucher(
        key_id=settings.TOKEN_ACTIVE_KEY,
        voucher=voucher.pk,
        terms=rules.terms_digest(voucher.offer_id, voucher.use_terms_id),
        value_fen=voucher.remaining_fen,
        min_spend_fen=voucher.min_spend_fen,
        kind=rules.KINDS[terms.kind],
        holder=rules.holder_digits(crypto.digest("offline-holder", str(by.pk))),
        issued_at=issued_at,
        expires_at=min(issued_at + rules.CODE_LIFETIME, voucher.expires_at.replace(microsecond=0)),
    )
    OfflineShown.objects.update_or_create(
        voucher=voucher, defaults={"issued_at": said.issued_at, "expires_at": said.expires_at}
    )
    return tokens.issue_offline(voucher=said), said.holder


def revocations(*, now: datetime) -> SignedText:
    """The vouchers whose offline codes may be about and must not be taken: spent, expired or kept meanwhile."""
    about = OfflineShown.objects.filter(expires_at__gt=now - rules.SKEW)
    spent = ~Q(voucher__status=VoucherStatus.CLAIMED.value) | Q(voucher__held_until__gt=now)
    ids = about.filter(spent).order_by("-issued_at").values_list("voucher_id", flat=True)[: rules.MAX_REVOKED]
    named = sorted(rules.revocation_id(voucher) for voucher in ids)
    return tokens.sign(text=_json({"type": "revocations", "issued_at": clock.local(now).isoformat(), "ids": named}))


def allowance_document(allowance: OfflineAllowance) -> SignedText:
    """What the device keeps: the allowance in the server's words, which it verifies each time it is read."""
    return tokens.sign(
        text=_json(
            {
                "type": "allowance",
                "id": str(allowance.pk),
                "device": str(allowance.device_id),
                "store": str(allowance.store_id),
                "store_name": allowance.store.name,
                "max_count": allowance.max_count,
                "each_fen": allowance.each_fen,
                "total_fen": allowance.total_fen,
                "terms": allowance.terms,
                "issued_at": clock.local(allowance.issued_at).isoformat(),
                "expires_at": clock.local(allowance.expires_at).isoformat(),
            }
        )
    )


def voucher_said(code: OfflineVoucher) -> Voucher | None:
    """The voucher of a code that was proved, with its offer and terms."""
    return Voucher.objects.select_related("offer", "use_terms").filter(pk=code.voucher).first()


def _marks(user_id: UUID, now: datetime) -> int:
    """How often vouchers of this person, under whatever account, were spent twice of late."""
    rows = OfflineEntry.objects.filter(verdict=Verdict.LOSS.value, uploaded_at__gt=now - rules.MARKS_MATTER)
    return rows.filter(person_id=accounts.person_of(user_id), reason__in=DOUBLE_SPENT).count()


def _json(document: dict[str, object]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
