"""Shapes of the counter's and the desk's endpoints."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.accounts.api.serializers import Payer
from backend.edge.pagination import listing
from backend.edge.parsing import Text, WholeNumber
from backend.tokens.rules import MAX_CODE_CHARS, grouped
from backend.tokens.types import TypedCode
from campaigns.api.serializers import UseTermsAnswer, VoucherAnswer, use_body
from campaigns.models import Redemption, Return, Slip
from campaigns.rules import MAX_BILL_FEN, MAX_BILL_ITEMS, MAX_NAME_CHARS, MAX_ORDER_NO_CHARS
from campaigns.services.holds import Preview
from campaigns.types import BillItem, VoucherStatus

MAX_PHONE_CHARS = 32


class Item(serializers.Serializer[Any]):
    name = Text(max_length=MAX_NAME_CHARS)
    price_fen = WholeNumber(min_value=1, max_value=MAX_BILL_FEN)


class BillRequest(serializers.Serializer[Any]):
    code = Text(max_length=MAX_CODE_CHARS, help_text="Scanned from a screen or paper, or the nine characters typed.")
    bill_fen = WholeNumber(min_value=1, max_value=MAX_BILL_FEN, help_text="The bill before any voucher.")
    order_no = Text(max_length=MAX_ORDER_NO_CHARS, help_text="The store's own number of the payment.")
    category = Text(
        max_length=MAX_NAME_CHARS, required=False, help_text="Of the goods, where the voucher asks for one."
    )
    items = serializers.ListField(
        child=Item(), required=False, max_length=MAX_BILL_ITEMS, help_text="Lines of the bill, for a gift."
    )
    store = serializers.UUIDField(required=False, help_text="Needed by who works at several stores.")


class RedemptionRequest(BillRequest):
    payer = Payer()


class HeldRequest(serializers.Serializer[Any]):
    payer = Payer()


class PreviewRequest(BillRequest):
    hold = serializers.BooleanField(default=False, help_text="Keep the voucher for this payment for a few minutes.")


class RedemptionsQuery(serializers.Serializer[Any]):
    store = serializers.UUIDField(required=False, help_text="Needed by who works at several stores.")
    order_no = Text(max_length=MAX_ORDER_NO_CHARS, required=False, help_text="Of any day, to give money back.")


class HoldAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    expires_at = serializers.DateTimeField()


class PreviewAnswer(serializers.Serializer[Any]):
    """What the redemption would do; nothing has moved."""

    voucher = serializers.UUIDField(source="voucher.pk")
    title = serializers.CharField(source="voucher.offer.title")
    title_en = serializers.CharField(source="voucher.offer.title_en", allow_blank=True)
    use = serializers.SerializerMethodField()
    bill_fen = serializers.IntegerField(help_text="What the vouchers before this one left to pay.")
    discount_fen = serializers.IntegerField(source="quote.discount_fen")
    payable_fen = serializers.IntegerField(source="quote.payable_fen")
    left_fen = serializers.IntegerField(source="quote.left_fen", help_text="What stays on the voucher.")
    expires_at = serializers.DateTimeField(source="voucher.expires_at")
    hold = HoldAnswer(allow_null=True)

    @extend_schema_field(UseTermsAnswer)
    def get_use(self, preview: Preview) -> dict[str, Any]:
        """The terms of the voucher."""
        return use_body(preview.voucher.use_terms)


class RedemptionAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    voucher = serializers.UUIDField(source="voucher_id")
    title = serializers.CharField(source="voucher.offer.title")
    title_en = serializers.CharField(source="voucher.offer.title_en", allow_blank=True)
    store = serializers.UUIDField(source="store_id")
    store_name = serializers.CharField(source="store.name")
    order_no = serializers.CharField()
    bill_fen = serializers.IntegerField()
    discount_fen = serializers.IntegerField()
    payable_fen = serializers.IntegerField()
    refunded_fen = serializers.SerializerMethodField(help_text="What of the payment has gone back to the payer.")

    def get_refunded_fen(self, redemption: Redemption) -> int:
        """0 for a redemption that was made just now."""
        return getattr(redemption, "refunded", 0)


RedemptionsAnswer = listing(RedemptionAnswer)


class ReturnRequest(serializers.Serializer[Any]):
    refund_fen = WholeNumber(
        min_value=0, max_value=MAX_BILL_FEN, help_text="Given back to the payer; 0 only where nothing was paid."
    )
    reference = Text(max_length=MAX_ORDER_NO_CHARS, required=False, help_text="The store's own number of the refund.")


class ReturnAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    redemption = serializers.UUIDField(source="redemption_id")
    refund_fen = serializers.IntegerField()
    refunded_fen = serializers.IntegerField(help_text="Of this redemption, with this refund.")
    returned_discount_fen = serializers.IntegerField(help_text="Voucher money that the merchant gives back.")
    voucher_returned = serializers.BooleanField(source="restores", help_text="The resident can use it again.")
    points_back = serializers.IntegerField()
    reference = serializers.CharField(allow_blank=True)


class TypedCodeAnswer(serializers.Serializer[Any]):
    typed = serializers.CharField(help_text="Nine characters in groups of three, for the counter to type.")
    expires_at = serializers.DateTimeField()


class DeskRequest(serializers.Serializer[Any]):
    phone = Text(max_length=MAX_PHONE_CHARS)


class DeskAnswer(serializers.Serializer[Any]):
    results = VoucherAnswer(many=True)


class NothingAsked(serializers.Serializer[Any]):
    """`{}`."""


class ReleaseAnswer(serializers.Serializer[Any]):
    released = serializers.BooleanField()


class SlipAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    voucher = serializers.UUIDField(source="voucher_id")
    printed_at = serializers.DateTimeField()


class PrintedAnswer(SlipAnswer):
    """One line of a desk's record: what was handed to whom, and whether it is still good."""

    title = serializers.CharField(source="voucher.offer.title")
    title_en = serializers.CharField(source="voucher.offer.title_en", allow_blank=True)
    holder = serializers.CharField(allow_blank=True, help_text="The masked number of who it was handed to.")
    state = serializers.SerializerMethodField(help_text="Good, replaced by a later print, or of a voucher that ended.")

    @extend_schema_field(serializers.ChoiceField(choices=["good", "replaced", "ended"]))
    def get_state(self, slip: Slip) -> str:
        """Whether a counter would take it, but for the time."""
        if slip.revoked_at is not None:
            return "replaced"
        return "good" if slip.voucher.status == VoucherStatus.CLAIMED else "ended"


PrintedAnswers = listing(PrintedAnswer)


def asked(body: dict[str, Any]) -> dict[str, Any]:
    """The words of a redemption as the services take them."""
    items = tuple(BillItem(**item) for item in body.pop("items", ()))
    return body | {"items": items, "store_id": body.pop("store", None)}


def preview_body(preview: Preview) -> dict[str, Any]:
    """A preview as the counter sees it."""
    return dict(PreviewAnswer(preview).data)


def redemption_body(redemption: Redemption) -> dict[str, Any]:
    """A redemption as the counter sees it."""
    return dict(RedemptionAnswer(redemption).data)


def return_body(made: Return) -> dict[str, Any]:
    """A return as the counter sees it."""
    return dict(ReturnAnswer(made).data)


def typed_body(code: TypedCode) -> dict[str, Any]:
    """A short code as its owner reads it out."""
    return dict(TypedCodeAnswer({"typed": grouped(code.code), "expires_at": code.expires_at}).data)
