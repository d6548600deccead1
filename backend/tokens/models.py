"""Codes that have been used."""

from django.db import models


class Burn(models.Model):
    """One use of one code by one burner. The unique digest is the guard against a second use.

    The digest is one-way: the row says neither whose code it was nor who used it.
    """

    append_only = True

    digest = models.CharField("摘要", max_length=64, unique=True)
    purpose = models.PositiveSmallIntegerField("用途")
    burned_at = models.DateTimeField("使用时间")

    class Meta:
        verbose_name = verbose_name_plural = "已使用的二维码"
        constraints = (models.CheckConstraint(condition=models.Q(purpose__range=(1, 255)), name="burn_purpose_byte"),)

    def __str__(self) -> str:
        return f"{self.digest[:12]} @ {self.burned_at:%Y-%m-%d %H:%M:%S}"
