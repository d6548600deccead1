"""`manage.py prove` as an operator runs it: yes, and no with the place where it does not agree."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from backend.accounts.queries import points_account
from backend.core import triggers
from backend.ledger import queries
from backend.ledger.models import Balance, Lot, Transfer
from backend.ops import upkeep
from tests import factories
from tests.factories import NOON
from tests.tampering import drop_triggers

pytestmark = pytest.mark.django_db(transaction=True)


def prove(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("prove", *arguments, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture(autouse=True)
def _life() -> Iterator[None]:
    anna = factories.person(points=100)
    with transaction.atomic():
        factories.give_points(anna, 30, expires_at=NOON + timedelta(days=1))
    upkeep.run_once()
    yield
    triggers.install(connection, triggers.guarded_models())


def test_it_says_yes_and_how_much_it_looked_at() -> None:
    code, text = prove()
    assert (code, "✗" in text) == (0, False)
    assert "transfers" in text


def test_a_balance_that_was_tampered_with_is_named() -> None:
    row = Balance.objects.filter(amount__gt=0).order_by("-pk")[0]
    Balance.objects.filter(pk=row.pk).update(amount=row.amount + 1)
    code, text = prove()
    assert (code, f"account {row.pk} " in text) == (1, True)


@pytest.mark.parametrize(
    "sql", ["UPDATE ledger_transfer SET amount = amount + 1 WHERE id = %s", "DELETE FROM ledger_lot"]
)
def test_an_altered_journal_is_found_where_it_was_altered(sql: str) -> None:
    last = Transfer.objects.order_by("-pk")[0]
    drop_triggers(connection)
    with connection.cursor() as cursor:
        if sql.endswith("ledger_lot"):
            cursor.execute("DELETE FROM ledger_lotuse")
        cursor.execute(sql, [last.pk] if "%s" in sql else [])
    code, text = prove()
    assert code == 1
    assert f"transfer {last.pk}" in text
    if "UPDATE" in sql:
        assert "_no_update is missing" in text


def test_a_rebuild_gives_the_same_answers() -> None:
    before = (list(Balance.objects.order_by("pk").values()), list(Lot.objects.order_by("pk").values()))
    Balance.objects.all().delete()
    assert prove()[0] == 1
    assert prove("--rebuild")[0] == 0
    assert (list(Balance.objects.order_by("pk").values()), list(Lot.objects.order_by("pk").values())) == before


def test_as_of_asks_the_journal_alone() -> None:
    code, text = prove("--as-of", "2026-06-05T18:00")
    assert (code, "lots" in text) == (0, False)
    with pytest.raises(CommandError, match="--as-of wants an instant"):
        prove("--as-of", "yesterday")


def test_against_a_kept_checkpoint(client: Any, tmp_path: Path) -> None:
    kept = tmp_path / "checkpoint.txt"
    kept.write_text(client.get("/api/v1/open-data/checkpoints/latest").json()["note"], encoding="utf-8")
    assert prove("--against", str(kept))[0] == 0
    kept.write_text(kept.read_text(encoding="utf-8").replace("\n", "\nx", 1), encoding="utf-8")
    assert prove("--against", str(kept))[0] == 1
    with pytest.raises(CommandError, match="--against wants a checkpoint"):
        prove("--against", str(tmp_path / "nothing"))


def test_upkeep_expires_what_is_due_and_seals() -> None:
    anna = factories.person()
    with transaction.atomic():
        factories.give_points(anna, 5, expires_at=NOON + timedelta(seconds=1))
    assert upkeep.run_once()["accounts with expired points"] >= 1
    assert queries.balance(points_account(anna.pk)) == 0
    assert set(upkeep.run_once().values()) == {0}
