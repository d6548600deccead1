"""The sealer, its proofs, and whoever changes the journal behind its back."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from itertools import count
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from backend.audit.models import AuditRow
from backend.core import clock, triggers
from backend.core.errors import NotFound
from backend.core.ids import new_id
from backend.core.transactions import NoTransaction
from backend.ledger import services as ledger
from backend.ledger.models import Transfer
from backend.ledger.types import AccountRef, Asset, Kind
from backend.seal import notes, proof, queries, rules, services
from backend.seal.errors import NotAGrowth, ProofNotReady, SealKeyChanged
from backend.seal.leaves import leaf_of, opening_of
from backend.seal.models import Checkpoint, Leaf, Tree, TreeNode
from backend.seal.types import Lag, TreeHead
from tests.factories import NOON

pytestmark = pytest.mark.django_db
MINT = AccountRef(Asset.FEN, "mint", Kind.OPEN)
ANNA, BEN = AccountRef(Asset.FEN, "anna"), AccountRef(Asset.FEN, "ben")
_references = count()


def post(debit: AccountRef = MINT, credit: AccountRef = ANNA, amount: int = 5) -> Transfer:
    with transaction.atomic():
        return ledger.post(
            debit=debit,
            credit=credit,
            amount=amount,
            code="test",
            reference=f"seal-test:{next(_references)}",
            event_id=new_id(),
            now=NOON,
            memo={"why_zh": "测试"},
        )


def seal(limit: int = 1000) -> int:
    with transaction.atomic():
        return services.seal_pending(by="test", now=NOON, limit=limit)


def publish(days: int = 0) -> Checkpoint:
    with transaction.atomic():
        return services.publish_checkpoint(by="test", now=NOON + timedelta(days=days))


def sealed(number: int, *, days: int = 0) -> list[Transfer]:
    """`number` transfers, sealed to the horizon, and a checkpoint."""
    made = [post() for _ in range(number)]
    while seal():
        pass
    publish(days)
    return made


def found() -> list[str]:
    return list(proof.disagreements())


def change(model: Any, statement: str, *values: Any) -> None:
    """What somebody with the database's own password can do: drop the triggers, change, put them back."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        for verb in ("update", "delete"):
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {model._meta.db_table}_no_{verb}{on}")
        cursor.execute(statement.replace("TABLE", table), values)
    triggers.install(connection, [model])


# -- sealing ----------------------------------------------------------------------------------------------------------


def test_every_transfer_becomes_a_leaf_in_its_order() -> None:
    made = sealed(3)
    assert list(Leaf.objects.order_by("index").values_list("index", "transfer_id")) == [
        (index, transfer.pk) for index, transfer in enumerate(made)
    ]
    assert bytes(Checkpoint.objects.get().root) == queries_root(3)
    assert found() == []


def queries_root(size: int) -> bytes:
    frontier = rules.Frontier()
    for digest in Leaf.objects.filter(index__lt=size).order_by("index").values_list("hash", flat=True):
        frontier.append(bytes(digest))
    return frontier.root()


def test_sealing_twice_seals_once() -> None:
    sealed(3)
    before = Tree.objects.get()
    assert (seal(), Leaf.objects.count()) == (0, 3)
    after = Tree.objects.get()
    assert (after.size, bytes(after.peaks), after.horizon) == (before.size, bytes(before.peaks), before.horizon)


def test_sealing_in_pieces_makes_the_same_tree() -> None:
    for _ in range(7):
        post()
    assert [seal(limit=3) for _ in range(4)] == [3, 3, 1, 0]
    assert Tree.objects.get().size == 7
    assert found() == []


def test_sealing_never_rereads_the_tree() -> None:
    """The statements and rows of one more leaf do not grow with the tree."""
    costs = []
    for size in (10, 300):
        sealed(size)
        post()
        with CaptureQueriesContext(
            connection,
        ) as captured:
            seal()
        costs.append(len(captured))
    assert costs[0] == costs[1]


def test_the_services_want_a_transaction() -> None:
    with pytest.raises(NoTransaction):
        services.seal_pending(by="test", now=NOON)
    with pytest.raises(NoTransaction):
        services.publish_checkpoint(by="test", now=NOON)


