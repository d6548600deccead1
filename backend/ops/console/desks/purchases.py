"""What counts as green: certified stores, goods on the list, acts that counters confirm; tills' keys and occasions."""

from typing import Any

from django import forms
from django.contrib import admin

from backend.earning.types import Activity
from backend.ops.console.base import ReadOnly
from backend.ops.console.sections import Section
from backend.ops.console.site import console
from backend.ops.console.values import choices
from backend.ops.console.verbs import Act, Facts, Sure, Verb
from backend.purchases import services
from backend.purchases.api.shapes import MOST_PLACES
from backend.purchases.models import Certification, ConfirmedAct, Goods, Occasion, Permit, Receipt, TillKey
from backend.purchases.models.registry import Registration
from backend.purchases.types import (
    AT_COUNTER,
    AT_OCCASION,
    Category,
    CertificationKind,
    IssuedTillKey,
    Label,
    NewCertification,
    NewGoods,
    NewOccasion,
    Period,
)

_WHEN = "北京时间，如 2026-12-01 00:00。"


class Valid(forms.Form):
    """[valid_from, valid_to), last on the form."""

    valid_from = forms.DateTimeField(label="生效时间", help_text=_WHEN)
    valid_to = forms.DateTimeField(label="失效时间", help_text=_WHEN)

    @staticmethod
    def period(said: dict[str, Any]) -> Period:
        return Period(said["valid_from"], said["valid_to"])


class NewCertificate(Valid):
    kind = forms.ChoiceField(label="认证", choices=choices("kind", CertificationKind))
    number = forms.CharField(label="证书编号", max_length=60)
    issuer = forms.CharField(label="发布机关", max_length=80)
    field_order = ("kind", "number", "issuer")


class NewPermit(Valid):
    activity = forms.ChoiceField(label="行为", choices=choices("activity", AT_COUNTER))
    field_order = ("activity",)


class NewListing(Valid):
    category = forms.ChoiceField(label="品类", choices=choices("category", Category))
    label = forms.ChoiceField(label="标识", choices=choices("label", Label))
    product = forms.CharField(label="商品条码或型号", max_length=40, required=False, help_text="留空表示整个品类。")
    certificate = forms.CharField(label="标识证书编号", max_length=60, required=False)
    title = forms.CharField(label="名称", max_length=80)
    title_en = forms.CharField(label="英文名称", max_length=80)
    field_order = ("category", "label", "product", "certificate", "title", "title_en")


class NewEvent(forms.Form):
    title = forms.CharField(label="名称", max_length=80)
    title_en = forms.CharField(label="英文名称", max_length=80)
    activity = forms.ChoiceField(label="行为", choices=choices("activity", AT_OCCASION))
    organiser = forms.CharField(label="组织单位", max_length=80)
    organiser_phone = forms.CharField(label="签到负责人手机号", max_length=20)
    place = forms.CharField(label="地点", max_length=120)
    capacity = forms.IntegerField(label="名额", min_value=1, max_value=MOST_PLACES)
    starts_at = forms.DateTimeField(label="签到开始", help_text=_WHEN)
    ends_at = forms.DateTimeField(label="签到结束", help_text=_WHEN)


# -- of a store: its desk offers these ---------------------------------------------------------------------------------


def _certify(act: Act) -> Certification:
    said = act.said
    new = NewCertification(CertificationKind(said["kind"]), said["number"], said["issuer"])
    return services.certify(by=act.by, store_id=act.obj.pk, new=new, valid=Valid.period(said), now=act.now)


def _permit(act: Act) -> Permit:
    activity = Activity(act.said["activity"])
    return services.permit(by=act.by, store_id=act.obj.pk, activity=activity, valid=Valid.period(act.said), now=act.now)


def _issue(act: Act) -> IssuedTillKey:
    return services.issue_till_key(by=act.by, store_id=act.obj.pk, now=act.now)


def _secret(key: IssuedTillKey) -> Facts:
    return [("密钥编号", key.key_id), ("密钥", key.secret)]


STORE_VERBS = (
    Verb("certify", "登记绿色认证", _certify, NewCertificate),
    Verb("permit", "允许确认绿色行为", _permit, NewPermit),
    Verb("issue_key", "签发收银密钥", _issue, Sure, secrets=_secret),
)
OF_STORE = (
    ("绿色认证", "purchases_certification", "store"),
    ("可确认的行为", "purchases_permit", "store"),
    ("收银密钥", "purchases_tillkey", "store"),
    ("绿色订单", "purchases_receipt", "store"),
)


