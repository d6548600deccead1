"""`manage.py ingest_events`: any length, bad lines told by number, twice without harm; and the page's test vector."""

import hashlib
import json
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from backend.earning import queries as earning
from backend.edge import signing
from backend.travel.management.commands.ingest_events import MOST_LINE_BYTES
from backend.travel.models import Ride
from tests import factories_travel as travel

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = (Path(__file__).parents[2] / "docs" / "partners.md").read_text()


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    travel.standard_rules()
    travel.partner("metro")
    monkeypatch.setattr("backend.core.clock.now", lambda: travel.NOON)


def ingest(file: Path, *words: str) -> tuple[list[dict[str, object]], str]:
    out, told = StringIO(), StringIO()
    call_command("ingest_events", str(file), "--partner", "metro", *words, stdout=out, stderr=told)
    return [json.loads(line) for line in out.getvalue().splitlines()], told.getvalue()


def test_a_file_is_recorded_counted_and_changes_nothing_the_second_time(tmp_path: Path) -> None:
    person, card = travel.linked()
    file = tmp_path / "rides.ndjson"
    file.write_text("\n".join(json.dumps(travel.event(card, distance_m=10)) for _ in range(1201)))
    refused, told = ingest(file)
    assert (refused, "recorded 1,201, refused 0" in told, "counted for riders: 1,201" in told) == ([], True, True)
    books = (earning.points_of(person.pk, travel.NOON).balance, Ride.objects.count())
    assert books == (12, 1201)
    refused, told = ingest(file)
    assert (refused, "recorded 1,201" in told) == ([], True)
    assert (earning.points_of(person.pk, travel.NOON).balance, Ride.objects.count()) == books


def test_bad_lines_are_told_by_their_number_and_the_others_stand(tmp_path: Path) -> None:
    file, card = tmp_path / "rides.ndjson", travel.card()
    long = json.dumps(travel.event(card) | {"note": "x" * MOST_LINE_BYTES})
    lines = [json.dumps(travel.event(card)), "{", "", long, "[" * 3000, json.dumps(travel.event(card))]
    file.write_text("\n".join(lines))
    refused, _ = ingest(file, "--record-only")
    assert [each["line"] for each in refused] == [2, 4, 5]
    assert Ride.objects.count() == 2


def test_an_unknown_partner_or_file_is_told_plainly(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no partner"):
        call_command("ingest_events", "x", "--partner", "nobody")
    with pytest.raises(CommandError, match="cannot read"):
        ingest(tmp_path / "absent")


def test_the_vector_of_the_page_is_what_the_service_signs() -> None:
    (lines,) = re.findall(r"^```\n(POST\n.*?)\n```$", PAGE, re.MULTILINE | re.DOTALL)
    method, path, key_id, timestamp, nonce, digest = lines.split("\n")
    assert digest == hashlib.sha256(b"{}").hexdigest()
    made = signing.sign(
        secret=b"not-a-real-secret",
        method=method,
        path=path,
        key_id=key_id,
        timestamp=timestamp,
        nonce=nonce,
        body=b"{}",
    )
    assert f"give the signature `{made}`" in PAGE
