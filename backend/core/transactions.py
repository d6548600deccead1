"""What a service needs of its transaction, and the one guarded counter that limits are made of."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models


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
    if amount > limit:
        return False
    meta, connection = model._meta, connections[DEFAULT_DB_ALIAS]
    fields = [meta.get_field(name) for name in key]
    columns = [str(field.column) for field in fields]  # type: ignore[union-attr]
    values = [field.get_db_prep_value(value, connection) for field, value in zip(fields, key.values(), strict=True)]  # type: ignore[union-attr]
    quote = connection.ops.quote_name
    names, table = ", ".join(map(quote, columns)), quote(meta.db_table)
    marks = ", ".join(["%s"] * (len(columns) + 1))
    sql = (
        f"INSERT INTO {table} ({names}, used) VALUES ({marks}) ON CONFLICT ({names}) "  # noqa: S608 - names are ours
        f"DO UPDATE SET used = {table}.used + %s WHERE {table}.used + %s <= %s RETURNING used"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, amount, amount, amount, limit])
        return cursor.fetchone() is not None
