"""A green order: entered once at its store, claimed once, and refunded within its amount.

Whoever claims or refunds an order first takes its RefundedFen row, so that the two happen one after the other and a
refund takes the points back whether it comes before the claim or after it. Order of rows: receipt, the payer's mark,
refunded, then those of `earning.services.award`.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from backend.accounts.models import User
from backend.audit import services as audit
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.transactions import require_transaction, take_within
from backend.earning.errors import EvidenceAlreadyUsed
from backend.earning.services import award, note_payers, take_back
from backend.earning.types import Act, Activity, Awarded, Evidence, Grade
from backend.edge import signing
from backend.merchants import queries as merchants
from backend.merchants.models import Store
from backend.purchases import errors, queries, rules
from backend.purchases.models import Purchase, Receipt, ReceiptPayer, Refund, RefundedFen, TillKey
from backend.purchases.types import Category, Earned, Refunded, Sale
from backend.tokens import services as tokens
from backend.tokens.types import IssuedCode, Purpose


def issue_at_counter(*, by: User, store_id: UUID | None, sale: Sale, now: datetime) -> Receipt:
    """A receipt of the store that `by` works at, whose code a resident may claim once.

    The same order again gives the same receipt. Raises Forbidden, StoreRequired, StoreNotCertified, StoreStopped,
    CategoryNotGreen, ProductNotGreen and OrderNoUsed.
    """
    require_transaction()
    store = merchants.counter_store(by, store_id)
    return _same_again(store, sale, now) or _issue(store, sale, str(by.pk), now)


def issue_at_till(*, key: TillKey, claim: signing.Claim, sale: Sale, now: datetime) -> Receipt:
    """The same, for a till that has signed. Raises NonceUsed too."""
    require_transaction()
    signing.use_nonce(claim, now)
    return _same_again(key.store, sale, now) or _issue(key.store, sale, key.key_id, now)


def receipt_code(*, receipt_id: UUID, now: datetime) -> IssuedCode:
    """What is printed or shown; it never changes, and the receipt's own time ends it."""
    return tokens.issue(purpose=Purpose.RECEIPT, subject=receipt_id, now=now)


def claim(*, by: User, code: str, now: datetime) -> Earned:
    """Gives a resident what an order earns, once for each receipt.

    Raises the code's refusals, ReceiptExpired, ReceiptClaimed, ReceiptRefunded, OwnTill and those of `award`.
    """
    require_transaction()
    token = tokens.verify(code=code, purpose=Purpose.RECEIPT, now=now)
    receipt = Receipt.objects.select_related("store").filter(pk=token.subject).first()
    if receipt is None:
        raise NotFound
    if now >= receipt.expires_at:
        raise errors.ReceiptExpired(expired_at=clock.local(receipt.expires_at).isoformat(timespec="seconds"))
    _note_payer(receipt, by.pk, now)
    return _earn(receipt, by.pk, now)


def buy_at_counter(*, by: User, store_id: UUID | None, resident_code: str, sale: Sale, now: datetime) -> Earned:
    """Gives the resident who shows a personal code what an order earns. Raises what issuing and claiming do."""
    require_transaction()
    store = merchants.counter_store(by, store_id)
    token = tokens.verify(code=resident_code, purpose=Purpose.RESIDENT, now=now)
    tokens.burn(token=token, burner=f"purchase:{store.pk}", now=now)
    receipt = _issue(store, sale, str(by.pk), now)
    _note_payer(receipt, token.subject, now)
    return _earn(receipt, token.subject, now)


def refund_at_counter(
    *, by: User, store_id: UUID | None, receipt_id: UUID, refund_fen: int, reference: str, now: datetime
) -> Refunded:
    """Undoes a part of an order of the counter's own store, claimed or not, and the points in proportion.

    The same `reference` again changes nothing. Raises Forbidden, StoreRequired, NotFound, PurchaseRefundTooLarge and
    PurchaseRefundReferenceUsed.
    """
    require_transaction()
    return _refund(merchants.counter_store(by, store_id), receipt_id, refund_fen, reference, str(by.pk), now)


def refund_at_till(
    *, key: TillKey, claim: signing.Claim, receipt_id: UUID, refund_fen: int, reference: str, now: datetime
) -> Refunded:
    """The same, for a till that has signed. Raises NonceUsed too."""
    require_transaction()
    signing.use_nonce(claim, now)
    return _refund(key.store, receipt_id, refund_fen, reference, key.key_id, now)


def forget_payers(*, now: datetime, limit: int = 500) -> int:
    """Drops what is kept of the payers of orders that nobody claimed in time; how many. For upkeep."""
    require_transaction()
    due = ReceiptPayer.objects.filter(receipt__expires_at__lte=now).values_list("pk", flat=True)[:limit]
    return ReceiptPayer.objects.filter(pk__in=list(due)).delete()[0]


