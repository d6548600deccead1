"""A database for one test whose processes are its own: what they need of the environment to find it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg

from tests import servers

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def own_database(vendor: str, data_dir: Path, **settings: str) -> Iterator[dict[str, str]]:
    """The environment of an empty database; on PostgreSQL it is dropped in the end, with whoever is still in it."""
    variables = {**os.environ, "DATA_DIR": str(data_dir), "PYTHONPATH": str(ROOT), **settings}
    variables.pop("DATABASE_URL", None)
    if vendor == "sqlite":
        yield variables
        return
    name = f"own_{uuid4().hex[:10]}"
    with psycopg.connect(servers.POSTGRES_URL, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            yield variables | {"DATABASE_URL": f"{servers.POSTGRES_URL.rsplit('/', 1)[0]}/{name}"}
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def manage(environment: dict[str, str], *words: str) -> None:
    """Runs a manage.py command there; it must succeed."""
    command = [sys.executable, "manage.py", *words]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
