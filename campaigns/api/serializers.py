"""Shapes of the campaign endpoints. Answers are rendered by the shapes that describe them."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.edge.pagination import listing
from campaigns.models import Offer, OfferTerms, Voucher
from campaigns.models.terms import value_of
from campaigns.rules import status_at
from campaigns.types import PartialRefund, VoucherKind, VoucherStatus, Way

STATUSES = [status.value for status in VoucherStatus]
KINDS = [kind.value for kind in VoucherKind]


class OfferStore(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    address = serializers.CharField()


class UseTermsAnswer(serializers.Serializer[Any]):
    """How a voucher is used and what a refund does."""

    kind = serializers.ChoiceField(choices=KINDS)
    percent_off_bp = serializers.IntegerField(help_text="Basis points of the bill; 0 unless a percentage.")
    gift_item = serializers.CharField(allow_blank=True, help_text="What the bill must contain, for a gift.")
    categories = serializers.ListField(child=serializers.CharField(), help_text="Of goods; empty for any.")
    weekdays = serializers.ListField(child=serializers.IntegerField(), help_text="1 (Monday) to 7; empty for all.")
    hours = serializers.ListField(child=serializers.CharField(), help_text="Parts of the day, 10:00-14:00.")
    excluded = serializers.ListField(child=serializers.DateField(), help_text="Days on which it cannot be used.")
    per_payment = serializers.IntegerField()
    combines = serializers.BooleanField(help_text="With vouchers of other offers.")
    full_refund_restores = serializers.BooleanField()
    partial_refund = serializers.ChoiceField(choices=[each.value for each in PartialRefund])
    points_back = serializers.BooleanField()


def use_body(row: OfferTerms | None) -> dict[str, Any]:
    """Terms as clients show them; no row means the usual ones."""
    terms = value_of(row)
    times = {
        "weekdays": list(terms.times.weekdays),
        "hours": [f"{_hour(start)}-{_hour(end)}" for start, end in terms.times.parts],
        "excluded": list(terms.times.excluded),
    }
    return dict(_USE.to_representation({**vars(terms), **times}))


_USE = UseTermsAnswer()  # a shape is copied field by field whenever one is made: these are read thousands of times


def _hour(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


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
    last_day = serializers.DateField(allow_null=True, help_text="The last day on which any voucher is good.")
    way = serializers.ChoiceField(choices=[way.value for way in Way], help_text="How its vouchers reach people.")
    is_open = serializers.BooleanField(help_text="False while the campaign is paused, and once it is stopped.")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    terms = serializers.ListField(child=serializers.CharField(), source="terms.zh")
    terms_en = serializers.ListField(child=serializers.CharField(), source="terms.en")
    every_store = serializers.BooleanField(help_text="Good at every store; else `stores` lists where.")
    stores = OfferStore(many=True)
    use = serializers.SerializerMethodField()

    @extend_schema_field(UseTermsAnswer)
    def get_use(self, offer: Offer) -> dict[str, Any]:
        """How its vouchers are used."""
        return use_body(offer.use_terms)


OffersAnswer = listing(OfferAnswer)


class VoucherAnswer(serializers.Serializer[Any]):
    """A voucher as its owner sees it now: past its time it is expired. Rendered by `voucher_body`."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=STATUSES, read_only=True)
    offer = serializers.UUIDField(source="offer_id")
    title = serializers.CharField(source="offer.title")
    title_en = serializers.CharField(source="offer.title_en", allow_blank=True)
    face_value_fen = serializers.IntegerField()
    min_spend_fen = serializers.IntegerField()
    remaining_fen = serializers.IntegerField(help_text="What it is still good for.")
    claimed_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    held_until = serializers.DateTimeField(
        allow_null=True, help_text="A counter keeps it until then, if in the future."
    )
    use = serializers.SerializerMethodField()

    @extend_schema_field(UseTermsAnswer)
    def get_use(self, voucher: Voucher) -> dict[str, Any]:
        """How it is used."""
        return use_body(voucher.use_terms)


_VOUCHER = VoucherAnswer()
VouchersAnswer = listing(VoucherAnswer)


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


def voucher_body(voucher: Voucher, now: datetime) -> dict[str, Any]:
    """A voucher as its owner sees it at `now`."""
    status = status_at(status=voucher.status, expires_at=voucher.expires_at, now=now).value
    return _VOUCHER.to_representation(voucher) | {"status": status}
