"""Statements and what they are made of, for tests, made by the services that make them in life."""

from datetime import date, datetime, timedelta

from django.db import transaction

from backend.accounts import services as accounts
from backend.accounts.models import User
from backend.accounts.types import Role
from backend.core import clock
from backend.merchants.models import Store
from backend.merchants.types import MERCHANT_SCOPE, STORE_SCOPE
from campaigns import services
from campaigns.models import Redemption, Return, Statement
from tests.factories import NOON, person
from tests.factories_campaigns import claim, counter, offer, redeem

TODAY = clock.local(NOON).date()
TOMORROW = TODAY + timedelta(days=1)
MORNING_AFTER = clock.start_of(TOMORROW) + timedelta(hours=3)


def owner(store: Store, now: datetime = NOON) -> User:
    """An owner of the store's merchant."""
    return _granted(Role.OWNER, MERCHANT_SCOPE, store.merchant_id, now)


def manager(store: Store, now: datetime = NOON) -> User:
    """A manager of the store."""
    return _granted(Role.MANAGER, STORE_SCOPE, store.pk, now)


def operator(now: datetime = NOON) -> User:
    """Somebody who runs the service."""
    return _granted(Role.OPERATOR, "service", None, now)


def _granted(role: Role, kind: str, scope: object, now: datetime) -> User:
    user = person(now=now)
    with transaction.atomic():
        accounts.grant(by="test", user=user, role=role, scope_kind=kind, scope_id=scope, now=now)
    return user


def used(store: Store, *, order_no: str = "A-1", now: datetime = NOON, face_fen: int = 500) -> Redemption:
    """A voucher of 5 yuan (unless told) that a resident used at the store."""
    voucher = claim(person(points=100, now=now), offer(now=now, face_value_fen=face_fen), now)
    return redeem(counter(store, now=now), voucher, order_no=order_no, now=now)


def settle(until: date = TOMORROW, now: datetime = MORNING_AFTER, by: object = "test") -> list[Statement]:
    """The statements of a run through the day before `until`."""
    before = set(Statement.objects.values_list("pk", flat=True))
    with transaction.atomic():
        services.settle(by=by, until=until, now=now)
    return list(Statement.objects.exclude(pk__in=before).select_related("store", "merchant").order_by("pk"))


def settled(store: Store, **changes: object) -> Statement:
    """The one statement of a store with one redemption."""
    used(store, **changes)  # type: ignore[arg-type]
    (statement,) = settle()
    return statement


def confirm(statement: Statement, by: User, now: datetime = MORNING_AFTER) -> Statement:
    """The merchant agrees to the sum as it is."""
    statement.refresh_from_db()
    with transaction.atomic():
        return services.confirm_statement(by=by, statement_id=statement.pk, due_fen=statement.due_fen, now=now)


def approve(statement: Statement, by: User, now: datetime = MORNING_AFTER) -> Statement:
    """A second person approves the sum as it is."""
    statement.refresh_from_db()
    with transaction.atomic():
        return services.approve_statement(by=by, statement_id=statement.pk, due_fen=statement.due_fen, now=now)


def approved(statement: Statement, now: datetime = MORNING_AFTER) -> Statement:
    """Confirmed by an owner, approved by an operator."""
    confirm(statement, owner(statement.store), now)
    return approve(statement, operator(), now)


def give_back(redemption: Redemption, *, refund_fen: int, now: datetime = NOON) -> Return:
    """The counter takes a purchase back."""
    cashier = User.objects.get(pk=redemption.counter_id)
    with transaction.atomic():
        return services.give_back(by=cashier, redemption_id=redemption.pk, refund_fen=refund_fen, now=now)


def hold(statement: Statement, by: User, line: object = None, now: datetime = MORNING_AFTER, *, dispute: bool = False):
    """The first line (or `line`) held for a review, or disputed by the merchant."""
    number = line.pk if line is not None else statement.lines.order_by("pk").values_list("pk", flat=True)[0]
    verb = services.dispute_line if dispute else services.hold_line
    with transaction.atomic():
        return verb(by=by, statement_id=statement.pk, line_id=number, reason="小票看不清", now=now)


def resolve(held, by: User, correction_fen: int = 0, now: datetime = MORNING_AFTER):
    with transaction.atomic():
        return services.resolve_hold(by=by, hold_id=held.pk, correction_fen=correction_fen, reason="已核对", now=now)


def adjust(store: Store, amount_fen: int, by: User, now: datetime = MORNING_AFTER):
    with transaction.atomic():
        return services.adjust(by=by, store_id=store.pk, amount_fen=amount_fen, reason="补差", now=now)


def pay(text: str, by: User, name: str = "bank.csv", now: datetime = MORNING_AFTER):
    with transaction.atomic():
        return services.import_payments(by=by, name=name, text=text, now=now)


def make_operator(user: User) -> None:
    """Makes somebody an operator beside what they are."""
    with transaction.atomic():
        accounts.grant(by="test", user=user, role=Role.OPERATOR, scope_kind="service", scope_id=None, now=NOON)
