"""Laws that the database itself keeps, on SQLite and PostgreSQL: rows written once, edges of states, settled columns.

A model says `append_only = True` (no UPDATE, no DELETE), `edges = (column, {(from, to), …})` (no other change of that
column) or `settled = (column, {states}, [columns])` (once the row has left these states, the columns stay as they
are). `config` installs the triggers after every migration, because SQLite drops
them silently when a migration rebuilds a table; `missing()` tells which are absent, and a test and `prove` ask it.
"""

from collections.abc import Iterator

from django.apps import AppConfig, apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

Model = type[models.Model]

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% %', TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END $$
"""


def guarded_models(app: AppConfig | None = None) -> list[Model]:
    """Every model, or every one of `app`, that declares a law."""
    models_of = app.get_models() if app else apps.get_models()
    return [model for model in models_of if any(hasattr(model, law) for law in ("append_only", "edges", "settled"))]


def install(connection: BaseDatabaseWrapper, wanted: list[Model]) -> None:
    """Creates the triggers of `wanted` anew. Idempotent."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for model in wanted:
            table = connection.ops.quote_name(model._meta.db_table)
            for name, event, condition, reason in _triggers(model):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if _pg(connection) else ""))
                cursor.execute(_create(connection, name, event, table, condition, reason))


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the triggers that should exist and do not, sorted."""
    wanted = {name for model in guarded_models() for name, *_ in _triggers(model)}
    with connection.cursor() as cursor:
        if _pg(connection):
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D' AND NOT tgisinternal")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return sorted(wanted - {row[0] for row in cursor.fetchall()})


def _triggers(model: Model) -> Iterator[tuple[str, str, str, str]]:
    """(name, event, condition, reason) of each trigger of a model."""
    table = model._meta.db_table
    if getattr(model, "append_only", False):
        yield f"{table}_no_update", "UPDATE", "", "is append-only"
        yield f"{table}_no_delete", "DELETE", "", "is append-only"
    if hasattr(model, "edges"):
        column, edges = model.edges
        legal = " OR ".join(f"(OLD.{column} = '{old}' AND NEW.{column} = '{new}')" for old, new in sorted(edges))
        yield (
            f"{table}_edges",
            "UPDATE",
            f"WHEN (OLD.{column} <> NEW.{column} AND NOT ({legal}))",
            "may not take this step",
        )
    if hasattr(model, "settled"):
        column, open_states, columns = model.settled
        still_open = ", ".join(f"'{state}'" for state in sorted(open_states))
        # Not IS DISTINCT FROM, which SQLite has only from 3.39 on.
        changed = " OR ".join(
            f"OLD.{each} <> NEW.{each} OR (OLD.{each} IS NULL) <> (NEW.{each} IS NULL)" for each in columns
        )
        yield (
            f"{table}_settled",
            "UPDATE",
            f"WHEN (OLD.{column} NOT IN ({still_open}) AND ({changed}))",
            "is settled and may not change",
        )


def _create(connection: BaseDatabaseWrapper, name: str, event: str, table: str, condition: str, reason: str) -> str:
    head = f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {condition}"
    if _pg(connection):
        return f"{head} EXECUTE FUNCTION refuse_change('{reason}')"
    plain = table.strip('"')
    return f"{head} BEGIN SELECT RAISE(ABORT, '{plain} {reason}'); END"


def _pg(connection: BaseDatabaseWrapper) -> bool:
    return connection.vendor == "postgresql"
