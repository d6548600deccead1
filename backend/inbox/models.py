"""Messages, what people want sent out, and which expiring points have been told."""

from django.db import models
from django.db.models import Q

from backend.accounts.models import User
from backend.core.ids import new_id
from backend.inbox.rules import TITLE_CHARACTERS, WHY_CHARACTERS
from backend.inbox.types import Channel, Kind
from backend.ledger.models import Account

_KIND_KNOWN = Q(kind__in=[each.value for each in Kind])


class Message(models.Model):
    """One event, told to one person. `about` makes it the only one of its kind about a thing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    about = models.UUIDField(null=True)
    title_zh = models.CharField(max_length=TITLE_CHARACTERS)
    title_en = models.CharField(max_length=TITLE_CHARACTERS)
    why_zh = models.CharField(max_length=WHY_CHARACTERS, blank=True)
    why_en = models.CharField(max_length=WHY_CHARACTERS, blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(db_index=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "about"], name="one_message_about_a_thing"),
            models.CheckConstraint(condition=_KIND_KNOWN, name="message_kind_known"),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="message_by_person"),
            models.Index(fields=["user"], name="message_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.user_id}"


class Preference(models.Model):
    """That somebody wants messages of one kind sent out by one channel. No row, nothing sent: people opt in."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    channel = models.CharField(max_length=10)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "channel"], name="one_preference_per_channel"),
            models.CheckConstraint(condition=_KIND_KNOWN, name="preference_kind_known"),
            models.CheckConstraint(
                condition=Q(channel__in=[each.value for each in Channel]), name="preference_channel_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}"


class LotNotice(models.Model):
    """That the points of an account that expire at one instant have been told; kept until they have expired."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "expires_at"], name="one_notice_per_expiry")]

    def __str__(self) -> str:
        return f"account {self.account_id} at {self.expires_at:%F %T}"
