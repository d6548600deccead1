"""Loaded by pytest before Django's settings: a data directory of the run's own, and nothing inherited by accident."""

import atexit
import os
import shutil
import tempfile

import pytest

_folder = tempfile.mkdtemp(prefix="green-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["DATA_DIR"] = _folder
os.environ["LOG_LEVEL"] = "WARNING"
for name in (
    "DEMO",
    "REDIS_URL",
    "CHROMA_URL",
    "LLM_BASE_URL",
    "LLM_MODEL",
    "LLM_API_KEY",
    "TOKEN_KEYS",
    "SECRET_KEY",
    "SEAL_KEY",
    "SEAL_SIGNING_KEY",
):
    os.environ.pop(name, None)
os.environ["PUBLIC_BASE_URL"] = "http://testserver"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--only-database", action="store_true", help="only tests that ask a database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What asks no database says the same whichever there is: on the second one it need not be said again."""
    if config.getoption("--only-database"):
        config.hook.pytest_deselected(items=[item for item in items if not _asks_database(item)])
        items[:] = filter(_asks_database, items)


def _asks_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or not {"db", "transactional_db"}.isdisjoint(fixtures)
