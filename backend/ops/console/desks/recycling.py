"""Smart bins and their keys, rounds from door to door, zones and time slots."""

from typing import Any

from django import forms
from django.contrib import admin

from backend.earning.models import Station
from backend.ops.console.base import ReadOnly
from backend.ops.console.sections import Section
from backend.ops.console.site import console
from backend.ops.console.values import choices
from backend.ops.console.verbs import Act, Facts, Sure, Verb
from backend.recycling import queries, services
from backend.recycling.models import Device, DeviceKey, Pickup, Slot, Zone
from backend.recycling.types import OPEN_PICKUPS, DayPart, IssuedKey


class NewDevice(forms.Form):
    name = forms.CharField(label="名称", max_length=40, help_text="如 解放碑1号智能箱")
    station = forms.ModelChoiceField(label="站点", queryset=Station.objects.order_by("name"))


def _register(act: Act) -> Device:
    said = act.said
    return services.register_device(by=act.by, station_id=said["station"].pk, name=said["name"], now=act.now)


def _issue(act: Act) -> IssuedKey:
    return services.issue_key(by=act.by, device_id=act.obj.pk, now=act.now)


def _skip(act: Act) -> int:
    return services.skip_gap(by=act.by, device_id=act.obj.pk, reason=act.said["reason"], now=act.now)


def _secret(key: IssuedKey) -> Facts:
    return [("密钥编号", key.key_id), ("密钥", key.secret)]


@admin.register(Device, site=console)
class DeviceDesk(ReadOnly):
    label, section = "智能回收设备", Section.RECYCLING
    list_display = ("name", "station", "applied_seq", "registered_at")
    find_by = ("id", "name")
    related = (("密钥", "recycling_devicekey", "device"),)
    list_verbs = (Verb("register", "登记新设备", _register, NewDevice),)
    verbs = (
        Verb("issue_key", "签发新密钥", _issue, Sure, secrets=_secret),
        Verb("skip_gap", "跳过缺失事件", _skip),
    )


def _revoke(act: Act) -> None:
    services.revoke_key(by=act.by, device_id=act.obj.device_id, key_id=act.obj.key_id, now=act.now)


@admin.register(DeviceKey, site=console)
class DeviceKeyDesk(ReadOnly):
    label, section = "设备密钥", Section.RECYCLING
    list_display = ("key_id", "device", "slot", "issued_at", "revoked_at")
    find_by = ("key_id",)
    verbs = (Verb("revoke", "停用密钥", _revoke, Sure, shown_when=lambda key: key.revoked_at is None),)


class Collector(forms.Form):
    collector_id = forms.UUIDField(label="收运员编号")


def _assign(act: Act) -> Pickup:
    return services.assign(by=act.by, pickup_id=act.obj.pk, collector_id=act.said["collector_id"], now=act.now)


def _collectors(pickup: Pickup, now: Any) -> Facts:
    return [
        ("本片区收运员", f"{one.pk}（{one.name or one.phone_masked}）")
        for one in queries.collectors_of(pickup.slot.zone_id)
    ]


@admin.register(Pickup, site=console)
class PickupDesk(ReadOnly):
    label, section = "上门回收", Section.RECYCLING
    list_display = ("id", "slot", "kind", "status", "collector_id", "booked_at")
    list_select_related = ("slot__zone",)
    list_filter = ("status", "kind")
    find_by = ("id", "resident_id", "collector_id")
    verbs = (
        Verb(
            "assign", "派单", _assign, Collector, shown_when=lambda pickup: pickup.status in OPEN_PICKUPS,
            facts=_collectors,
        ),
    )  # fmt: skip


class NewZone(forms.Form):
    name = forms.CharField(label="名称", max_length=40)


class NewSlot(forms.Form):
    day = forms.DateField(label="日期", help_text="如 2026-12-01")
    part = forms.ChoiceField(label="时段", choices=choices("part", DayPart))
    capacity = forms.IntegerField(label="可约户数", min_value=1, max_value=1000)


def _zone(act: Act) -> Zone:
    return services.open_zone(by=act.by, name=act.said["name"], now=act.now)


def _slot(act: Act) -> Slot:
    said = act.said
    return services.open_slot(
        by=act.by,
        zone_id=act.obj.pk,
        day=said["day"],
        part=DayPart(said["part"]),
        capacity=said["capacity"],
        now=act.now,
    )


@admin.register(Zone, site=console)
class ZoneDesk(ReadOnly):
    label, section = "片区", Section.RECYCLING
    list_display = ("name",)
    find_by = ("id", "name")
    related = (("时段", "recycling_slot", "zone"),)
    list_verbs = (Verb("open", "开设片区", _zone, NewZone),)
    verbs = (Verb("open_slot", "开放时段", _slot, NewSlot),)


@admin.register(Slot, site=console)
class SlotDesk(ReadOnly):
    label, section = "预约时段", Section.RECYCLING
    list_display = ("zone", "day", "part", "capacity", "booked")
    list_filter = ("part",)
    related = (("上门回收", "recycling_pickup", "slot"),)
