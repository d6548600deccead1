"""What a service needs of its transaction, and the one guarded counter that limits are made of."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections, models, transaction
from django.db.models import F

Row = TypeVar("Row", bound=models.Model)


class NoTransaction(RuntimeError):
    """A step was called outside a transaction. A programming error, never shown to a client."""


def require_transaction(using: str = DEFAULT_DB_ALIAS) -> None:
    """Refuses to go on outside a transaction: steps must be atomic with the act they belong to.

    Django's TestCase wraps each test in a block of its own, which would hide a missing one, so those are not counted.
    """
    connection = connections[using]
    if not any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise NoTransaction("call this inside a door or transaction.atomic()")


def take_within(model: type[models.Model], *, limit: int, amount: int = 1, **key: Any) -> bool:
    """Adds `amount` to the `used` of the row `key` unless it would pass `limit`; says whether it did.

    One statement, so that two callers cannot both take the last place: the row is made or raised, and the guard
    is judged on the row as locked. `model` needs `used` and a unique constraint over exactly the fields of `key`.
    """
    require_transaction()
    sql, params = counting(model, limit=limit, amount=amount, **key)
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql.replace("{go}", "TRUE"), params)
        return cursor.fetchone() is not None


def counting(model: type[models.Model], *, limit: int, amount: int, **key: Any) -> tuple[str, list[Any]]:
    """The statement of `take_within` and its parameters, with `{go}` among its conditions."""
    names, given = columns(model, key)
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    table, keys = quote(model._meta.db_table), ", ".join(map(quote, names))
    marks = ", ".join(["%s"] * (len(names) + 1))
    sql = (
        f"INSERT INTO {table} ({keys}, used) SELECT {marks} WHERE %s <= %s AND {{go}} "
        f"ON CONFLICT ({keys}) DO UPDATE SET used = {table}.used + %s "
        f"WHERE {table}.used + %s <= %s RETURNING used AS value"
    )
    return sql, [*given, amount, amount, limit, amount, amount, limit]


def columns(model: type[models.Model], values: Mapping[str, Any]) -> tuple[list[str], list[Any]]:
    """The columns of `values`, named by field or column, and the values as the database wants them."""
    connection = connections[DEFAULT_DB_ALIAS]
    fields = [cast("models.Field[Any, Any]", model._meta.get_field(name)) for name in values]
    names = [str(field.column) for field in fields]
    return names, [
        field.get_db_prep_save(value, connection) for field, value in zip(fields, values.values(), strict=True)
    ]


def read_counters(model: type[models.Model], keys: Sequence[str]) -> dict[str, int]:
    """How far the counters `keys` are, each locked until the end of the transaction, in the order given.

    For limits that grant what is left instead of all or nothing: read, decide, then `raise_counter`. Rows that are
    missing are made with 0. `model` needs `used` and a unique `key`.
    """
    require_transaction()
    if not keys:
        return {}
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    table, key, marks = quote(model._meta.db_table), quote("key"), ", ".join(["(%s, 0)"] * len(keys))
    sql = (
        f"INSERT INTO {table} ({key}, used) VALUES {marks} ON CONFLICT ({key}) "  # noqa: S608 - names are ours
        f"DO UPDATE SET used = {table}.used RETURNING {key}, used"
    )
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, list(keys))
        return dict(cursor.fetchall())


def raise_counter(model: type[models.Model], *, key: str, amount: int, limit: int) -> bool:
    """Adds `amount` to a counter that `read_counters` has read, unless it would pass `limit`; says whether it did."""
    require_transaction()
    rows = model._default_manager.filter(key=key, used__lte=limit - amount)
    return bool(rows.update(used=F("used") + amount))


def in_free_slot(model: type[Row], slots: Iterable[int], **values: Any) -> Row | None:
    """A new row in the first of `slots` that no other holds; None when all are held.

    For "at most so many at once": the unique slot of `model` is the guard.
    """
    require_transaction()
    for slot in slots:
        try:
            with transaction.atomic():
                return model._default_manager.create(slot=slot, **values)
        except IntegrityError:
            continue
    return None
