"""Offline redemption: a device's allowance, the codes that are about, and the lines that came back."""

from django.db import models
from django.db.models import F, Q

from backend.core.ids import new_id
from backend.ledger.types import AccountRef, Asset, Kind
from backend.merchants.models import Device, Store
from campaigns.models.campaigns import Campaign
from campaigns.models.redemptions import Redemption
from campaigns.models.settlement import Adjustment
from campaigns.models.vouchers import Voucher
from campaigns.rules import MAX_ORDER_NO_CHARS
from campaigns.rules.offline import FIRST_PREV
from campaigns.types.offline import AllowanceState, AllowanceTerms, Verdict

LOSS_OFFLINE = AccountRef(Asset.FEN, "loss:offline", Kind.OPEN)  # what double spends cost passes through it, by name

_STATES = [state.value for state in AllowanceState]
_VERDICTS = [verdict.value for verdict in Verdict]
_OPEN = Q(state=AllowanceState.OPEN.value)


def escrow_account(allowance_id: object) -> AccountRef:
    """The ceiling of an allowance's loss, set aside from its campaign's budget."""
    return AccountRef(Asset.FEN, f"offline-escrow:{allowance_id}", Kind.OPEN)


class OfflineAllowance(models.Model):
    """What one device may accept without a network; all of `total_fen` waits in the escrow until it is closed.

    `next_seq` and `head` are the number and the predecessor of the line that is awaited: the guard of the order, and
    with it the lock of everything else on the row. `terms` are the digests of the vouchers that it takes.
    """

    edges = ("state", {(AllowanceState.OPEN, AllowanceState.CLOSED)})

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="+")
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=[(each, each) for each in _STATES], default=AllowanceState.OPEN)
    max_count = models.PositiveSmallIntegerField()
    each_fen = models.PositiveIntegerField()
    total_fen = models.PositiveIntegerField()
    terms = models.JSONField()
    issued_by = models.UUIDField()
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    next_seq = models.PositiveIntegerField(default=1)
    head = models.CharField(max_length=64, default=FIRST_PREV)
    used_count = models.PositiveSmallIntegerField(default=0)
    used_fen = models.PositiveIntegerField(default=0)
    lost_fen = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=_STATES), name="allowance_state_known"),
            models.UniqueConstraint(fields=["device"], condition=_OPEN, name="one_open_allowance_a_device"),
            models.CheckConstraint(condition=Q(issued_at__lt=F("expires_at")), name="allowance_lasts_a_while"),
            models.CheckConstraint(condition=Q(each_fen__gte=1, each_fen__lte=F("total_fen")), name="allowance_some"),
            models.CheckConstraint(
                condition=Q(used_count__lte=F("max_count"), used_fen__lte=F("total_fen")), name="allowance_kept"
            ),
            models.CheckConstraint(condition=Q(lost_fen__lte=F("used_fen")), name="allowance_loss_bounded"),
            models.CheckConstraint(
                condition=Q(_OPEN, closed_at=None) | (~_OPEN & Q(closed_at__isnull=False)), name="allowance_closed_once"
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="allowance_due", condition=_OPEN)]

    def __str__(self) -> str:
        return f"{self.max_count} redemptions, {self.total_fen} fen until {self.expires_at:%m-%d %H:%M}"

    @property
    def value(self) -> AllowanceTerms:
        """The allowance as the pure rules read it."""
        return AllowanceTerms(
            self.max_count, self.each_fen, self.total_fen, self.issued_at, self.expires_at, tuple(self.terms)
        )


class OfflineShown(models.Model):
    """That a voucher has an offline code about until `expires_at`: what the revocation list is made of."""

    voucher = models.OneToOneField(Voucher, on_delete=models.CASCADE, related_name="+")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.voucher_id} until {self.expires_at:%H:%M:%S}"


class OfflineEntry(models.Model):
    """A line of a device's log as it was signed, and what the server said of it. Written once.

    The device accepted `discount_fen`. `verdict` is what was settled; `reason` is the code of the refusal that the
    server would have given, empty for a charge. A voucher's loss is paid to one merchant once: the unique row is the
    guard against a merchant whose devices repeat a code.
    """

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    allowance = models.ForeignKey(OfflineAllowance, on_delete=models.PROTECT, related_name="entries")
    seq = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    prev = models.CharField(max_length=64)
    signature = models.CharField(max_length=100)
    code = models.CharField(max_length=512)
    order_no = models.CharField(max_length=MAX_ORDER_NO_CHARS)
    bill_fen = models.PositiveIntegerField()
    discount_fen = models.PositiveIntegerField()
    accepted_at = models.DateTimeField()
    revocations_at = models.CharField(max_length=32, blank=True, default="")
    verdict = models.CharField(max_length=8, choices=[(each, each) for each in _VERDICTS])
    reason = models.CharField(max_length=40, blank=True, default="")
    voucher_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    merchant_id = models.UUIDField()
    redemption = models.ForeignKey(Redemption, on_delete=models.PROTECT, null=True, related_name="+")
    adjustment = models.OneToOneField(Adjustment, on_delete=models.PROTECT, null=True, related_name="offline_entry")
    uploaded_by = models.UUIDField()
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["allowance", "seq"], name="one_offline_line_a_number"),
            models.UniqueConstraint(
                fields=["voucher_id", "merchant_id"],
                condition=Q(verdict=Verdict.LOSS.value),
                name="one_offline_loss_a_voucher_and_merchant",
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.CHARGED.value, redemption__isnull=False, adjustment=None, reason="")
                | (Q(verdict=Verdict.LOSS.value, redemption=None, adjustment__isnull=False) & ~Q(reason=""))
                | (Q(verdict=Verdict.REFUSED.value, redemption=None, adjustment=None) & ~Q(reason="")),
                name="offline_verdict_has_its_row",
            ),
        ]
        indexes = [
            models.Index(
                fields=["person_id", "uploaded_at"], name="offline_marks", condition=Q(verdict=Verdict.LOSS.value)
            )
        ]

    def __str__(self) -> str:
        return f"line {self.seq}: {self.verdict}"
