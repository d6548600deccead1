"""Guarded writes that hold together, in one round trip where the database can.

    batch = Batch()
    paid = batch.add("UPDATE … WHERE {go} AND <guard> RETURNING amount AS value", [...], otherwise=TooPoor)
    batch.insert(Entry, balance_after=paid)        # a write stands for the value that it will have returned
    batch.send()

Each write touches exactly one row, or none: then its guard said no, `send` raises what the write's `otherwise` makes,
and the caller's savepoint undoes the rest. Every write waits for the one before it (`{go}`), so rows are locked in the
order of adding and nothing behind a guard that says no is touched.

PostgreSQL gets the writes as the parts of one statement (data-modifying CTEs), because each round trip costs more than
the write itself and is spent under the locks. SQLite lives in the same process and gets them one by one. The parts of
one statement do not see each other's rows, so what a write needs of an earlier one is passed as its value, and a row
that is written a second time begins a new statement. See docs/adr/0015-batched-writes.md.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import lru_cache
from itertools import count as count_from
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models

from backend.core.prepared import prepared
from backend.core.transactions import columns, counting, require_transaction

_Shape = tuple[str, tuple[int | None, ...]]  # a write's SQL, and by parameter which write of the statement gives it
_MOST_TOGETHER = 40  # parts of one statement; planning them all is no longer cheap far above


class Write:
    """One guarded statement. Before it was sent it stands for the value that it will have returned."""

    def __init__(self, sql: str, params: Sequence[Any], otherwise: Callable[[], Exception], row: Hashable) -> None:
        self.sql, self.params = sql, params
        self.otherwise, self.row = otherwise, row
        self.value: Any = None


class Batch:
    """Writes that are collected, and then sent in order."""

    def __init__(self) -> None:
        self._connection = connections[DEFAULT_DB_ALIAS]
        self._waiting: list[Write] = []

    def add(
        self, sql: str, params: Sequence[Any], *, otherwise: Callable[[], Exception], row: Hashable = None
    ) -> Write:
        """Adds a statement with `{go}` among its conditions and one `RETURNING … AS value`.

        `row` names the row that it changes, if another write of the batch may change the same.
        """
        write = Write(sql, [self._adapted(param) for param in params], otherwise, row)
        self._waiting.append(write)
        return write

    def insert(
        self,
        model: type[models.Model],
        *,
        unless: Sequence[str] = (),
        otherwise: Callable[[], Exception] = AssertionError,
        **values: Any,
    ) -> Write:
        """Adds a row of `model` with `values` by field or column; its value is the new row's key.

        `unless` names unique columns: where the database has their values already, the write touches no row.
        """
        names, given = columns(
            model, {name: None if isinstance(value, Write) else value for name, value in values.items()}
        )
        given = [
            value if isinstance(value, Write) else ready for value, ready in zip(values.values(), given, strict=True)
        ]
        quote = self._connection.ops.quote_name
        marks = ", ".join(["%s"] * len(names))
        sql = f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(map(quote, names))}) SELECT {marks} WHERE {{go}}"
        if unless:
            sql += f" ON CONFLICT ({', '.join(map(quote, unless))}) DO NOTHING"
        return self.add(f"{sql} RETURNING {quote(_key(model))} AS value", given, otherwise=otherwise)

    def save(self, row: models.Model) -> Write:
        """Adds a row that was drawn up as an instance."""
        row._state.adding = False
        return self.insert(
            type(row), **{each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields}
        )

    def count(
        self,
        model: type[models.Model],
        *,
        limit: int,
        amount: int = 1,
        otherwise: Callable[[], Exception],
        **key: Any,
    ) -> Write:
        """Adds `amount` to the `used` of the row `key`, as `take_within` does; its value is the new `used`."""
        sql, params = counting(model, limit=limit, amount=amount, **key)
        return self.add(sql, params, otherwise=otherwise, row=(model, *key.values()))

    def send(self) -> None:
        """Sends what was added. Raises what `otherwise` makes of the first write that touched no row."""
        require_transaction()
        for part in self._parts():
            for write, value in zip(part, self._send(part), strict=True):
                if value is None:
                    raise write.otherwise()
                write.value = value

    def _adapted(self, param: Any) -> Any:
        """SQLite has no type for ids: Django keeps them there as text."""
        native = self._connection.features.has_native_uuid_field
        return param.hex if isinstance(param, UUID) and not native else param

    def _parts(self) -> Iterator[list[Write]]:
        most = _MOST_TOGETHER if self._connection.vendor == "postgresql" else 1
        part: list[Write] = []
        waiting, self._waiting = self._waiting, []
        for write in waiting:
            if len(part) == most or (write.row is not None and write.row in {each.row for each in part}):
                yield part
                part = []
            part.append(write)
        if part:
            yield part

    def _send(self, part: list[Write]) -> Sequence[Any]:
        place = {write: at for at, write in enumerate(part)}
        shape: list[_Shape] = []
        given: list[Any] = []
        for write in part:
            sources = tuple(place.get(each) if isinstance(each, Write) else None for each in write.params)
            shape.append((write.sql, sources))
            sent = (each for each, source in zip(write.params, sources, strict=True) if source is None)
            given += [each.value if isinstance(each, Write) else each for each in sent]
        sql = _sql(tuple(shape), numbered=self._connection.vendor == "postgresql")
        with prepared(self._connection, numbered=True), self._connection.cursor() as cursor:
            cursor.execute(sql, given)
            return cursor.fetchone() or (None,)


def _key(model: type[models.Model]) -> str:
    key = model._meta.pk
    assert key is not None
    return str(key.column)


@lru_cache(maxsize=512)
def _sql(shape: Sequence[_Shape], *, numbered: bool) -> str:
    """One statement of several writes, each after the one before, with the value of each."""
    pieces: list[str] = []
    go, params = "TRUE", count_from(1)
    for number, (sql, sources) in enumerate(shape):
        marks = (_mark(source, params if numbered else None) for source in sources)
        first, *rest = sql.replace("{go}", go).split("%s")
        pieces.append(first + "".join(mark + piece for mark, piece in zip(marks, rest, strict=True)))
        go = f"EXISTS (SELECT 1 FROM w{number})"
    if len(pieces) == 1:
        return pieces[0]
    parts = ", ".join(f"w{number} AS ({piece})" for number, piece in enumerate(pieces))
    values = ", ".join(f"(SELECT value FROM w{number})" for number in range(len(pieces)))
    return f"WITH {parts} SELECT {values}"


def _mark(source: int | None, params: Iterator[int] | None) -> str:
    """What stands for a value: the write that returns it, or a parameter."""
    if source is not None:
        return f"(SELECT value FROM w{source})"
    return "%s" if params is None else f"${next(params)}"
