"""People, their sessions and grants, and the one-time codes in flight."""

from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Q

from backend.accounts import crypto, rules
from backend.accounts.types import Role
from backend.core.ids import new_id


class User(AbstractBaseUser):
    """A person. The telephone is kept as a keyed digest (to find) and sealed (to send to), never in clear."""

    password = None  # type: ignore[assignment]  # nobody has one: login is by SMS code
    last_login = None

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    phone_digest = models.CharField(max_length=64, unique=True)
    phone_sealed = models.CharField(max_length=200)
    name = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "phone_digest"

    def __str__(self) -> str:
        return str(self.id)

    @property
    def phone_masked(self) -> str:
        return rules.masked(crypto.unseal(self.phone_sealed))

    def roles(self) -> list[str]:
        """`resident`, then every role granted, sorted. One query, remembered for the request."""
        if not hasattr(self, "_roles"):
            self._roles = sorted(set(self.grants.values_list("role", flat=True)))
        return ["resident", *self._roles]

    def has_role(self, role: str) -> bool:
        return role in self.roles()


class Grant(models.Model):
    """`user` may act as `role` within one scope. The scope has no foreign key: accounts knows no stations or stores."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    scope_kind = models.CharField(max_length=20)
    scope_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "scope_kind", "scope_id"], name="one_grant_per_scope"),
            # SQLite cannot be told that two scopes of NULL are the same one, so a grant of everything has its own rule.
            models.UniqueConstraint(
                fields=["user", "role", "scope_kind"], condition=Q(scope_id=None), name="one_grant_of_everything"
            ),
            models.CheckConstraint(condition=Q(role__in=[role.value for role in Role]), name="grant_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} of {self.scope_kind} {self.scope_id}"


class OtpChallenge(models.Model):
    """The one live code of a number. Sending again replaces it; three tries or five minutes end it."""

    phone_digest = models.CharField(max_length=64, primary_key=True)
    code_digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(tries__lte=rules.OTP_TRIES), name="otp_tries_bounded")]

    def __str__(self) -> str:
        return f"challenge sent at {self.sent_at:%F %T}"


class SendCount(models.Model):
    """Codes sent within one day, per number, per address and in all (`key` is a digest)."""

    key = models.CharField(max_length=64)
    day = models.DateField()
    used = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "day"], name="one_send_count_per_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.used}"


class Session(models.Model):
    """A login: a family of refresh tokens of which only the newest works, and the one before it for a moment."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    refresh_digest = models.CharField(max_length=64)
    previous_digest = models.CharField(max_length=64, blank=True)
    rotated_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"session of {self.user_id}"


class Household(models.Model):
    """People who may share points; `members` counts them, invited ones too."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    members = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"household of {self.members}"


class Member(models.Model):
    """One person's place in a household; nothing is shared before `accepted_at`.

    A child has a guardian here, who is responsible for `wards` children. Neither leaves before that has ended.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="membership")
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="people")
    invited_by = models.UUIDField()
    accepted_at = models.DateTimeField(null=True)
    guardian_id = models.UUIDField(null=True)
    wards = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.user_id} in {self.household_id}"


def resident_owner(user_id: UUID) -> str:
    """The ledger's name for a resident's accounts."""
    return f"resident:{user_id}"
