"""Statements that are planned once: what the database keeps of them, and that nothing else is sent that way."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.core.prepared import prepared
from campaigns.models import Offer
from campaigns.services import claims
from tests.factories import person
from tests.factories_campaigns import claim, offer

pytestmark = pytest.mark.django_db(transaction=True)
POSTGRESQL = connection.vendor == "postgresql"


def kept() -> list[str]:
    """What this connection has planned for good; SQLite's driver keeps its own and tells nobody."""
    if not POSTGRESQL:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [row[0] for row in cursor.fetchall()]


def test_a_claim_s_writes_and_reads_are_planned_once() -> None:
    of = offer(stock=10)
    for _ in range(4):
        claim(person(points=50), of)
    statements = kept()
    writes = [each for each in statements if each.startswith("WITH w0") and "campaigns_claimuse" in each]
    assert len(writes) == POSTGRESQL
    assert all("$1" in each for each in writes)
    reads = [each for each in statements if each.startswith("SELECT") and "campaigns_offer" in each]
    assert len(reads) == POSTGRESQL


def test_who_watches_statements_sees_the_text_of_each() -> None:
    """However often the connection has sent it: what is sent by the name of a kept statement has none."""
    of = offer(stock=10)
    for _ in range(4):
        claim(person(points=50), of)
    with CaptureQueriesContext(connection) as seen:
        claim(person(points=50), of)
    assert all(each["sql"] for each in seen)


def test_what_is_asked_otherwise_is_not_kept() -> None:
    before = kept()
    for _ in range(4):
        list(Offer.objects.filter(stock=3))
    assert kept() == before


def test_a_cursor_is_as_before_after_the_block() -> None:
    connection.ensure_connection()
    with prepared(connection), connection.cursor() as cursor:
        cursor.execute("SELECT %s + 1", [1])
        assert cursor.fetchone() == (2,)
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", ["%s"])
        assert cursor.fetchone() == ("%s",)


def test_one_read_tells_of_offer_person_and_listeners() -> None:
    of, who = offer(), person()
    known = claims._read(of.pk, who.pk)
    assert (known.offer, known.resident_id, known.joined_to, known.listened) == (of, who.pk, None, False)