# -- the registry -----------------------------------------------------------------------------------------------------


def _ending(kind: type[Registration]) -> tuple[Verb, ...]:
    end = lambda act: services.end(by=act.by, kind=kind, row_id=act.obj.pk, now=act.now)  # noqa: E731
    return (Verb("end", "提前结束", end, Sure, shown_when=lambda row: row.ended_at is None),)


@admin.register(Certification, site=console)
class CertificationDesk(ReadOnly):
    label, section = "绿色认证", Section.PURCHASES
    list_display = ("store", "kind", "number", "issuer", "valid_from", "valid_to", "ended_at")
    list_filter = ("kind",)
    find_by = ("id", "number")
    verbs = _ending(Certification)


@admin.register(Permit, site=console)
class PermitDesk(ReadOnly):
    label, section = "可确认的绿色行为", Section.PURCHASES
    list_display = ("store", "activity", "valid_from", "valid_to", "ended_at")
    list_filter = ("activity",)
    verbs = _ending(Permit)


def _list(act: Act) -> Goods:
    said = act.said
    words = {name: said[name] for name in ("title", "title_en", "product", "certificate")}
    new = NewGoods(Category(said["category"]), Label(said["label"]), **words)
    return services.list_goods(by=act.by, new=new, valid=Valid.period(said), now=act.now)


@admin.register(Goods, site=console)
class GoodsDesk(ReadOnly):
    label, section = "绿色商品目录", Section.PURCHASES
    list_display = ("title", "category", "product", "label", "valid_from", "valid_to", "ended_at")
    list_filter = ("category", "label")
    find_by = ("id", "product", "title")
    list_verbs = (Verb("list", "列入商品或品类", _list, NewListing),)
    verbs = _ending(Goods)


def _revoke(act: Act) -> None:
    services.revoke_till_key(by=act.by, store_id=act.obj.store_id, key_id=act.obj.key_id, now=act.now)


@admin.register(TillKey, site=console)
class TillKeyDesk(ReadOnly):
    label, section = "收银密钥", Section.PURCHASES
    list_display = ("key_id", "store", "slot", "issued_at", "revoked_at")
    find_by = ("key_id",)
    verbs = (Verb("revoke", "停用密钥", _revoke, Sure, shown_when=lambda key: key.revoked_at is None),)


# -- occasions, and what was earned ------------------------------------------------------------------------------------


def _add(act: Act) -> Occasion:
    said = dict(act.said)
    phone, time = said.pop("organiser_phone"), Period(said.pop("starts_at"), said.pop("ends_at"))
    new = NewOccasion(activity=Activity(said.pop("activity")), **said)
    return services.add_occasion(by=act.by, new=new, organiser_phone=phone, time=time, now=act.now)


def _cancel(act: Act) -> Occasion:
    return services.cancel_occasion(by=act.by, occasion_id=act.obj.pk, now=act.now)


@admin.register(Occasion, site=console)
class OccasionDesk(ReadOnly):
    label, section = "课堂与志愿活动", Section.PURCHASES
    list_display = ("title", "activity", "organiser", "capacity", "starts_at", "ends_at", "cancelled_at")
    list_filter = ("activity",)
    find_by = ("id", "title", "organiser_id")
    list_verbs = (Verb("add", "新增活动", _add, NewEvent),)
    verbs = (Verb("cancel", "取消活动", _cancel, Sure, shown_when=lambda each: each.cancelled_at is None),)


@admin.register(Receipt, site=console)
class ReceiptDesk(ReadOnly):
    label, section = "绿色订单", Section.PURCHASES
    list_display = ("order_no", "store", "amount_fen", "category", "issued_at", "expires_at")
    list_filter = ("category",)
    find_by = ("id", "order_no", "issued_by")


@admin.register(ConfirmedAct, site=console)
class ActDesk(ReadOnly):
    label, section = "门店确认的行为", Section.PURCHASES
    list_display = ("activity", "store", "resident_id", "award", "by", "at")
    list_filter = ("activity",)
    find_by = ("id", "resident_id", "by")
