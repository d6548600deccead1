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


class TypedCode(models.Model):
    """The one short code of a subject. A new one takes its place; the code itself is kept as a keyed digest only."""

    purpose = models.PositiveSmallIntegerField()
    subject = models.UUIDField()
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["purpose", "subject"], name="one_typed_code_a_subject")]

    def __str__(self) -> str:
        return f"typed code of {self.subject} until {self.expires_at:%H:%M:%S}"


class TypedTry(models.Model):
    """How many short codes one person has typed within one window: the guarded counter against guessing."""

    typist = models.CharField(max_length=64)
    window = models.PositiveBigIntegerField()
    used = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["typist", "window"], name="one_typed_try_a_window")]

    def __str__(self) -> str:
        return f"{self.typist}: {self.used}"
