"""A rebooking that two work on at once adjusts each entry once, and its progress is that of one."""

from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import IntegrityError, transaction

from backend.carbon import queries, services
from backend.carbon.models import Entry, Method, Rebooking
from backend.carbon.services.entries import adjust
from backend.carbon.standard import METHODS
from backend.carbon.types import Counted, Factor
from backend.core.ids import new_id
from tests import factories
from tests.concurrency.race import race
from tests.factories import NOON

pytestmark = pytest.mark.django_db(transaction=True)
ENTRIES, BUS = 24, METHODS[0]
LATER = NOON + services.HEAD_START


@pytest.fixture
def later() -> Method:
    """A version that covers entries of the one before."""
    factories.method(BUS)
    who = factories.person().pk
    with transaction.atomic():
        for number in range(ENTRIES):
            act = Counted(f"ride {number}", who, "bus_ride", BUS.slug, "", 4000, new_id())
            services.record(act=act, happened_at=NOON, now=NOON)
        changed = replace(BUS, factors={"": Factor(20)})
        draft = services.draft_method(by="one", method=changed, valid_from=NOON - timedelta(days=1), now=NOON)
    with transaction.atomic():
        return services.publish_draft(by="another", draft_id=draft.pk, now=NOON)


def piece() -> int:
    with transaction.atomic(durable=True):
        return services.rebook_due(now=LATER, limit=4)


def everything() -> None:
    while piece():
        pass


def booked() -> int:
    assert list(queries.disagreements()) == []
    return sum(Entry.objects.values_list("mg", flat=True))


def test_two_who_work_on_it_do_one_piece_after_the_other(later: Method) -> None:
    assert race([everything] * 4) == [None] * 4
    done = Rebooking.objects.get()
    assert (done.total, done.looked, done.adjusted, done.done_at) == (ENTRIES, ENTRIES, ENTRIES, LATER)
    assert booked() == ENTRIES * 80_000


def test_who_works_from_what_was_read_before_is_refused_by_the_entry_s_key(later: Method) -> None:
    """The control: without the row that is taken a second worker has the same entries in hand, and other sums."""
    stale = queries.left_to_rebook(later).select_related("method").order_by("pk")[0]
    assert piece() == 4
    with patch("backend.carbon.rules.rebooked_mg", return_value=1), pytest.raises(IntegrityError), transaction.atomic():
        adjust(entry=stale, method=later, now=LATER)
    everything()
    assert booked() == ENTRIES * 80_000
