"""Reads whose SQL is worked out once in a process.

    _OFFER = Compiled(lambda: Offer.objects.select_related("campaign").filter(pk=Slot("pk", models.UUIDField())))
    offer = _OFFER.first(pk=offer_id)

Building a queryset and compiling it takes the ORM longer than the database needs to answer a read by key. That matters
where thousands of people do the same thing in the same minute, and nowhere else: write a plain queryset elsewhere.
"""

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

from backend.core.prepared import prepared

Row = TypeVar("Row")


class Slot(models.Expression):
    """A value of a compiled read that is given by name when it is asked, adapted as a value of `kind` is."""

    def __init__(self, name: str, kind: "models.Field[Any, Any]") -> None:
        super().__init__(output_field=kind)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [self]

    def filled(self, values: dict[str, Any], connection: BaseDatabaseWrapper) -> Any:
        """What the database is given for this slot."""
        return self.output_field.get_db_prep_value(values[self.name], connection)


class Compiled(Generic[Row]):
    """A queryset with slots. `build` is called at the first use in a process and must not depend on anything else."""

    def __init__(self, build: Callable[[], "models.QuerySet[Any, Row]"]) -> None:
        self._build = build
        self._known: dict[str, _Statement] = {}

    def rows(self, **values: Any) -> list[Row]:
        """The rows that the queryset gives for these values of its slots."""
        connection = connections[DEFAULT_DB_ALIAS]
        statement = self._known.get(connection.vendor) or self._compile(connection)
        asked: Any = _Asked(statement.filled(values, connection))
        with prepared(connection):
            return list(cast("Iterable[Row]", statement.queryset._iterable_class(asked)))

    def first(self, **values: Any) -> Row | None:
        """The first of the rows, if there is one."""
        return next(iter(self.rows(**values)), None)

    def _compile(self, connection: BaseDatabaseWrapper) -> "_Statement":
        queryset = self._build()
        compiler = queryset.query.get_compiler(connection=connection)
        statement = self._known[connection.vendor] = _Statement(queryset, compiler, *compiler.as_sql())
        return statement


@dataclass(frozen=True)
class _Statement:
    queryset: "models.QuerySet[Any, Any]"
    compiler: SQLCompiler
    sql: str
    params: tuple[Any, ...]

    def filled(self, values: dict[str, Any], connection: BaseDatabaseWrapper) -> SQLCompiler:
        """A compiler of this thread's connection that has compiled already."""
        given = tuple(each.filled(values, connection) if isinstance(each, Slot) else each for each in self.params)
        compiler = copy(self.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *_, **__: (self.sql, given)  # type: ignore[method-assign]
        return compiler


@dataclass(frozen=True)
class _Asked:
    """What Django's makers of rows want to know of a queryset; `query` gives the compiler that is ready."""

    compiler: SQLCompiler
    db: str = DEFAULT_DB_ALIAS
    _known_related_objects: dict[Any, Any] = field(default_factory=dict)

    @property
    def query(self) -> "_Asked":
        return self

    def get_compiler(self, using: str) -> SQLCompiler:
        return self.compiler
