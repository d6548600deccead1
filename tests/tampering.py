"""What a thief with the database's password can do: write past the triggers. Tests then look for who notices."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from backend.core import triggers


def drop_triggers(database: Any) -> None:
    """Takes every trigger of ours away; `triggers.install` (and `post_migrate`) puts them back."""
    postgresql = database.vendor == "postgresql"
    with database.cursor() as cursor:
        for model in triggers.guarded_models():
            table = model._meta.db_table
            for name, *_ in triggers._triggers(model):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f' ON "{table}"' if postgresql else ""))


@contextmanager
def past_the_triggers() -> Iterator[None]:
    drop_triggers(connection)
    yield
    triggers.install(connection, triggers.guarded_models())
