"""Who may take vouchers: applications, merchants, their stores and devices; a store's verbs are of what is green."""

from typing import Any

from django.contrib import admin

from backend.merchants import services
from backend.merchants.models import Application, Device, Merchant, Store
from backend.merchants.types import ApplicationStatus, MerchantStatus
from backend.ops.console.base import ReadOnly
from backend.ops.console.desks.purchases import OF_STORE, STORE_VERBS
from backend.ops.console.sections import Section
from backend.ops.console.site import console
from backend.ops.console.verbs import Act, Sure, Verb


def _decide(act: Act, *, approve: bool) -> Application:
    return services.decide(
        by=act.by, application_id=act.obj.pk, approve=approve, reason=act.said["reason"], now=act.now
    )


def _pending(application: Application) -> bool:
    return application.status == ApplicationStatus.PENDING


@admin.register(Application, site=console)
class ApplicationDesk(ReadOnly):
    label, section = "商户申请", Section.MERCHANTS
    list_display = ("name", "uscc", "status", "contact", "applied_at", "decided_at")
    list_filter = ("status",)
    find_by = ("id", "name", "uscc")
    verbs = (
        Verb("approve", "通过", lambda act: _decide(act, approve=True), shown_when=_pending),
        Verb("reject", "驳回", lambda act: _decide(act, approve=False), shown_when=_pending),
    )


def _change(service: Any) -> Any:
    return lambda act: service(by=act.by, merchant_id=act.obj.pk, reason=act.said["reason"], now=act.now)


@admin.register(Merchant, site=console)
class MerchantDesk(ReadOnly):
    label, section = "商户", Section.MERCHANTS
    list_display = ("name", "uscc", "status", "status_reason")
    list_filter = ("status",)
    find_by = ("id", "name", "uscc")
    related = (("门店", "merchants_store", "merchant"), ("结算单", "campaigns_statement", "merchant"))
    verbs = (
        Verb("suspend", "暂停商户", _change(services.suspend), shown_when=lambda m: m.status == MerchantStatus.ACTIVE),
        Verb(
            "reinstate", "恢复商户", _change(services.reinstate), shown_when=lambda m: m.status != MerchantStatus.ACTIVE
        ),
    )


@admin.register(Store, site=console)
class StoreDesk(ReadOnly):
    label, section = "门店", Section.MERCHANTS
    list_display = ("name", "merchant", "address", "takes_vouchers", "devices_only")
    list_filter = ("takes_vouchers",)
    find_by = ("id", "name")
    related = (("收银设备", "merchants_device", "store"), ("核销", "campaigns_redemption", "store"), *OF_STORE)
    verbs = STORE_VERBS


def _revoke(act: Act) -> None:
    services.revoke_device(by=act.by, store_id=act.obj.store_id, device_id=act.obj.pk, now=act.now)


@admin.register(Device, site=console)
class DeviceDesk(ReadOnly):
    label, section = "收银设备", Section.MERCHANTS
    list_display = ("name", "store", "enrolled_at", "last_used_at", "revoked_at")
    list_select_related = ("store__merchant",)
    find_by = ("id", "name")
    verbs = (Verb("revoke", "停用设备", _revoke, Sure, shown_when=lambda device: device.revoked_at is None),)
