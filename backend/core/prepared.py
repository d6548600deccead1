"""Statements that PostgreSQL reads and plans once for each connection.

Django writes the values into the text of a statement, so that every one is new to the server. A claim's writes take
longer to plan than to do. Nothing else is sent this way: a value that stands in a GROUP BY or has no type of its own is
refused when it comes separately, and what is asked now and then gains nothing by it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

_AFTER = 2  # times that a connection is asked the same; what is asked once is not worth keeping


@contextmanager
def prepared(connection: BaseDatabaseWrapper, *, numbered: bool = False) -> Iterator[None]:
    """Cursors of the block send values apart from the statement, whose marks are `%s`, or `$1` where `numbered`.

    On SQLite, whose driver always does so, this is nothing.
    """
    if connection.vendor != "postgresql":
        yield
        return
    import psycopg
    from django.db.backends.postgresql.base import ServerBindingCursor  # whose import wants the driver

    connection.ensure_connection()
    raw: Any = connection.connection
    before = raw.cursor_factory, raw.prepare_threshold
    raw.cursor_factory = psycopg.RawCursor if numbered else ServerBindingCursor
    raw.prepare_threshold = None if connection.queries_logged else _AFTER  # a statement sent by its name has no text
    try:
        yield
    finally:
        raw.cursor_factory, raw.prepare_threshold = before
