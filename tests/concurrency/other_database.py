"""Runs a file of races once more on the other database: SQLite where the suite is on PostgreSQL, and the other way."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from tests import servers

MARK = "the_other_database"


def run_there(request: pytest.FixtureRequest, tmp_path: Path, name: str) -> None:
    """Fails with the output of the run unless every other test of the caller's file passed there."""
    if os.environ.get(MARK):
        pytest.skip("this is the other database")
    url = _named(servers.POSTGRES_URL, f"{name}_{os.getpid()}")
    if connection.vendor != "sqlite":
        url = f"sqlite:///{tmp_path / 'db'}"
    settings_module, file = os.environ["DJANGO_SETTINGS_MODULE"], str(request.node.path)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--ds={settings_module}", file],
        cwd=request.config.rootpath,
        env=os.environ | {"DATABASE_URL": url, MARK: "1"},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    here = sum(1 for item in request.node.parent.collect() if isinstance(item, pytest.Function)) - 1
    assert f"{here} passed, 1 skipped" in run.stdout, run.stdout


def _named(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
