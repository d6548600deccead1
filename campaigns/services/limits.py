"""How many vouchers one person may have: of an offer, and of a campaign within a day, a week, a month and in all."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Sum

from backend.accounts.queries import accounts_of_person
from backend.core import clock
from backend.core.batch import Batch
from campaigns import errors, rules
from campaigns.models import ClaimUse, Offer, SpanUse, Voucher
from campaigns.types import Span


def count(batch: Batch, voucher: Voucher, offer: Offer, *, joined: bool, now: datetime) -> None:
    """Counts the voucher of a person, who may have several accounts (`joined`), against every limit.

    The person bears the oldest account's id. What the others used under their own ids before a mark joined them takes
    from the limit; nobody counts under those any more, so they need no lock.
    """
    before = accounts_of_person(voucher.person_id) if joined else ()
    _count_of_offer(batch, voucher, offer, before)
    local = clock.local(now)
    for span, limit in rules.spans_of(offer.campaign.limits):
        _count_of_span(batch, voucher, offer, span, limit, local, before)


def _count_of_offer(batch: Batch, voucher: Voucher, offer: Offer, before: Sequence[UUID]) -> None:
    limit = offer.per_person_limit
    batch.count(
        ClaimUse, limit=limit - _used(ClaimUse, before, offer=offer.pk),
        otherwise=lambda: errors.ClaimLimitReached(limit=limit), offer=offer.pk, person_id=voucher.person_id,
    )  # fmt: skip


def _count_of_span(
    batch: Batch, voucher: Voucher, offer: Offer, span: Span, limit: int, local: datetime, before: Sequence[UUID]
) -> None:
    of: dict[str, Any] = {
        "campaign": offer.campaign_id,
        "span": span.value,
        "starts_on": rules.span_start(span, local.date()),
    }
    batch.count(
        SpanUse, limit=limit - _used(SpanUse, before, **of), otherwise=partial(_span_limit, span, limit, local),
        person_id=voucher.person_id, **of,
    )  # fmt: skip


def _used(counter: type[ClaimUse] | type[SpanUse], accounts: Sequence[UUID], **of: object) -> int:
    """What these accounts used under their own ids."""
    if not accounts:
        return 0
    return counter._default_manager.filter(person_id__in=accounts, **of).aggregate(n=Sum("used"))["n"] or 0


def _span_limit(span: Span, limit: int, local: datetime) -> errors.SpanLimitReached:
    after = rules.span_end(span, local.date())
    return errors.SpanLimitReached(limit=limit, span=span.value, resets_at=after and rules.midnight(after, local))
