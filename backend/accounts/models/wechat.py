from django.db import models

from backend.accounts.models.people import User
from backend.core.ids import new_id


class WechatAccount(models.Model):
    """A WeChat account and, once a telephone is bound to it, its person. Nothing of it is kept in clear."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, null=True, related_name="wechat")
    openid_digest = models.CharField(max_length=64, unique=True)
    openid_sealed = models.CharField(max_length=300)
    session_key_sealed = models.CharField(max_length=300)
    seen_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["seen_at"], name="wechat_unbound", condition=models.Q(user__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"WeChat account {self.pk}"