def test_growth_and_publication_are_audited() -> None:
    sealed(2)
    seal()
    publish()
    rows = AuditRow.objects.filter(action__startswith="seal.").order_by("pk")
    assert [(row.action, row.data["size"]) for row in rows] == [("seal.grow", 2), ("seal.publish", 2)]


def test_another_seal_key_stops_the_sealer(settings: Any) -> None:
    sealed(1)
    post()
    settings.SEAL_KEY = b"another key of thirty-two bytes!"
    with pytest.raises(SealKeyChanged, match="restore it"):
        seal()
    assert Leaf.objects.count() == 1
    (sentence,) = found()
    assert sentence.startswith("SEAL_KEY is not the key")


def test_leaves_nodes_and_checkpoints_are_written_once() -> None:
    sealed(257)
    for table, column in (("seal_leaf", "transfer_id"), ("seal_treenode", "level"), ("seal_checkpoint", "size")):
        for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    assert found() == []


# -- checkpoints ------------------------------------------------------------------------------------------------------


def test_one_checkpoint_a_day() -> None:
    made = [post() for _ in range(2)]
    seal()
    first = publish()
    sealed(1)
    assert publish().pk == first.pk
    later = publish(days=1)
    assert (first.size, later.size, len(made)) == (2, 3, 2)
    assert (later.day - first.day) == timedelta(days=1)


def test_the_day_is_the_districts() -> None:
    """16:00 UTC is midnight in Chongqing."""
    midnight = clock.day_bounds(NOON)[1]
    with transaction.atomic():
        before = services.publish_checkpoint(by="test", now=midnight - timedelta(microseconds=1))
        after = services.publish_checkpoint(by="test", now=midnight)
    assert (after.day - before.day).days == 1


def test_an_empty_tree_has_a_checkpoint_too() -> None:
    head = publish()
    assert (head.size, bytes(head.root)) == (0, rules.EMPTY_ROOT)
    sealed(3, days=1)
    assert queries.consistency_path(0, 3) == []
    assert found() == []


def test_the_note_is_signed_with_the_published_key() -> None:
    sealed(2)
    head = notes.opened(Checkpoint.objects.get().note, queries.public_keys())
    assert (head.size, head.root, head.at) == (2, queries_root(2), NOON)


def test_a_replaced_key_still_vouches_for_its_checkpoints(settings: Any) -> None:
    sealed(1)
    old = settings.SEAL_SIGNING_KEY
    settings.SEAL_SIGNING_KEY = [b"n" * 32, *old]
    sealed(1, days=1)
    assert found() == []
    settings.SEAL_SIGNING_KEY = [b"n" * 32]
    assert len(found()) == 1
    assert "no key of this service signed it" in found()[0]


