"""What every test shares: databases as files, triggers that survive a flush, people, and clients."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis

from backend.ledger.services import accounts
from tests import servers
from tests.tampering import emptied

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
def _empty_only_what_was_filled() -> Iterator[None]:
    """After a transactional test Django empties every table and makes all permissions anew: a second on PostgreSQL."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: emptied(connection))
        yield


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
