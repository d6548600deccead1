"""Two deciders, and one photo for two acts, at the same instant: one of them has it, and without the guard both do."""

from threading import Barrier
from unittest.mock import patch

import pytest
from django.db import connection, transaction

from backend.accounts.models import User
from backend.accounts.queries import points_account
from backend.core import clock
from backend.earning import services
from backend.earning.errors import AlreadyReviewed, AppealDecided, EvidenceAlreadyUsed
from backend.earning.models import Appeal, Award, EvidenceRecord, Review
from backend.earning.queries.evidence import disagreements
from backend.earning.services import appeals
from backend.earning.types import Activity, AppealState, Awarded, ReasonCode
from backend.ledger import proof
from backend.ledger import queries as ledger
from tests import factories
from tests.concurrency.race import race
from tests.factories_evidence import PHOTO_RULE, operator, photo, rejected, waiting

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


@pytest.fixture
def anna() -> User:
    factories.rule(Activity.CLEAN_PLATE, **PHOTO_RULE)
    return factories.person()


def filed(anna: User) -> Appeal:
    award = rejected(anna, operator())
    with transaction.atomic():
        return services.appeal_rejection(by=anna, award_id=award.id, text="请复核", now=clock.now())


def uphold(by: User, appeal: Appeal) -> Appeal:
    with transaction.atomic():
        return services.decide_appeal(
            by=by, appeal_id=appeal.pk, uphold=True, reason_code=ReasonCode.EXPLAINED, reason="属实", now=clock.now()
        )


def test_one_appeal_brings_its_points_once(anna: User) -> None:
    appeal, deciders = filed(anna), [operator() for _ in range(THREADS)]
    results = race([lambda by=by: uphold(by, appeal) for by in deciders])
    assert sum(isinstance(each, Appeal) for each in results) == 1, results
    assert all(isinstance(each, Appeal | AppealDecided) for each in results), results
    assert (ledger.balance(points_account(anna.pk)), Award.objects.exclude(restores=None).count()) == (10, 1)
    assert [*proof.balances(), *proof.chains(), *proof.budgets(), *disagreements()] == []


def test_without_the_guarded_step_the_deciders_all_go_on(anna: User) -> None:
    """The control: the state is read, judged and written; only the unique row of what is restored stops them then."""
    appeal, deciders, all_have_read = filed(anna), [operator() for _ in range(4)], Barrier(4)

    def unguarded(row: Appeal, state: AppealState, by: User, code: ReasonCode, reason: str, now: object) -> None:
        passed.append(by.pk)
        said = {"reason_code": code, "reason": reason, "decided_by": by.pk, "decided_at": now}
        Appeal.objects.filter(pk=row.pk).update(state=state, **said)

    def decide(by: User) -> Appeal:
        assert Appeal.objects.get(pk=appeal.pk).state == "filed"
        connection.close()
        all_have_read.wait(timeout=60)
        return uphold(by, appeal)

    passed: list[object] = []
    with patch.object(appeals, "_take", unguarded):
        results = race([lambda by=by: decide(by) for by in deciders])
    assert len(passed) == 4
    assert sum(isinstance(each, Appeal) for each in results) == 1, results


def test_two_reviewers_decide_once(anna: User) -> None:
    award, reviewers = waiting(anna), [operator() for _ in range(THREADS)]

    def decide(by: User, approve: bool) -> Review:
        with transaction.atomic():
            return services.review(by=by, award_id=award.id, approve=approve, reason="看过", now=clock.now())

    results = race([lambda by=by, n=n: decide(by, n % 2 == 0) for n, by in enumerate(reviewers)])
    assert all(isinstance(each, Review | AlreadyReviewed) for each in results), results
    assert ledger.balance(points_account(anna.pk)) == (10 if Review.objects.get().approved else 0)
    assert [*proof.balances(), *proof.chains(), *proof.budgets()] == []


def test_one_photo_for_two_acts(anna: User) -> None:
    kept = photo(anna)

    def act() -> Awarded:
        with transaction.atomic():
            return services.act_by_photo(by=anna, activity=Activity.CLEAN_PLATE, photo_id=kept.pk, now=clock.now())

    results = race([act] * THREADS)
    assert sum(isinstance(each, Awarded) for each in results) == 1
    assert all(isinstance(each, Awarded | EvidenceAlreadyUsed) for each in results), results
    assert (Award.objects.count(), EvidenceRecord.objects.count()) == (1, 1)


def test_one_picture_sent_on_many_threads_is_one_photo(anna: User) -> None:
    results = race([lambda: photo(anna).pk] * 4)
    assert len(set(results)) == 1, results
