"""Which database is meant, and the word for an address that means none."""

from pathlib import Path

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured

from backend.config.env import _database


def configured(monkeypatch: pytest.MonkeyPatch, url: str) -> dict[str, object]:
    monkeypatch.setenv("DATABASE_URL", url)
    return _database(environ.Env(), Path("/somewhere"))


def test_an_address_set_to_nothing_means_the_embedded_database(monkeypatch: pytest.MonkeyPatch) -> None:
    found = configured(monkeypatch, "")
    assert (found["ENGINE"], found["NAME"]) == ("django.db.backends.sqlite3", "/somewhere/green.sqlite3")


def test_postgresql_is_asked_through_a_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    found = configured(monkeypatch, "postgres://root@127.0.0.1:5432/green")
    assert (found["NAME"], found["HOST"]) == ("green", "127.0.0.1")
    assert "pool" in found["OPTIONS"]  # type: ignore[operator]


@pytest.mark.parametrize("url", ["mysql://root@127.0.0.1/green", "nonsense"])
def test_what_is_no_database_of_ours_is_said_in_words(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL wants"):
        configured(monkeypatch, url)
