"""Rows that are written once: triggers that refuse UPDATE and DELETE, on SQLite and PostgreSQL.

A model says `append_only = True`; `config` installs the triggers after every migration, because SQLite drops them
silently when a migration rebuilds a table. `missing()` tells which are absent; a test and `prove` ask it.
"""

from collections.abc import Iterable

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
"""


def append_only_models() -> list[type[models.Model]]:
    """Every model that declares `append_only = True`."""
    return [model for model in apps.get_models() if getattr(model, "append_only", False)]


def install(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> None:
    """Creates the triggers anew on `tables`. Idempotent."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for table in tables:
            for statement in _statements(connection, table):
                cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the triggers that should exist and do not, sorted."""
    wanted = {_name(model._meta.db_table, verb) for model in append_only_models() for verb in _VERBS}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D' AND NOT tgisinternal")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return sorted(wanted - {row[0] for row in cursor.fetchall()})


_VERBS = ("update", "delete")


def _name(table: str, verb: str) -> str:
    return f"{table}_no_{verb}"


def _statements(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    quoted = connection.ops.quote_name(table)
    if connection.vendor == "postgresql":
        names = [*_VERBS, "truncate"]
        drops = [f"DROP TRIGGER IF EXISTS {_name(table, verb)} ON {quoted}" for verb in names]
        each = [
            f"CREATE TRIGGER {_name(table, verb)} BEFORE {verb.upper()} ON {quoted} "
            f"FOR EACH {'STATEMENT' if verb == 'truncate' else 'ROW'} EXECUTE FUNCTION refuse_change()"
            for verb in names
        ]
        return drops + each
    drops = [f"DROP TRIGGER IF EXISTS {_name(table, verb)}" for verb in _VERBS]
    each = [
        f"CREATE TRIGGER {_name(table, verb)} BEFORE {verb.upper()} ON {quoted} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in _VERBS
    ]
    return drops + each
