"""Rows of the ledger. Balances are a cache of the journal; the journal is the truth."""

from django.db import models
from django.db.models import F, Q

from backend.ledger.types import Asset

ASSETS = [(asset.value, asset.value) for asset in Asset]


class Account(models.Model):
    """A place where an asset is counted. Never changed after it was made."""

    append_only = True

    asset = models.CharField(max_length=8, choices=ASSETS)
    owner = models.CharField(max_length=80)
    guarded = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "asset"], name="one_account_per_owner_and_asset"),
            models.CheckConstraint(condition=Q(asset__in=[asset.value for asset in Asset]), name="account_asset_known"),
        ]

    def __str__(self) -> str:
        return f"{self.owner} ({self.asset})"


class Balance(models.Model):
    """The materialised balance of a guarded account. `prove --rebuild` makes it again from the journal."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, primary_key=True)
    amount = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0), name="balance_not_negative")]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.amount}"


class Transfer(models.Model):
    """One row is one debit, one credit and a positive amount, so that the books are zero by construction.

    `reference` is the caller's own id of the act: the same one twice is refused by the database. `event_id` ties
    together the transfers of one act. `*_balance_after` is the balance that the transfer left in a guarded account.
    """

    append_only = True

    asset = models.CharField(max_length=8, choices=ASSETS)
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    amount = models.BigIntegerField()
    code = models.CharField(max_length=40)
    reference = models.CharField(max_length=120, unique=True)
    event_id = models.UUIDField(db_index=True)
    at = models.DateTimeField()
    memo = models.JSONField(default=dict)
    debit_balance_after = models.BigIntegerField(null=True)
    credit_balance_after = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_amount_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_moves_between_two"),
            models.CheckConstraint(
                condition=Q(debit_balance_after__isnull=True) | Q(debit_balance_after__gte=0),
                name="transfer_leaves_no_overdraft",
            ),
        ]
        indexes = [
            models.Index(fields=["debit", "-id"], name="transfer_by_debit"),
            models.Index(fields=["credit", "-id"], name="transfer_by_credit"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.amount} {self.asset}: {self.debit_id} -> {self.credit_id}"
