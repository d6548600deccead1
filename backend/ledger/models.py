"""Rows of the ledger. Balances and what remains of lots are caches of the journal; the journal is the truth."""

from django.db import models
from django.db.models import F, Q

from backend.core.ids import new_id
from backend.ledger.types import AccountRef, Asset, HoldState, Kind, LotView, UseKind


def _choices(names: type[Asset] | type[Kind] | type[UseKind] | type[HoldState]) -> list[tuple[str, str]]:
    return [(name.value, name.value) for name in names]


class Account(models.Model):
    """A place where an asset is counted. Never changed after it was made."""

    append_only = True

    asset = models.CharField(max_length=8, choices=_choices(Asset))
    owner = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=_choices(Kind))
    hot = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "asset"], name="one_account_per_owner_and_asset"),
            models.CheckConstraint(condition=Q(asset__in=[each.value for each in Asset]), name="account_asset_known"),
            models.CheckConstraint(condition=Q(kind__in=[each.value for each in Kind]), name="account_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.owner} ({self.asset})"

    @property
    def ref(self) -> AccountRef:
        return AccountRef(Asset(self.asset), self.owner, Kind(self.kind), self.hot)


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

    asset = models.CharField(max_length=8, choices=_choices(Asset))
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    amount = models.BigIntegerField()
    code = models.CharField(max_length=40)
    reference = models.CharField(max_length=120, unique=True)
    event_id = models.UUIDField(db_index=True)
    at = models.DateTimeField()
    memo = models.JSONField(default=dict)
    reverses = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="reversals")
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


class Lot(models.Model):
    """Units that entered a lotted account together. `remaining` is what its uses have left of `amount`.

    `parent` is the lot that they were moved from: expiry and origin are inherited, never made later.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="lots")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    programme = models.CharField(max_length=60)
    amount = models.BigIntegerField()
    remaining = models.BigIntegerField()
    earned_at = models.DateTimeField()
    available_from = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="lot_amount_positive"),
            models.CheckConstraint(condition=Q(remaining__gte=0, remaining__lte=F("amount")), name="lot_within_amount"),
        ]
        indexes = [
            models.Index(fields=["account", "expires_at"], name="lot_live", condition=Q(remaining__gt=0)),
            models.Index(fields=["expires_at", "account"], name="lot_due", condition=Q(remaining__gt=0)),
        ]

    def __str__(self) -> str:
        return f"lot {self.pk}: {self.remaining} of {self.amount}"

    @property
    def view(self) -> LotView:
        return LotView(self.pk, self.remaining, self.earned_at, self.expires_at)


class LotUse(models.Model):
    """What one transfer did to one lot: units taken, or put back when `kind` is `restored` or `returned`."""

    append_only = True

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="uses")
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="uses")
    kind = models.CharField(max_length=8, choices=_choices(UseKind))
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="use_amount_positive"),
            models.CheckConstraint(condition=Q(kind__in=[each.value for each in UseKind]), name="use_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} of lot {self.lot_id}"


class Reversed(models.Model):
    """How much of a transfer has been reversed or clawed back: the guard that it is never more than all of it."""

    transfer = models.OneToOneField(Transfer, on_delete=models.PROTECT, primary_key=True)
    used = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.used} of transfer {self.transfer_id}"


class Hold(models.Model):
    """Units set aside until they are posted, voided or timed out, exactly once; its parts are resolved together."""

    edges = ("state", {(HoldState.OPEN, end) for end in HoldState if end is not HoldState.OPEN})

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    state = models.CharField(max_length=9, choices=_choices(HoldState), default=HoldState.OPEN.value)
    reference = models.CharField(max_length=100, unique=True)
    code = models.CharField(max_length=30)
    event_id = models.UUIDField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[each.value for each in HoldState]), name="hold_state_known"),
            models.CheckConstraint(
                condition=Q(state="open", resolved_at=None) | (~Q(state="open") & ~Q(resolved_at=None)),
                name="hold_resolved_once",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="hold_due", condition=Q(state="open"))]

    def __str__(self) -> str:
        return f"hold {self.reference}: {self.state}"


class HoldPart(models.Model):
    """One amount of a hold: the transfer that set it aside, and the account it is meant for."""

    append_only = True

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="parts")
    transfer = models.OneToOneField(Transfer, on_delete=models.PROTECT, related_name="+")
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"part of hold {self.hold_id}"


class Budget(models.Model):
    """A programme's appropriation in one asset; changed by compare-and-set on `version`."""

    programme = models.CharField(max_length=60)
    asset = models.CharField(max_length=8, choices=_choices(Asset))
    appropriated = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "asset"], name="one_budget_per_programme"),
            models.CheckConstraint(condition=Q(appropriated__gte=0), name="budget_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.programme}: {self.appropriated} {self.asset}"
