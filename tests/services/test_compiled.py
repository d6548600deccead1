"""Compiled reads give what the same queryset gives, at every call, on every thread."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from backend.core.compiled import Compiled, Slot
from backend.core.ids import new_id
from campaigns.models import Offer
from tests import factories_campaigns as factories

pytestmark = pytest.mark.django_db
OFFER = Compiled(lambda: Offer.objects.select_related("campaign").filter(pk=Slot("id", models.UUIDField())))
ENDING = Compiled(
    lambda: (
        Offer.objects.filter(ends_at__gt=Slot("after", models.DateTimeField()), is_open=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
)


def test_rows_are_those_of_the_queryset_with_what_was_selected_beside_them() -> None:
    one, other = factories.offer(title="一"), factories.offer(title="二")
    for offer in (one, other, one):
        with CaptureQueriesContext(connection) as asked:
            found = OFFER.first(id=offer.pk)
            assert found is not None
            assert found.campaign.title == offer.campaign.title
        assert len(asked) == 1
        assert found == Offer.objects.get(pk=offer.pk)
        assert found.title == offer.title
    assert OFFER.first(id=new_id()) is None


def test_each_slot_is_adapted_as_its_kind_is() -> None:
    offer = factories.offer()
    assert ENDING.rows(after=offer.ends_at - timedelta(seconds=1)) == [offer.pk]
    assert ENDING.rows(after=offer.ends_at) == []


def test_a_change_is_seen_at_the_next_call() -> None:
    offer = factories.offer(title="旧")
    assert OFFER.first(id=offer.pk).title == "旧"  # type: ignore[union-attr]
    Offer.objects.filter(pk=offer.pk).update(title="新")
    assert OFFER.first(id=offer.pk).title == "新"  # type: ignore[union-attr]


@pytest.mark.django_db(transaction=True)
def test_threads_do_not_share_what_was_asked() -> None:
    offers = [factories.offer(title=str(number)) for number in range(8)]

    def read(offer: Offer) -> bool:
        try:
            return all(OFFER.first(id=offer.pk).title == offer.title for _ in range(20))  # type: ignore[union-attr]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, offers))