# -- proofs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 515])
def test_every_leaf_and_every_earlier_head_is_proved_from_the_kept_nodes(size: int) -> None:
    sealed(size)
    root = queries_root(size)
    for index in {0, 1, size // 2, size - 2, size - 1} & {*range(size)}:
        made = queries.inclusion(index, size)
        assert rules.root_from_inclusion(made.leaf, index, size, made.path) == root
    for old in {1, 255, 256, 257, 512, size // 2, size - 1, size} & {*range(1, size + 1)}:
        rules.check_consistency(old, queries_root(old), size, root, queries.consistency_path(old, size))


def test_a_proof_takes_a_handful_of_queries() -> None:
    sealed(600)
    with CaptureQueriesContext(connection) as captured:
        queries.inclusion(300, 600)
    assert len(captured) <= 3


def test_an_earlier_head_is_never_larger() -> None:
    with pytest.raises(NotAGrowth):
        queries.consistency_path(2, 1)


def test_an_entry_is_proved_to_either_side_and_to_nobody_else() -> None:
    post()
    made = post(ANNA, BEN, 2)
    sealed(1)
    for owner, side, left in ((ANNA, "debit", '"balance_after":3'), (BEN, "credit", '"balance_after":2')):
        shown = queries.entry_proof(made.pk, owner)
        assert shown.side == side
        assert left in (shown.opening.debit_text if side == "debit" else shown.opening.credit_text)
        size, at = shown.inclusion.size, shown.inclusion.index
        root = rules.root_from_inclusion(leaf_of(shown.opening), at, size, shown.inclusion.path)
        assert root == notes.opened(shown.note, queries.public_keys()).root
    for stranger in (AccountRef(Asset.FEN, "carl"), AccountRef(Asset.POINT, "anna")):
        with pytest.raises(NotFound):
            queries.entry_proof(made.pk, stranger)


def test_a_proof_waits_for_the_seal_and_for_the_checkpoint() -> None:
    made = post()
    with pytest.raises(ProofNotReady):
        queries.entry_proof(made.pk, ANNA)
    seal()
    with pytest.raises(ProofNotReady):
        queries.entry_proof(made.pk, ANNA)
    publish()
    assert queries.entry_proof(made.pk, ANNA).inclusion.index == 0
    late = post()
    seal()
    with pytest.raises(ProofNotReady):
        queries.entry_proof(late.pk, ANNA)


def test_lag_counts_what_waits() -> None:
    assert queries.lag(NOON) == (Lag(unsealed=0, oldest_seconds=0.0))
    post()
    post()
    assert queries.lag(NOON + timedelta(seconds=30)) == Lag(unsealed=2, oldest_seconds=30.0)
    seal(limit=1)
    assert queries.lag(NOON + timedelta(seconds=30)).unsealed == 1
    seal()
    assert queries.lag(NOON + timedelta(seconds=30)) == Lag(unsealed=0, oldest_seconds=0.0)


# -- tampering: found, and the row is named ---------------------------------------------------------------------------


def test_what_is_looked_at_is_counted() -> None:
    sealed(3)
    assert proof.sizes() == {"leaves": 3, "checkpoints": 1}


@pytest.fixture
def journal() -> list[Transfer]:
    made = sealed(5)
    assert found() == []
    return made


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("amount", 4),
        ("code", "gift"),
        ("reference", "elsewhere"),
        ("memo", '{"why_zh": "别的"}'),
        ("at", "2026-06-05 04:00:00.000001+00:00"),
        ("credit_balance_after", 999),
        ("debit_balance_after", 0),
        ("asset", "POINT"),
        ("event_id", "0" * 32),
    ],
)
def test_an_altered_transfer_is_found_and_named(journal: list[Transfer], column: str, value: object) -> None:
    change(Transfer, f"UPDATE TABLE SET {column} = %s WHERE id = %s", value, journal[2].pk)
    assert found() == [f"transfer {journal[2].pk}: altered or moved since it was sealed as leaf 2"]


def test_an_account_that_is_renamed_is_found(journal: list[Transfer]) -> None:
    """The journal's rows stay as they are; whose they are does not."""
    from backend.ledger.models import Account

    change(Account, "UPDATE TABLE SET owner = 'mallory' WHERE owner = %s", "anna")
    assert found()[0] == f"transfer {journal[0].pk}: altered or moved since it was sealed as leaf 0"


def test_a_deleted_transfer_is_found_and_named(journal: list[Transfer]) -> None:
    change(Transfer, "DELETE FROM TABLE WHERE id = %s", journal[1].pk)
    assert found() == [f"transfer {journal[1].pk}: deleted after it was sealed as leaf 1"]


def test_an_inserted_transfer_is_found_and_named(journal: list[Transfer]) -> None:
    """Slipped in among sealed ids, where one was rolled back or never drawn."""
    Transfer.objects.create(
        pk=0,
        asset="FEN",
        debit=journal[0].debit,
        credit=journal[0].credit,
        amount=1,
        code="test",
        reference="slipped in",
        event_id=new_id(),
        at=NOON,
    )
    assert found() == ["transfer 0: inserted where the journal was sealed already"]


