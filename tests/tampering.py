"""What a thief with the database's password can do: write past the triggers. Tests then look for who notices."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.db import connection, connections, transaction

from backend.core import triggers

_KEPT = ("django_migrations", "django_content_type", "auth_permission")  # made once, with the tables


def drop_triggers(database: Any, models: Iterable[triggers.Model] | None = None) -> None:
    """Takes every trigger of ours away, or those of `models`; `triggers.install` puts them back."""
    postgresql = database.vendor == "postgresql"
    with database.cursor() as cursor:
        for model in triggers.guarded_models() if models is None else models:
            table = model._meta.db_table
            for name, *_ in triggers._triggers(model):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f' ON "{table}"' if postgresql else ""))


@contextmanager
def past_the_triggers() -> Iterator[None]:
    drop_triggers(connection)
    yield
    triggers.install(connection, triggers.guarded_models())


def emptied(database: Any) -> None:
    """Takes the rows of every table that has some, past the laws that refuse it, which stand again afterwards."""
    with transaction.atomic(using=database.alias):
        filled = _filled(database)
        guarded = [model for model in triggers.guarded_models() if model._meta.db_table in filled]
        drop_triggers(database, guarded)
        with database.cursor() as cursor:
            for table in filled:
                cursor.execute(f'DELETE FROM "{table}"')
        triggers.install(database, triggers.guarded_models() if triggers.missing(database) else [])


def _filled(database: Any) -> set[str]:
    looks = [f"SELECT '{each}' WHERE EXISTS (SELECT 1 FROM \"{each}\")" for each in _tables(database.alias)]
    with database.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(looks))
        return {row[0] for row in cursor.fetchall()}


@cache
def _tables(alias: str) -> list[str]:
    tables = connections[alias].introspection.django_table_names(only_existing=True, include_views=False)
    return [table for table in tables if table not in _KEPT]
