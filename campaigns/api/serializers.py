"""Shapes of the campaign endpoints. Answers are rendered by the shapes that describe them."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.edge.parsing import Text, WholeNumber
from backend.tokens.rules import MAX_CODE_CHARS
from campaigns.models import Redemption, Voucher
from campaigns.rules import MAX_BILL_FEN, MAX_ORDER_NO_CHARS, status_at
from campaigns.types import VoucherStatus

STATUSES = [status.value for status in VoucherStatus]


class OfferStore(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    address = serializers.CharField()


class OfferAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    campaign = serializers.UUIDField(source="campaign_id")
    title = serializers.CharField()
    title_en = serializers.CharField(allow_blank=True)
    points_price = serializers.IntegerField()
    face_value_fen = serializers.IntegerField()
    min_spend_fen = serializers.IntegerField()
    remaining = serializers.IntegerField()
    per_person_limit = serializers.IntegerField()
    valid_days = serializers.IntegerField(help_text="Days from the claim within which the voucher is good.")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    terms = serializers.ListField(child=serializers.CharField(), source="terms.zh")
    terms_en = serializers.ListField(child=serializers.CharField(), source="terms.en")
    every_store = serializers.BooleanField(help_text="Good at every store; else `stores` lists where.")
    stores = OfferStore(many=True)


class CampaignAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    title_en = serializers.CharField(allow_blank=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    offers = OfferAnswer(many=True, source="current_offers")


class OffersAnswer(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    results = OfferAnswer(many=True)


class CampaignsAnswer(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    results = CampaignAnswer(many=True)


class VoucherAnswer(serializers.Serializer[Any]):
    """A voucher as its owner sees it now: past its time it is expired. Rendered by `voucher_body`."""

    id = serializers.UUIDField()
    status = serializers.SerializerMethodField()
    offer = serializers.UUIDField(source="offer_id")
    title = serializers.CharField(source="offer.title")
    title_en = serializers.CharField(source="offer.title_en", allow_blank=True)
    face_value_fen = serializers.IntegerField()
    min_spend_fen = serializers.IntegerField()
    claimed_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()

    @extend_schema_field(serializers.ChoiceField(choices=STATUSES))
    def get_status(self, voucher: Voucher) -> str:
        """The status as the resident sees it now."""
        return status_at(status=voucher.status, expires_at=voucher.expires_at, now=self.context["now"]).value


class VouchersAnswer(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    results = VoucherAnswer(many=True)


class ClaimRequest(serializers.Serializer[Any]):
    """Nothing is asked: `{}`."""


class ClaimAnswer(serializers.Serializer[Any]):
    voucher = VoucherAnswer()


class VouchersQuery(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=STATUSES, required=False)


class VoucherCodeAnswer(serializers.Serializer[Any]):
    payload = serializers.CharField()
    url = serializers.CharField(help_text="What the QR symbol holds; `code` fields take it or the bare payload.")
    expires_at = serializers.DateTimeField(help_text="From here on the code is refused.")
    refresh_at = serializers.DateTimeField(help_text="When to fetch the next one.")
    qr = serializers.CharField(help_text="The symbol: a PNG as a data URL.")


class RedemptionRequest(serializers.Serializer[Any]):
    code = Text(max_length=MAX_CODE_CHARS)
    bill_fen = WholeNumber(min_value=1, max_value=MAX_BILL_FEN, help_text="The bill before the discount.")
    order_no = Text(max_length=MAX_ORDER_NO_CHARS, help_text="The store's own number of the payment.")
    store = serializers.UUIDField(required=False, help_text="Needed by who works at several stores.")


class RedemptionsQuery(serializers.Serializer[Any]):
    store = serializers.UUIDField(required=False, help_text="Needed by who works at several stores.")


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


class RedemptionsAnswer(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    results = RedemptionAnswer(many=True)


def voucher_body(voucher: Voucher, now: datetime) -> dict[str, Any]:
    """A voucher as its owner sees it at `now`."""
    return dict(VoucherAnswer(voucher, context={"now": now}).data)


def redemption_body(redemption: Redemption) -> dict[str, Any]:
    """A redemption as the counter sees it."""
    return dict(RedemptionAnswer(redemption).data)
