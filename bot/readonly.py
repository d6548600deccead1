"""Read-only at run time: while the assistant's tools run, the connection refuses writes outside the bot's own tables.

The import law keeps writing services out of reach; this holds where somebody finds a way around it.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

_COMMENTS = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
_READS = re.compile(r"(?:SELECT|WITH|VALUES|SAVEPOINT|RELEASE|ROLLBACK TO)\b", re.IGNORECASE)
_CHANGES = re.compile(r"\b(?:INSERT|UPDATE|DELETE|MERGE|INTO|TRUNCATE|ALTER|DROP|CREATE)\b", re.IGNORECASE)
_OWN = re.compile(r'(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"?bot_', re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"|'(?:[^']|'')*'")


class WriteRefused(RuntimeError):
    """Something tried to write where the assistant may only read. A fault of the code, never shown to anybody."""


def may_run(sql: str) -> bool:
    """Whether a statement only reads, or writes to the bot's own tables."""
    plain = _COMMENTS.sub(" ", sql).strip().rstrip(";")
    bare = _QUOTED.sub("x", plain)  # a column called "update" writes nothing
    if ";" in bare:
        return False
    if _READS.match(bare):
        return not _CHANGES.search(bare)
    return _OWN.match(plain) is not None


@contextmanager
def reading_only() -> Iterator[None]:
    """Within this block this thread's connection runs only what `may_run`. Raises WriteRefused."""
    with connection.execute_wrapper(_guard):
        yield


def _guard(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if not may_run(sql):
        raise WriteRefused(sql.split(None, 1)[0] if sql.strip() else "")
    return execute(sql, params, many, context)
