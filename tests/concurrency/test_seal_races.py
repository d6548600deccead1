"""Sealers beside each other and beside writers: every transfer is sealed once, however late it is committed."""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from backend.core.ids import new_id
from backend.ledger import services as ledger
from backend.ledger.models import Account, Transfer
from backend.ledger.types import AccountRef, Asset, Kind
from backend.seal import proof, queries, services
from backend.seal.leaves import key_name
from backend.seal.models import Checkpoint, Leaf, Tree
from tests.concurrency.race import race
from tests.factories import NOON

pytestmark = pytest.mark.django_db(transaction=True)
only_postgres = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="SQLite has one writer: ids are committed in the order they are drawn"
)
SEED = 20260605
MINT, SINK = AccountRef(Asset.FEN, "mint", Kind.OPEN), AccountRef(Asset.FEN, "sink", Kind.OPEN)


@pytest.fixture(autouse=True)
def _accounts() -> None:
    """Two open accounts: posting between them takes no balance row, so nothing but ids puts writers in order."""
    with transaction.atomic():
        ledger.open_account(MINT)
        ledger.open_account(SINK)


def post() -> int:
    reference, event = str(new_id()), new_id()
    return ledger.post(debit=MINT, credit=SINK, amount=1, code="test", reference=reference, event_id=event, now=NOON).pk


def committed(number: int) -> list[int]:
    with transaction.atomic():
        return [post() for _ in range(number)]


def seal(limit: int = 1000) -> int:
    with transaction.atomic(durable=True):
        return services.seal_pending(by="test", now=NOON, limit=limit)


def seal_to_the_end() -> None:
    while seal():
        pass
    seal()


def leaf_ids() -> list[int]:
    return list(Leaf.objects.order_by("index").values_list("transfer_id", flat=True))


class Held:
    """A transaction on a thread of its own that has posted and waits to be told how to end."""

    def __init__(self, *, keep: bool = True) -> None:
        self._posted, self._end = Event(), Event()
        self._keep = keep
        self._pool = ThreadPoolExecutor(1)
        self._future = self._pool.submit(self._run)
        assert self._posted.wait(timeout=20)

    def _run(self) -> None:
        try:
            with transaction.atomic():
                self.id = post()
                self.number = transaction_number()
                self._posted.set()
                assert self._end.wait(timeout=60)
                transaction.set_rollback(not self._keep)
        finally:
            connections.close_all()

    def end(self) -> None:
        self._end.set()
        self._future.result(timeout=20)
        self._pool.shutdown()


# -- beside each other ------------------------------------------------------------------------------------------------


def test_64_sealers_at_once_seal_everything_once() -> None:
    made = committed(400)
    results = race([lambda: seal(limit=10)] * 64)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert sum(result for result in results if isinstance(result, int)) == 400
    assert leaf_ids() == made
    assert list(proof.disagreements()) == []


def test_without_the_trees_row_the_same_race_breaks() -> None:
    """The control: sealers that read the tree and take nothing seal the same rows, and the database refuses."""
    committed(200)

    def unguarded() -> Tree:
        tree = queries.tree()
        tree.key_name = key_name(settings.SEAL_KEY)
        time.sleep(0.5)  # all have read, none has written
        return tree

    with patch.object(services, "_take_tree", unguarded), patch.object(services, "require_transaction"):

        def autocommitted() -> int:  # stands for deferred transactions: IMMEDIATE alone would serialise on SQLite
            return services.seal_pending(by="test", now=NOON)

        with patch("backend.seal.services.audit.record"):
            results = race([autocommitted] * 4)
    assert [result for result in results if isinstance(result, Exception)] != []


def test_publishers_at_once_publish_once() -> None:
    committed(3)
    seal_to_the_end()

    def publish() -> int:
        with transaction.atomic(durable=True):
            return services.publish_checkpoint(by="test", now=NOON).pk

    results = race([publish] * 8)
    assert set(results) == {Checkpoint.objects.get().pk}


def test_sealers_beside_writers_skip_nothing() -> None:
    """Writers that dawdle between drawing an id and committing, some of which give up, and sealers all the while."""
    random.seed(SEED)
    naps = [random.uniform(0, 0.02) for _ in range(160)]
    done = Event()

    def write(mine: list[float]) -> None:
        for nap in mine:
            with transaction.atomic():
                post()
                if connection.vendor == "postgresql":
                    time.sleep(nap)
                transaction.set_rollback(nap < 0.004)

    def keep_sealing() -> None:
        while not done.is_set():
            seal(limit=5)
            time.sleep(0.01)

    def writers() -> None:
        try:
            wrong = race([lambda mine=naps[at::8]: write(mine) for at in range(8)])  # type: ignore[misc]
            assert wrong == [None] * 8
        finally:
            done.set()

    acts: list[Callable[[], None]] = [writers, keep_sealing, keep_sealing]
    assert race(acts) == [None] * 3
    seal_to_the_end()
    assert sorted(leaf_ids()) == sorted(Transfer.objects.values_list("pk", flat=True))
    assert len(leaf_ids()) == sum(nap >= 0.004 for nap in naps)
    assert Tree.objects.get().horizon == max(leaf_ids())
    assert list(proof.disagreements()) == []


# -- late commits -----------------------------------------------------------------------------------------------------


