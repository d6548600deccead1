"""Merchants and stores."""

from django.db import models
from django.db.models import Q

from backend.core.ids import new_id
from backend.merchants.rules import USCC_CHARS
from backend.merchants.types import MerchantStatus

_STATUSES = [status.value for status in MerchantStatus]


class Merchant(models.Model):
    """A company that takes vouchers and is paid for them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField("名称", max_length=80)
    uscc = models.CharField("统一社会信用代码", max_length=USCC_CHARS, unique=True)
    status = models.CharField(
        "状态",
        max_length=12,
        choices=[(status, status) for status in _STATUSES],
        default=MerchantStatus.ACTIVE.value,
    )

    class Meta:
        verbose_name = verbose_name_plural = "商户"
        constraints = [models.CheckConstraint(condition=Q(status__in=_STATUSES), name="merchant_status_known")]

    def __str__(self) -> str:
        return self.name


class Store(models.Model):
    """A place of a merchant. `lat` and `lng` are degrees (WGS 84)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="stores", verbose_name="商户")
    name = models.CharField("门店", max_length=80)
    address = models.CharField("地址", max_length=200)
    lat = models.FloatField("纬度")
    lng = models.FloatField("经度")

    class Meta:
        verbose_name = verbose_name_plural = "门店"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "name"], name="store_name_once_per_merchant"),
            models.CheckConstraint(condition=Q(lat__gte=-90, lat__lte=90), name="store_lat_in_range"),
            models.CheckConstraint(condition=Q(lng__gte=-180, lng__lte=180), name="store_lng_in_range"),
        ]

    def __str__(self) -> str:
        return self.name
