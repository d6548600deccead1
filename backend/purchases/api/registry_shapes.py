"""Shapes of the registry of what is green, and of tills' keys."""

from typing import Any

from rest_framework import serializers

from backend.core import clock
from backend.edge.parsing import Instant, Text
from backend.merchants.models import Store
from backend.purchases.api.shapes import activity_title, choice
from backend.purchases.models import Certification, Goods, Permit, TillKey
from backend.purchases.models.registry import Registration
from backend.purchases.types import (
    AT_COUNTER,
    CATEGORIES,
    CERTIFICATIONS,
    LABELS,
    Category,
    CertificationKind,
    Label,
)


class Validity(serializers.Serializer[Any]):
    valid_from = Instant()
    valid_to = Instant(help_text="The first instant at which it no longer holds.")


class CertificationRequest(Validity):
    store = serializers.UUIDField()
    kind = choice(CertificationKind)
    number = Text(max_length=60)
    issuer = Text(max_length=80)


class PermitRequest(Validity):
    store = serializers.UUIDField()
    activity = choice(AT_COUNTER)


class GoodsRequest(Validity):
    category = choice(Category)
    product = Text(
        max_length=40,
        required=False,
        allow_blank=True,
        default="",
        help_text="Bar code or model; empty is all so labelled.",
    )
    label = choice(Label)  # type: ignore[assignment]
    certificate = Text(max_length=60, required=False, allow_blank=True, default="")
    title = Text(max_length=80)
    title_en = Text(max_length=80)


class RegistrationAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    valid_from = serializers.DateTimeField()
    valid_to = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class CertificationAnswer(RegistrationAnswer):
    store = serializers.UUIDField()
    kind = serializers.CharField()
    title = serializers.CharField()
    number = serializers.CharField()
    issuer = serializers.CharField()


class PermitAnswer(RegistrationAnswer):
    store = serializers.UUIDField()
    activity = serializers.CharField()
    title = serializers.CharField()


class ActsAnswer(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True, help_text="Always null: there are no more acts than activities.")
    results = PermitAnswer(many=True)


class GoodsAnswer(RegistrationAnswer):
    category = serializers.CharField()
    category_title = serializers.CharField()
    product = serializers.CharField(allow_blank=True)
    label = serializers.CharField()  # type: ignore[assignment]
    label_title = serializers.CharField()
    certificate = serializers.CharField(allow_blank=True)
    title = serializers.CharField()


class GreenStoreAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    address = serializers.CharField()
    lat = serializers.FloatField()
    lng = serializers.FloatField()
    certifications = CertificationAnswer(many=True)
    activities = PermitAnswer(many=True, help_text="What its counters may confirm.")


class TillKeyAnswer(serializers.Serializer[Any]):
    key_id = serializers.CharField()
    issued_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)


class NewTillKey(serializers.Serializer[Any]):
    key_id = serializers.CharField()
    secret = serializers.CharField(help_text="Shown this once.")


def _registration(row: Registration) -> dict[str, Any]:
    ended = clock.local(row.ended_at) if row.ended_at else None
    return {
        "id": row.pk,
        "valid_from": clock.local(row.valid_from),
        "valid_to": clock.local(row.valid_to),
        "ended_at": ended,
    }


def certification_body(row: Certification, english: bool) -> dict[str, Any]:
    title = CERTIFICATIONS[CertificationKind(row.kind)][english]
    named = {"store": row.store_id, "kind": row.kind, "title": title, "number": row.number, "issuer": row.issuer}
    return _registration(row) | named


def permit_body(row: Permit, english: bool) -> dict[str, Any]:
    named = {"store": row.store_id, "activity": row.activity, "title": activity_title(row.activity, english)}
    return _registration(row) | named


def goods_body(row: Goods, english: bool) -> dict[str, Any]:
    return _registration(row) | {
        "category": row.category,
        "category_title": CATEGORIES[Category(row.category)][english],
        "product": row.product,
        "label": row.label,
        "label_title": LABELS[Label(row.label)][english],
        "certificate": row.certificate,
        "title": row.title_en if english else row.title,
    }


def green_store_body(row: Store, english: bool) -> dict[str, Any]:
    """`row` as `queries.green_stores` gives it."""
    return {
        "id": row.pk,
        "name": row.name,
        "address": row.address,
        "lat": row.lat,
        "lng": row.lng,
        "certifications": [certification_body(each, english) for each in row.certified],  # type: ignore[attr-defined]
        "activities": [permit_body(each, english) for each in row.permitted],  # type: ignore[attr-defined]
    }


def till_key_body(row: TillKey) -> dict[str, Any]:
    revoked = clock.local(row.revoked_at) if row.revoked_at else None
    return {"key_id": row.key_id, "issued_at": clock.local(row.issued_at), "revoked_at": revoked}