@only_postgres
def test_a_smaller_id_that_is_committed_late_is_sealed() -> None:
    held = Held()
    early = committed(3)
    assert min(early) > held.id
    seal_to_the_end()
    assert leaf_ids() == early
    assert Tree.objects.get().horizon < held.id
    held.end()
    assert queries.lag(NOON).unsealed == 1
    seal_to_the_end()
    assert leaf_ids() == [*early, held.id]
    assert Tree.objects.get().horizon == max(early)
    assert list(proof.disagreements()) == []


@only_postgres
@pytest.mark.parametrize("known", [False, True], ids=["unknown", "listed before"])
@pytest.mark.parametrize("moment", range(4))
def test_a_late_commit_is_sealed_whenever_it_ends(moment: int, known: bool) -> None:
    """Before the first list of writers, after it, before the second (the journal is read between), after it."""
    held = Held()
    committed(2)
    if known:
        seal()
    with patch.object(queries, "journal_writers", interrupted(moment, held.end)):
        seal()
    seal_to_the_end()
    assert sorted(leaf_ids()) == sorted(Transfer.objects.values_list("pk", flat=True))
    assert held.id in leaf_ids()
    assert list(proof.disagreements()) == []


@only_postgres
@pytest.mark.parametrize("moment", range(4))
def test_a_writer_that_comes_while_the_sealer_reads_is_waited_for(moment: int) -> None:
    committed(2)
    came: list[Held] = []

    def comes() -> None:
        came.append(Held())
        committed(1)  # draws a larger id and is done first

    with patch.object(queries, "journal_writers", interrupted(moment, comes)):
        seal()
    seal_to_the_end()
    came[0].end()
    seal_to_the_end()
    assert sorted(leaf_ids()) == sorted(Transfer.objects.values_list("pk", flat=True))
    assert came[0].id in leaf_ids()
    assert list(proof.disagreements()) == []


def interrupted(moment: int, act: Callable[[], None]) -> Callable[[], list[str]]:
    """`queries.journal_writers` with `act` done before (even) or after (odd) its first or second call."""
    listed = queries.journal_writers
    moments = iter(range(4))

    def list_writers() -> list[str]:
        if next(moments) == moment:
            act()
        found = listed()
        if next(moments) == moment:
            act()
        return found

    return list_writers


@only_postgres
def test_one_of_two_late_commits_does_not_hide_the_other() -> None:
    first, second = Held(), Held()
    committed(1)
    seal_to_the_end()
    second.end()
    seal_to_the_end()
    assert second.id in leaf_ids()
    assert Tree.objects.get().horizon < first.id
    first.end()
    seal_to_the_end()
    assert sorted(leaf_ids()) == sorted(Transfer.objects.values_list("pk", flat=True))
    assert list(proof.disagreements()) == []


@only_postgres
def test_an_id_whose_transaction_gave_up_is_waited_for_and_then_forgotten() -> None:
    held = Held(keep=False)
    early = committed(2)
    seal_to_the_end()
    assert Tree.objects.get().horizon < held.id
    held.end()
    seal_to_the_end()
    assert leaf_ids() == early
    assert Tree.objects.get().horizon == max(early)


@only_postgres
def test_late_commits_are_taken_in_pieces_too() -> None:
    held = [Held() for _ in range(4)]
    committed(4)
    seal_to_the_end()
    for each in held:
        each.end()
    assert seal(limit=3) == 3
    assert Tree.objects.get().horizon < held[-1].id
    seal_to_the_end()
    assert sorted(leaf_ids()) == sorted(Transfer.objects.values_list("pk", flat=True))


@only_postgres
def test_a_horizon_that_does_not_wait_skips_the_late_commit_and_is_found_out() -> None:
    """The control: the id cursor that one writes first. The journal then holds a row that is never sealed."""
    with patch.object(queries, "journal_writers", list):
        held = Held()
        committed(3)
        seal_to_the_end()
        held.end()
        seal_to_the_end()
    assert held.id not in leaf_ids()
    assert list(proof.disagreements()) == [f"transfer {held.id}: inserted where the journal was sealed already"]


@only_postgres
def test_a_cursor_over_ids_below_pg_snapshot_xmin_would_skip_it_too() -> None:
    """The control of the other known way. An older transaction may draw a larger id than a younger one that is not
    done: its row lies below the snapshot's xmin, and a cursor that follows it has gone past a row that is to come."""
    numbered, write = Event(), Event()

    def older() -> tuple[int, int]:
        try:
            with transaction.atomic():
                number = transaction_number()  # drawn first, the id last
                numbered.set()
                assert write.wait(timeout=20)
                return number, posted_without_a_savepoint()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(older)
        assert numbered.wait(timeout=20)
        younger = Held()
        write.set()
        number, larger = future.result(timeout=20)
        seal()
        younger.end()
    assert number == xmin_of(larger)
    assert number < younger.number
    assert younger.id < larger
    seal_to_the_end()
    assert leaf_ids() == [larger, younger.id]


def posted_without_a_savepoint() -> int:
    """A savepoint has a number of its own, which would be the row's."""
    debit, credit = (Account.objects.get(owner=ref.owner, asset=ref.asset.value) for ref in (MINT, SINK))
    return Transfer.objects.create(
        asset="FEN", debit=debit, credit=credit, amount=1, code="test", reference="older", event_id=new_id(), at=NOON
    ).pk


def transaction_number() -> int:
    """The present transaction's, on PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])


def xmin_of(transfer: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text::bigint FROM ledger_transfer WHERE id = %s", [transfer])
        return int(cursor.fetchone()[0])
