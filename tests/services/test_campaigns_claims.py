"""Claiming, and that a refusal moves nothing."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from backend.accounts.queries import points_account
from backend.audit.models import AuditRow
from backend.core.errors import NotFound, Refusal
from backend.core.ids import new_id
from backend.core.transactions import NoTransaction
from backend.earning import queries as earning
from backend.edge import live
from backend.ledger import queries as ledger
from backend.ledger.models import Transfer
from campaigns import errors, queries, services
from campaigns.models import ClaimUse, Offer, Voucher, campaign_account, outstanding_account
from campaigns.services import claims
from tests.factories import NOON, person
from tests.factories_campaigns import DAY, claim, offer

pytestmark = pytest.mark.django_db


def state() -> dict[str, object]:
    """All that a claim could move."""
    return {
        "claimed": list(Offer.objects.order_by("pk").values_list("claimed", flat=True)),
        "vouchers": list(Voucher.objects.order_by("pk").values_list("pk", "status")),
        "uses": list(ClaimUse.objects.order_by("pk").values_list("person_id", "used")),
        "transfers": Transfer.objects.count(),
        "audit": AuditRow.objects.filter(action="campaigns.claim").count(),
    }


def test_a_claim_moves_points_sets_money_aside_and_counts_the_stock():
    resident, of = person(points=50), offer()
    voucher = claim(resident, of)
    of.refresh_from_db()
    assert (of.claimed, earning.points_of(resident.pk, NOON).balance) == (1, 30)
    assert (voucher.status, voucher.points_paid, voucher.face_value_fen, voucher.min_spend_fen) == (
        "claimed",
        20,
        500,
        2000,
    )
    assert (voucher.claimed_at, voucher.expires_at) == (NOON, NOON + 10 * DAY)
    assert ledger.totals_by_code(campaign_account(of.pk)) == {"campaign_allotment": 5000, "voucher_claim": -500}
    assert ledger.totals_by_code(outstanding_account(of.pk)) == {"voucher_claim": 500}
    assert Transfer.objects.filter(event_id=voucher.pk).count() == 2
    assert AuditRow.objects.filter(action="campaigns.claim", subject=str(voucher.pk)).count() == 1
    assert list(queries.disagreements()) == []


def test_what_a_voucher_is_worth_does_not_change_with_its_offer():
    voucher = claim(person(points=50), of := offer())
    Offer.objects.filter(pk=of.pk).update(face_value_fen=100, min_spend_fen=100, points_price=1)
    voucher.refresh_from_db()
    assert (voucher.face_value_fen, voucher.min_spend_fen, voucher.points_paid) == (500, 2000, 20)
    assert list(queries.disagreements()) == []


def test_an_entry_says_what_the_points_went_for():
    resident = person(points=50)
    claim(resident, offer(title_en="5 yuan off"))
    row = ledger.journal_of(points_account(resident.pk)).order_by("-id")[0]
    assert (row.memo["why_zh"], row.memo["why_en"]) == ("兑换“满20减5元”", "Exchanged for: 5 yuan off")


def refused(kind: type[Refusal], by, of, now=NOON):
    before = state()
    with pytest.raises(kind) as caught:
        claim(by, of, now)
    assert state() == before
    return caught.value


def test_sold_out():
    of = offer(stock=1)
    claim(person(points=50), of)
    refused(errors.OfferSoldOut, person(points=50), of)


def test_the_sold_out_crowd_is_refused_by_one_read():
    of, late = offer(stock=0), person(points=50)
    with CaptureQueriesContext(connection) as asked, transaction.atomic(), pytest.raises(errors.OfferSoldOut):
        services.claim(by=late, offer_id=of.pk, now=NOON)
    assert [query["sql"].split()[0] for query in asked if "SAVEPOINT" not in query["sql"]] == ["SELECT"]


def test_sold_out_between_the_read_and_the_guard():
    """The plain read may be stale; the guarded statement is the truth, and the points come back."""
    of, resident = offer(stock=1), person(points=50)
    stale = claims._read(of.pk, resident.pk)
    claim(person(points=50), of)
    with patch.object(claims, "_read", return_value=stale):
        refused(errors.OfferSoldOut, resident, of)
    assert earning.points_of(resident.pk, NOON).balance == 50


def test_the_limit_per_person():
    of, resident = offer(per_person_limit=2), person(points=500)
    claim(resident, of)
    claim(resident, of)
    assert refused(errors.ClaimLimitReached, resident, of).data == {"limit": 2}
    claim(person(points=50), of)


def test_too_few_points_says_how_many_are_missing():
    assert refused(errors.InsufficientPoints, person(points=13), offer()).data == {"price": 20, "missing": 7}
    assert refused(errors.InsufficientPoints, person(), offer()).data == {"price": 20, "missing": 20}


@pytest.mark.parametrize(
    ("now", "kind"),
    [
        (NOON - DAY - timedelta(microseconds=1), errors.OfferNotYetOpen),
        (NOON + DAY, errors.OfferEnded),
    ],
)
def test_outside_its_time(now, kind):
    refused(kind, person(points=50), offer(), now)


def test_the_edges_of_its_time_are_in_and_out():
    of = offer(per_person_limit=2)
    resident = person(points=50)
    claim(resident, of, NOON - DAY)
    claim(resident, of, NOON + DAY - timedelta(microseconds=1))


def test_an_unknown_offer():
    with pytest.raises(NotFound), transaction.atomic():
        services.claim(by=person(points=50), offer_id=new_id(), now=NOON)


def test_a_claim_wants_a_transaction():
    with pytest.raises(NoTransaction):
        services.claim(by=person(points=50), offer_id=offer().pk, now=NOON)


def test_the_phone_hears_of_it_after_the_commit(django_capture_on_commit_callbacks):
    resident = person(points=50)
    with patch.object(live, "_send") as send, django_capture_on_commit_callbacks(execute=True):
        voucher = claim(resident, offer())
        send.assert_not_called()
    (group, events) = send.call_args.args
    assert (send.call_count, group) == (1, live.group_of(resident.pk))
    assert [live.whole(event, resident.pk) for event in events] == [
        {"type": "voucher", "id": str(voucher.pk), "status": "claimed"},
        {"type": "balance", "balance": 30, "available": 30, "pending": 0},
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"points_price": 0},
        {"face_value_fen": 0},
        {"face_value_fen": 2001},
        {"per_person_limit": 0},
        {"valid_days": 0},
        {"valid_days": 367},
    ],
)
def test_an_offer_that_cannot_be_right_is_not_written(changes):
    with pytest.raises(IntegrityError):
        offer(**changes)
    assert Offer.objects.count() == 0


def test_an_offer_lies_within_its_campaign():
    with pytest.raises(errors.OfferOutsideCampaign):
        offer(ends_at=NOON + 31 * DAY)
    with pytest.raises(NotFound):
        offer(store_ids=frozenset({new_id()}))
    assert Offer.objects.count() == 0


@pytest.mark.parametrize("claimed", [-1, 11])
def test_the_counter_cannot_leave_the_stock_by_any_way(claimed):
    of = offer(stock=10)
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.filter(pk=of.pk).update(claimed=claimed)
