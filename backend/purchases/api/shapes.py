"""Shapes of green consumption over HTTP."""

from typing import Any

from rest_framework import serializers

from backend.accounts.api.serializers import Payer
from backend.accounts.services import payer_digest
from backend.core import clock
from backend.earning.api.serializers import CheckInAnswer, checkin_body
from backend.earning.types import ACTIVITIES, Activity
from backend.edge.parsing import Instant, Text, WholeNumber
from backend.purchases.models import Occasion, Purchase, Receipt
from backend.purchases.rules import MOST_FEN
from backend.purchases.types import (
    AT_COUNTER,
    AT_OCCASION,
    Category,
    Earned,
    Period,
    Refunded,
    Sale,
)

MOST_PLACES = 100_000


def choice(values: Any, **more: Any) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=[each.value for each in values], **more)


# -- what comes in ----------------------------------------------------------------------------------------------------


class SaleRequest(serializers.Serializer[Any]):
    """`amount_fen` is what was paid for the green goods of the order."""

    amount_fen = WholeNumber(min_value=1, max_value=MOST_FEN)
    category = choice(Category)
    product = Text(max_length=40, required=False, allow_blank=True, default="")
    order_no = Text(max_length=40)
    payer = Payer()


class StoreChoice(serializers.Serializer[Any]):
    store = serializers.UUIDField(required=False, help_text="For who works at several stores.")


class ReceiptRequest(SaleRequest, StoreChoice):
    pass


class CounterPurchase(ReceiptRequest):
    resident_code = Text(max_length=512)


class ClaimRequest(serializers.Serializer[Any]):
    code = Text(max_length=512)


class RefundRequest(serializers.Serializer[Any]):
    refund_fen = WholeNumber(min_value=1, max_value=MOST_FEN)
    reference = Text(max_length=40, help_text="The shop's own number of this refund.")


class CounterRefund(RefundRequest, StoreChoice):
    pass


class ActRequest(StoreChoice):
    resident_code = Text(max_length=512)
    activity = choice(AT_COUNTER)


class OccasionRequest(serializers.Serializer[Any]):
    title = Text(max_length=80)
    title_en = Text(max_length=80)
    activity = choice(AT_OCCASION)
    organiser = Text(max_length=80)
    organiser_phone = Text(max_length=20)
    place = Text(max_length=120)
    capacity = WholeNumber(min_value=1, max_value=MOST_PLACES)
    starts_at = Instant()
    ends_at = Instant()


def sale_of(body: dict[str, Any]) -> Sale:
    paid_with = payer_digest(body["payer"]) if "payer" in body else ""
    return Sale(body["order_no"], body["amount_fen"], Category(body["category"]), body["product"], paid_with)


def period_of(body: dict[str, Any], start: str = "valid_from", end: str = "valid_to") -> Period:
    return Period(body[start], body[end])


# -- what goes out ----------------------------------------------------------------------------------------------------


class ReceiptAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="Also the purchase's, once it is claimed.")
    store = serializers.UUIDField()
    order_no = serializers.CharField()
    amount_fen = serializers.IntegerField()
    category = serializers.CharField()
    product = serializers.CharField(allow_blank=True)
    issued_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class CodedReceipt(ReceiptAnswer):
    payload = serializers.CharField()
    url = serializers.URLField()
    qr = serializers.CharField(help_text="The QR symbol of `url` as a data URL (PNG).")


class CounterReceipt(ReceiptAnswer):
    claimed = serializers.BooleanField()
    refunded_fen = serializers.IntegerField()


class EarnedAnswer(CheckInAnswer):
    award = serializers.UUIDField()
    why = serializers.CharField()


class RefundAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    refund_fen = serializers.IntegerField()
    points = serializers.IntegerField(help_text="Taken back from who claimed the order.")
    left_fen = serializers.IntegerField(help_text="Of the order, still to be refunded.")


class PurchaseAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    store = serializers.CharField()
    order_no = serializers.CharField()
    category = serializers.CharField()
    amount_fen = serializers.IntegerField()
    points = serializers.IntegerField()
    award = serializers.UUIDField()


class OccasionAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    activity = serializers.CharField()
    activity_title = serializers.CharField()
    organiser = serializers.CharField()
    place = serializers.CharField()
    capacity = serializers.IntegerField()
    left = serializers.IntegerField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    cancelled_at = serializers.DateTimeField(allow_null=True)


class Done(serializers.Serializer[Any]):
    pass


def receipt_body(row: Receipt) -> dict[str, Any]:
    return {
        "id": row.pk,
        "store": row.store_id,
        "order_no": row.order_no,
        "amount_fen": row.amount_fen,
        "category": row.category,
        "product": row.product,
        "issued_at": clock.local(row.issued_at),
        "expires_at": clock.local(row.expires_at),
    }


def counter_receipt_body(row: Any) -> dict[str, Any]:
    """`row` as `queries.receipts_at` gives it."""
    return receipt_body(row) | {"claimed": hasattr(row, "purchase"), "refunded_fen": row.back_fen}


def earned_body(done: Earned, english: bool) -> dict[str, Any]:
    awarded = done.awarded
    why = awarded.why_en if english else awarded.why_zh
    return checkin_body(awarded) | {"id": done.id, "award": awarded.id, "why": why}


def refund_body(done: Refunded) -> dict[str, Any]:
    return {"id": done.id, "refund_fen": done.refund_fen, "points": done.points, "left_fen": done.left_fen}


def purchase_body(row: Purchase) -> dict[str, Any]:
    return {
        "id": row.pk,
        "at": clock.local(row.at),
        "store": row.receipt.store.name,
        "order_no": row.receipt.order_no,
        "category": row.receipt.category,
        "amount_fen": row.amount_fen,
        "points": row.award.points,
        "award": row.award_id,
    }


def occasion_body(row: Occasion, english: bool) -> dict[str, Any]:
    return {
        "id": row.pk,
        "title": row.title_en if english else row.title,
        "activity": row.activity,
        "activity_title": activity_title(row.activity, english),
        "organiser": row.organiser,
        "place": row.place,
        "capacity": row.capacity,
        "left": row.capacity - getattr(row, "taken", 0),
        "starts_at": clock.local(row.starts_at),
        "ends_at": clock.local(row.ends_at),
        "cancelled_at": clock.local(row.cancelled_at) if row.cancelled_at else None,
    }


def activity_title(activity: str, english: bool) -> str:
    info = ACTIVITIES[Activity(activity)]
    return info.en if english else info.zh