def _issue(store: Store, sale: Sale, by: str, now: datetime) -> Receipt:
    queries.require_certified(store, now)
    rules.require_green(queries.listed(now), sale.category, sale.product)
    try:
        with transaction.atomic():
            receipt = Receipt.objects.create(
                store=store,
                order_no=sale.order_no,
                amount_fen=sale.amount_fen,
                category=sale.category.value,
                product=sale.product,
                issued_by=by,
                issued_at=now,
                expires_at=now + timedelta(days=settings.RECEIPT_VALID_DAYS),
            )
    except IntegrityError:
        raise errors.OrderNoUsed(order_no=sale.order_no) from None
    if sale.payer_digest:
        ReceiptPayer.objects.create(receipt=receipt, digest=sale.payer_digest)
    audit.record(by=by, action="purchases.issue_receipt", subject=receipt.pk, now=now, amount_fen=sale.amount_fen)
    return receipt


def _same_again(store: Store, sale: Sale, now: datetime) -> Receipt | None:
    """What a till that lost the answer asks for again: the same order, which nobody has claimed yet."""
    found = Receipt.objects.filter(
        store=store,
        order_no=sale.order_no,
        amount_fen=sale.amount_fen,
        category=sale.category.value,
        product=sale.product,
        purchase=None,
        expires_at__gt=now,
    )
    return found.first()


def _note_payer(receipt: Receipt, resident_id: UUID, now: datetime) -> None:
    """Whoever gets the points of an order counts as who paid for it; the row has then done its work."""
    payer = ReceiptPayer.objects.filter(receipt=receipt).first()
    if payer is not None:
        note_payers(resident_id=resident_id, digests=[payer.digest], now=now)
        payer.delete()


def _earn(receipt: Receipt, resident_id: UUID, now: datetime) -> Earned:
    """The award of what was not refunded, by the rule and the caps of the day on which the order was entered."""
    if queries.works_at(resident_id, receipt.store):
        raise errors.OwnTill
    left = receipt.amount_fen - _refunded(receipt)
    if left < 1:
        raise errors.ReceiptRefunded
    awarded = _award(receipt, resident_id, left, now)
    Purchase.objects.create(receipt=receipt, resident_id=resident_id, award_id=awarded.id, amount_fen=left, at=now)
    return Earned(receipt.pk, awarded)


def _award(receipt: Receipt, resident_id: UUID, amount_fen: int, now: datetime) -> Awarded:
    zh, en = rules.told(Activity.GREEN_PURCHASE, receipt.store.name, Category(receipt.category))
    act = Act(
        Activity.GREEN_PURCHASE,
        amount_fen,
        Grade.CONFIRMED,
        receipt.issued_at,
        variant=receipt.category,
        label_zh=zh,
        label_en=en,
    )
    try:
        return award(resident_id=resident_id, act=act, evidence=_evidence(receipt), now=now)
    except EvidenceAlreadyUsed:
        raise errors.ReceiptClaimed from None


def _evidence(receipt: Receipt) -> Evidence:
    """One receipt is one deed: the unique key is the guard against a second claim."""
    detail: dict[str, object] = {"store": str(receipt.store_id), "order_no": receipt.order_no}
    return Evidence(f"receipt:{receipt.pk}", detail=detail, witness=receipt.store_id)


def _refunded(receipt: Receipt) -> int:
    """How much of the order is refunded, with the row at which claims and refunds meet taken."""
    take_within(RefundedFen, limit=receipt.amount_fen, amount=0, receipt=receipt.pk)
    return RefundedFen.objects.values_list("used", flat=True).get(receipt=receipt)


def _refund(store: Store, receipt_id: UUID, refund_fen: int, reference: str, by: str, now: datetime) -> Refunded:
    receipt = Receipt.objects.filter(pk=receipt_id, store=store).first()
    if receipt is None:
        raise NotFound
    left = receipt.amount_fen - _refunded(receipt)
    before = Refund.objects.filter(receipt=receipt, reference=reference).first()
    if before is not None:
        return _refunded_before(before, refund_fen, left)
    if not take_within(RefundedFen, limit=receipt.amount_fen, amount=refund_fen, receipt=receipt.pk):
        raise errors.PurchaseRefundTooLarge(left_fen=left)
    made = _undo(receipt, refund_fen, reference, by, now)
    return Refunded(made.pk, refund_fen, made.points, left - refund_fen)


def _undo(receipt: Receipt, refund_fen: int, reference: str, by: str, now: datetime) -> Refund:
    purchase = Purchase.objects.filter(receipt=receipt).first()
    points = 0
    if purchase is not None:
        points = take_back(
            by=by,
            award_id=purchase.award_id,
            units=refund_fen,
            reference=f"refund:{receipt.pk}:{reference}",
            reason="退款 / refund",
            now=now,
        )
    made = Refund.objects.create(
        receipt=receipt,
        reference=reference,
        refund_fen=refund_fen,
        points=points,
        claimed=purchase is not None,
        by=by,
        at=now,
    )
    audit.record(by=by, action="purchases.refund", subject=receipt.pk, now=now, refund_fen=refund_fen, points=points)
    return made


def _refunded_before(before: Refund, refund_fen: int, left_fen: int) -> Refunded:
    if before.refund_fen != refund_fen:
        raise errors.PurchaseRefundReferenceUsed
    return Refunded(before.pk, before.refund_fen, before.points, left_fen)
