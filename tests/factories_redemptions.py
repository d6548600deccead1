"""Offers of every kind, previews, returns and slips for tests, made by the services that make them in life."""

from typing import Any

from django.db import transaction

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.types import Role
from backend.tokens import services as tokens
from backend.tokens.types import Purpose
from campaigns import services
from campaigns.models import Offer, Redemption, Return, Slip, Voucher
from campaigns.services.holds import Preview
from campaigns.types import UseTerms, VoucherKind
from tests.factories import NOON, person
from tests.factories_campaigns import claim, code_of, offer

CAKE = "小蛋糕"


def offer_of(kind: VoucherKind, *, face_value_fen: int = 1000, min_spend_fen: int = 100, **changes: Any) -> Offer:
    """An offer of `kind`: 20 % off for a percentage, a cake for a gift; `use` fields by name, the rest as `offer`."""
    fields = {"kind": kind}
    fields |= {"percent_off_bp": 2000} if kind is VoucherKind.PERCENTAGE else {}
    fields |= {"gift_item": CAKE} if kind is VoucherKind.GIFT else {}
    fields |= {name: changes.pop(name) for name in list(changes) if name in UseTerms.__dataclass_fields__}
    if kind is VoucherKind.THRESHOLD:
        min_spend_fen = max(min_spend_fen, face_value_fen)
    return offer(face_value_fen=face_value_fen, min_spend_fen=min_spend_fen, use=UseTerms(**fields), **changes)


def voucher_of(kind: VoucherKind, **changes: Any) -> Voucher:
    """A claimed voucher of a new offer of `kind`."""
    return claim(person(points=50), offer_of(kind, **changes))


def preview(by: User, voucher: Voucher, *, bill_fen: int = 2500, order_no: str = "A-1", **changes: Any) -> Preview:
    now = changes.pop("now", NOON)
    asked = {"code": code_of(voucher, now), "bill_fen": bill_fen, "order_no": order_no} | changes
    with transaction.atomic():
        return services.preview(by=by, **asked, now=now)


def redeem_held(by: User, made: Preview, now: Any = NOON) -> Redemption:
    assert made.hold is not None
    with transaction.atomic():
        return services.redeem_held(by=by, hold_id=made.hold.pk, now=now)


def give_back(by: User, redemption: Redemption, refund_fen: int, reference: str = "", now: Any = NOON) -> Return:
    with transaction.atomic():
        return services.give_back(
            by=by, redemption_id=redemption.pk, refund_fen=refund_fen, reference=reference, now=now
        )


def desk() -> User:
    """A person who works at a desk."""
    user = person()
    with transaction.atomic():
        accounts.grant(by="test", user=user, role=Role.DESK, scope_kind="service", scope_id=None, now=NOON)
    return user


def slip_of(voucher: Voucher, by: User | None = None, now: Any = NOON) -> Slip:
    by = by or desk()
    with transaction.atomic():
        return services.print_slip(by=by, voucher_id=voucher.pk, now=now)


def printed_code(slip: Slip, now: Any = NOON) -> str:
    return tokens.issue(purpose=Purpose.VOUCHER_PRINTED, subject=slip.pk, now=now).payload
