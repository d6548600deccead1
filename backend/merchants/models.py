"""Merchants, their applications and stores, and the devices that are counters."""

from django.db import models
from django.db.models import Q

from backend.core.ids import new_id
from backend.merchants.rules import USCC_CHARS
from backend.merchants.types import ApplicationStatus, MerchantStatus

_STATUSES = [status.value for status in MerchantStatus]
_APPLICATION_STATUSES = [status.value for status in ApplicationStatus]
_PENDING = Q(status=ApplicationStatus.PENDING.value)


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
    status_reason = models.CharField("状态原因", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "商户"
        constraints = [models.CheckConstraint(condition=Q(status__in=_STATUSES), name="merchant_status_known")]

    def __str__(self) -> str:
        return self.name


class Store(models.Model):
    """A place of a merchant. `lat` and `lng` are degrees (WGS 84); `hours` is a list of `types.Hours`.

    `takes_vouchers` repeats whether the merchant is active, in the one row that a redemption touches: the suspension
    and the redemption meet there, so that none commits after the other.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="stores", verbose_name="商户")
    name = models.CharField("门店", max_length=80)
    address = models.CharField("地址", max_length=200)
    lat = models.FloatField("纬度")
    lng = models.FloatField("经度")
    hours = models.JSONField("营业时间", default=list)
    takes_vouchers = models.BooleanField("可核销", default=True)
    devices_only = models.BooleanField("仅限已登记设备", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "门店"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "name"], name="store_name_once_per_merchant"),
            models.CheckConstraint(condition=Q(lat__gte=-90, lat__lte=90), name="store_lat_in_range"),
            models.CheckConstraint(condition=Q(lng__gte=-180, lng__lte=180), name="store_lng_in_range"),
        ]

    def __str__(self) -> str:
        return self.name


class Application(models.Model):
    """A company that asks to become a merchant. Decided once, by an operator, with a reason."""

    edges = (
        "status",
        {(ApplicationStatus.PENDING, end) for end in ApplicationStatus if end is not ApplicationStatus.PENDING},
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    applicant_id = models.UUIDField()
    name = models.CharField("名称", max_length=80)
    uscc = models.CharField("统一社会信用代码", max_length=USCC_CHARS)
    contact = models.CharField("联系人", max_length=40)
    status = models.CharField(
        "状态",
        max_length=12,
        choices=[(status, status) for status in _APPLICATION_STATUSES],
        default=ApplicationStatus.PENDING.value,
    )
    applied_at = models.DateTimeField("申请时间")
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField("审核时间", null=True)
    reason = models.CharField("审核意见", max_length=200, blank=True, default="")
    merchant = models.OneToOneField(Merchant, on_delete=models.PROTECT, null=True, related_name="application")

    class Meta:
        verbose_name = verbose_name_plural = "入驻申请"
        constraints = [
            models.CheckConstraint(condition=Q(status__in=_APPLICATION_STATUSES), name="application_status_known"),
            models.UniqueConstraint(fields=["uscc"], condition=_PENDING, name="one_open_application_per_code"),
            models.UniqueConstraint(fields=["applicant_id"], condition=_PENDING, name="one_open_application_each"),
            models.CheckConstraint(
                condition=Q(_PENDING, decided_by=None, decided_at=None)
                | (~_PENDING & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="application_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(status=ApplicationStatus.APPROVED.value, merchant__isnull=False)
                | (~Q(status=ApplicationStatus.APPROVED.value) & Q(merchant=None)),
                name="application_approved_makes_a_merchant",
            ),
        ]
        indexes = [models.Index(fields=["applicant_id", "-id"], name="application_by_person")]

    def __str__(self) -> str:
        return f"{self.name} ({self.status})"


class Enrolment(models.Model):
    """A code, kept as a digest, that makes one device a counter of the store before `expires_at`."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    code_digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=40)
    issued_by = models.UUIDField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"enrolment of {self.name}"


class Device(models.Model):
    """An enrolled counter: proved by its secret, or by the private key of `public_key` where it signs offline.

    `public_key` is a P-256 key, base64 of its SPKI form, empty where the device has none.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="devices", verbose_name="门店")
    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT, related_name="device")
    name = models.CharField("名称", max_length=40)
    secret_digest = models.CharField(max_length=64)
    public_key = models.CharField(max_length=200, blank=True, default="")
    enrolled_by = models.UUIDField()
    enrolled_at = models.DateTimeField("登记时间")
    last_used_at = models.DateTimeField("最近使用", null=True)
    revoked_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "收银设备"
        indexes = [models.Index(fields=["store", "-id"], name="device_by_store")]

    def __str__(self) -> str:
        return self.name