def test_a_transfer_slipped_into_a_gap_is_found_and_named(journal: list[Transfer]) -> None:
    last = journal[-1].pk
    Transfer.objects.create(
        pk=last + 500,  # ids drawn by transactions that were rolled back
        asset="FEN", debit=journal[0].debit, credit=journal[0].credit, amount=1, code="test",
        reference="gap", event_id=new_id(), at=NOON,
    )  # fmt: skip
    while seal():
        pass
    seal()
    Transfer.objects.create(
        pk=last + 3,
        asset="FEN", debit=journal[0].debit, credit=journal[0].credit, amount=1, code="test",
        reference="late", event_id=new_id(), at=NOON,
    )  # fmt: skip
    assert seal() == 0
    assert found() == [f"transfer {last + 3}: inserted where the journal was sealed already"]


def test_reordered_transfers_are_found_and_named(journal: list[Transfer]) -> None:
    one, two = journal[1].pk, journal[3].pk
    for old, new in ((one, -1), (two, one), (-1, two)):
        change(Transfer, "UPDATE TABLE SET id = %s WHERE id = %s", new, old)
    assert found() == [
        f"transfer {one}: altered or moved since it was sealed as leaf 1",
        f"transfer {two}: altered or moved since it was sealed as leaf 3",
    ]


def test_reordered_leaves_are_found_and_named(journal: list[Transfer]) -> None:
    for old, new in ((1, 100), (3, 1), (100, 3)):
        change(Leaf, "UPDATE TABLE SET index = %s WHERE index = %s".replace("index", '"index"'), new, old)
    assert found()[:2] == [
        f"transfer {journal[3].pk}: altered or moved since it was sealed as leaf 1",
        f"transfer {journal[1].pk}: altered or moved since it was sealed as leaf 3",
    ]
    assert any("its root is not that of the first 5 leaves" in sentence for sentence in found())


def test_a_deleted_leaf_is_found(journal: list[Transfer]) -> None:
    change(Leaf, 'DELETE FROM TABLE WHERE "index" = %s', 2)
    assert "leaf 2: missing; the leaves after it belong to no tree" in found()
    assert f"transfer {journal[2].pk}: inserted where the journal was sealed already" in found()


def test_a_tail_that_is_cut_off_is_found(journal: list[Transfer]) -> None:
    change(Leaf, 'DELETE FROM TABLE WHERE "index" = 4')
    assert found() == [
        f"transfer {journal[4].pk}: inserted where the journal was sealed already",
        f"checkpoint {NOON.date()}: it covers 5 leaves that are not all there",
        "the tree counts 5 leaves, here are 4",
    ]


def test_a_leaf_made_to_fit_an_altered_transfer_is_found(settings: Any, journal: list[Transfer]) -> None:
    """Somebody who holds SEAL_KEY too: the leaf opens, so it is the signed root that gives it away."""
    change(Transfer, "UPDATE TABLE SET amount = 4 WHERE id = %s", journal[2].pk)
    refit(settings, 2)
    assert found() == [
        f"checkpoint {Checkpoint.objects.get().day}: its root is not that of the first 5 leaves",
        "the tree's edge is not that of its leaves",
    ]


def refit(settings: Any, index: int) -> None:
    row = queries.journal_rows(Transfer.objects.filter(pk=Leaf.objects.get(index=index).transfer_id))[0]
    digest = leaf_of(opening_of(row, index, settings.SEAL_KEY))
    change(Leaf, 'UPDATE TABLE SET hash = %s WHERE "index" = %s', digest, index)


def test_a_changed_node_is_found() -> None:
    sealed(300)
    change(TreeNode, "UPDATE TABLE SET hash = %s", b"x" * 32)
    assert found() == ["leaves 0 to 255: their stored root is not theirs"]


def test_a_node_over_leaves_that_are_not_there_is_found(journal: list[Transfer]) -> None:
    TreeNode.objects.create(level=8, index=7, hash=b"x" * 32)
    assert found() == ["leaves 1792 to 2047: a root is stored for leaves that are not there"]


def test_a_leaf_beyond_the_tree_is_found(journal: list[Transfer]) -> None:
    made = post()
    Leaf.objects.create(index=9, transfer_id=made.pk, hash=b"x" * 32)
    assert "leaf 9: it lies beyond the tree's 5 leaves" in found()


@pytest.mark.parametrize(("column", "value"), [("size", 4), ("note", "nothing"), ("root", b"x" * 32)])
def test_a_changed_checkpoint_is_found(journal: list[Transfer], column: str, value: object) -> None:
    change(Checkpoint, f"UPDATE TABLE SET {column} = %s", value)
    assert found()[0].startswith(f"checkpoint {Checkpoint.objects.get().day}:")


