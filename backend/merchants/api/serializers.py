"""Shapes of the merchants' endpoints."""

from typing import Any

from rest_framework import serializers

from backend.accounts.models import Grant
from backend.accounts.types import Role
from backend.edge.pagination import listing
from backend.edge.parsing import Text, WholeNumber
from backend.merchants.models import Store
from backend.merchants.types import ApplicationStatus, Hours, MerchantStatus

_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
_CLOSING = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
_STATUSES = [status.value for status in MerchantStatus]


class HoursShape(serializers.Serializer[Any]):
    weekdays = serializers.ListField(
        child=WholeNumber(min_value=1, max_value=7), min_length=1, max_length=7, help_text="1 Monday to 7 Sunday."
    )
    opens = serializers.RegexField(_CLOCK, max_length=5)
    closes = serializers.RegexField(_CLOSING, max_length=5, help_text="24:00 is midnight.")


class StoreRequest(serializers.Serializer[Any]):
    name = Text(max_length=80)
    address = Text(max_length=200)
    lat = serializers.FloatField(min_value=-90, max_value=90, help_text="WGS 84.")
    lng = serializers.FloatField(min_value=-180, max_value=180, help_text="WGS 84.")
    hours = serializers.ListField(child=HoursShape(), required=False, max_length=14)

    def validate_hours(self, given: list[dict[str, Any]]) -> tuple[Hours, ...]:
        """The parts as the services know them."""
        return tuple(Hours(tuple(sorted(set(part["weekdays"]))), part["opens"], part["closes"]) for part in given)


class StoreChange(StoreRequest):
    devices_only = serializers.BooleanField(required=False, help_text="Redeem on enrolled devices only.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, partial=True, **kwargs)


class StoreAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    merchant = serializers.UUIDField(source="merchant_id")
    merchant_name = serializers.CharField(source="merchant.name")
    name = serializers.CharField()
    address = serializers.CharField()
    lat = serializers.FloatField()
    lng = serializers.FloatField()
    hours = HoursShape(many=True)
    devices_only = serializers.BooleanField()
    takes_vouchers = serializers.BooleanField(help_text="False while the merchant is suspended.")


StoresAnswer = listing(StoreAnswer)


class CounterStoreAnswer(StoreAnswer):
    why_not = serializers.SerializerMethodField(help_text="Why it takes no vouchers; empty where it does.")

    def get_why_not(self, store: Store) -> str:
        """The reason of the merchant's suspension, which is worded for the merchant."""
        return "" if store.takes_vouchers else store.merchant.status_reason


CounterStoresAnswer = listing(CounterStoreAnswer)


class ApplicationRequest(serializers.Serializer[Any]):
    name = Text(max_length=80)
    uscc = Text(max_length=40, help_text="统一社会信用代码, GB 32100-2015.")
    contact = Text(max_length=40, help_text="Who is to be asked for.")


class DecisionRequest(serializers.Serializer[Any]):
    approve = serializers.BooleanField()
    reason = Text(max_length=200)


class ApplicationAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    uscc = serializers.CharField()
    contact = serializers.CharField()
    status = serializers.ChoiceField(choices=[status.value for status in ApplicationStatus])
    reason = serializers.CharField(allow_blank=True)
    applied_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    merchant = serializers.UUIDField(source="merchant_id", allow_null=True)


ApplicationsAnswer = listing(ApplicationAnswer)


class ReasonRequest(serializers.Serializer[Any]):
    reason = Text(max_length=200, help_text="Shown at the merchant's counters.")


class MerchantAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    uscc = serializers.CharField()
    status = serializers.ChoiceField(choices=_STATUSES)
    reason = serializers.CharField(source="status_reason", allow_blank=True)


class StaffRequest(serializers.Serializer[Any]):
    phone = Text(max_length=32)
    role = serializers.ChoiceField(choices=[Role.MANAGER.value, Role.COUNTER.value])


class StaffMember(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    role = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(help_text="Masked: 138****5678.")


StaffAnswer = listing(StaffMember)


class EnrolmentRequest(serializers.Serializer[Any]):
    name = Text(max_length=40, help_text="What the device is called, for instance 一号收银台.")


class EnrolmentAnswer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="To type or scan at the device; shown once.")
    store = serializers.UUIDField(source="store_id")
    expires_at = serializers.DateTimeField()


class DeviceRequest(serializers.Serializer[Any]):
    code = Text(max_length=40)
    public_key = Text(max_length=200, required=False, help_text="A P-256 key: base64 of its SPKI form.")


class EnrolledAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    store = serializers.UUIDField(source="store_id")
    name = serializers.CharField()
    secret = serializers.CharField(help_text="Shown once. Send `X-Counter-Device: <id>.<secret>` when redeeming.")


class DeviceAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    enrolled_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)


DevicesAnswer = listing(DeviceAnswer)


def staff_body(grant: Grant) -> dict[str, Any]:
    """A person who works at a store, as the owner sees them."""
    return {"id": grant.pk, "role": grant.role, "name": grant.user.name, "phone": grant.user.phone_masked}


def store_body(store: Store) -> dict[str, Any]:
    """A store as its people see it."""
    return dict(StoreAnswer(store).data)
