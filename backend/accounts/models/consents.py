"""What people told about themselves, each thing under a consent of its own."""

from django.db import models
from django.db.models import F, Q

from backend.accounts.models.people import User
from backend.accounts.types import ConsentPurpose


class Consent(models.Model):
    """One person's consent to one purpose, and the attribute that it allows.

    They are one row, so that there is no attribute without its consent and withdrawing deletes both. The trail of
    consents given and withdrawn is in the audit rows. Nobody verifies their own attribute.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=12)
    version = models.PositiveSmallIntegerField()
    given_at = models.DateTimeField()
    value = models.CharField(max_length=20, blank=True)
    declared_at = models.DateTimeField(null=True)
    verified_by = models.UUIDField(null=True)
    verified_method = models.CharField(max_length=40, blank=True)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "purpose"], name="one_consent_per_purpose"),
            models.CheckConstraint(
                condition=Q(purpose__in=[each.value for each in ConsentPurpose]), name="consent_purpose_known"
            ),
            models.CheckConstraint(
                condition=Q(verified_by=None) | ~Q(verified_by=F("user")), name="consent_verified_by_another"
            ),
            models.CheckConstraint(
                condition=Q(verified_at=None, verified_by=None)
                | (Q(verified_at__isnull=False, verified_by__isnull=False) & ~Q(value="")),
                name="consent_verified_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.purpose}"