def test_a_checkpoint_that_shrinks_is_found(journal: list[Transfer]) -> None:
    head = TreeHead(origin="testserver/ledger", size=2, root=queries_root(2), at=NOON + timedelta(days=1))
    Checkpoint.objects.create(day=head.at.date(), size=2, root=head.root, at=head.at, **services._signature(head))
    assert found() == [f"checkpoint {head.at.date()}: 2 leaves after 5 on {NOON.date()}"]


# -- a checkpoint kept elsewhere --------------------------------------------------------------------------------------


def against(note: str) -> list[str]:
    return list(proof.disagreements_against(note))


def test_a_journal_that_only_grew_agrees_with_every_checkpoint_kept_elsewhere() -> None:
    kept = [publish().note]
    for day in range(1, 4):
        sealed(100, days=day)
        kept.append(Checkpoint.objects.latest("day").note)
    assert [against(note) for note in kept] == [[], [], [], []]


def test_a_journal_altered_sealed_and_signed_again_is_caught_by_a_checkpoint_kept_elsewhere(
    settings: Any, journal: list[Transfer]
) -> None:
    """Somebody with every key and every table makes a journal that proves itself. What was published remembers."""
    kept = Checkpoint.objects.get().note
    change(Transfer, "UPDATE TABLE SET amount = 4, credit_balance_after = 14 WHERE id = %s", journal[2].pk)
    for model in (Leaf, Checkpoint):
        change(model, "DELETE FROM TABLE")
    Tree.objects.all().delete()
    while seal():
        pass
    publish()
    assert found() == []
    assert len(against(kept)) == 1
    assert "the first 5 leaves are not those of the checkpoint" in against(kept)[0]


def test_a_journal_cut_short_is_caught_by_a_checkpoint_kept_elsewhere(journal: list[Transfer]) -> None:
    kept = Checkpoint.objects.get().note
    change(Leaf, 'DELETE FROM TABLE WHERE "index" = 4')
    assert against(kept) == ["the checkpoint kept elsewhere covers 5 leaves, here are 4: some were removed"]


@pytest.mark.parametrize("spoil", [lambda note: "", lambda note: note.replace("\n5\n", "\n4\n")])
def test_a_spoilt_checkpoint_is_of_no_use(journal: list[Transfer], spoil: Callable[[str], str]) -> None:
    (sentence,) = against(spoil(Checkpoint.objects.get().note))
    assert sentence.startswith("the checkpoint kept elsewhere is of no use")


# -- the command ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_command_seals_in_pieces_publishes_and_is_quiet_when_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services.seal_pending, "__kwdefaults__", {"limit": 2})
    for _ in range(5):
        post()
    out = StringIO()
    call_command("seal", stdout=out)
    assert out.getvalue().splitlines()[0] == "sealed 5 transfers"
    assert "published the checkpoint of" in out.getvalue()
    assert Tree.objects.get().horizon == Tree.objects.get().seen
    again = StringIO()
    call_command("seal", stdout=again)
    assert again.getvalue() == ""
    assert found() == []


@pytest.mark.django_db(transaction=True)
def test_the_command_goes_on_until_it_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        post()
        if len(naps) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr("backend.seal.management.commands.seal.time.sleep", nap)
    call_command("seal", "--loop", "5", stdout=StringIO(), stderr=StringIO())
    assert (naps, Leaf.objects.count()) == ([5.0] * 3, 2)


@pytest.mark.django_db(transaction=True)
def test_the_command_publishes_no_empty_tree() -> None:
    """The day's one checkpoint waits for the first transfer, so that a new service has something to prove at once."""
    out = StringIO()
    call_command("seal", stdout=out)
    assert (out.getvalue(), Checkpoint.objects.count()) == ("", 0)


@pytest.mark.parametrize("loop", ["0", "-1"])
def test_a_loop_wants_a_pause(loop: str) -> None:
    with pytest.raises(CommandError, match="above 0"):
        call_command("seal", f"--loop={loop}")
