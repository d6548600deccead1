"""What every test shares: databases as files, triggers that survive a flush, people, and clients."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db.backends.base.operations import BaseDatabaseOperations
from hypothesis import settings as hypothesis

from backend.ledger.services import accounts
from tests import servers
from tests.tampering import drop_triggers

# The same examples in every run, so that red means changed code; HYPOTHESIS_PROFILE=explore tries new ones.
hypothesis.register_profile("steady", derandomize=True, deadline=None, print_blob=True)
hypothesis.register_profile("explore", deadline=None, print_blob=True)
hypothesis.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = servers.missing()
    for item in items:
        for marker, why in missing.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=why))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite as a file: the shared in-memory database locks where a real one waits."""
    database = settings.DATABASES["default"]
    if str(database["ENGINE"]).endswith("sqlite3"):
        database["TEST"] = database.get("TEST", {}) | {
            "NAME": str(tmp_path_factory.mktemp("database") / "test.sqlite3")
        }


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_triggers() -> Iterator[None]:
    """Transactional tests empty the tables, which append-only triggers refuse; `post_migrate` puts them back."""
    original = BaseDatabaseOperations.execute_sql_flush

    def flush(self: BaseDatabaseOperations, sql_list: list[str]) -> Any:
        drop_triggers(self.connection)
        return original(self, sql_list)

    BaseDatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]
    yield
    BaseDatabaseOperations.execute_sql_flush = original  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _clean_caches() -> Iterator[None]:
    yield
    cache.clear()
    accounts.forget()


@pytest.fixture
def artifacts() -> Path:
    """Where pictures and logs of a failing run go; git ignores it."""
    folder = Path(__file__).parent / "artifacts"
    folder.mkdir(exist_ok=True)
    return folder
