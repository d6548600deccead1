"""Reads of the seal: what waits, what was published, and the hashes that proofs are made of."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from backend.core.errors import NotFound
from backend.ledger import queries as ledger
from backend.ledger.models import Transfer
from backend.ledger.types import AccountRef
from backend.seal import notes
from backend.seal.errors import NotAGrowth, ProofNotReady
from backend.seal.leaves import opening_of
from backend.seal.models import Checkpoint, Leaf, Tree, TreeNode
from backend.seal.rules import KEPT_LEVELS, complete_nodes, consistency_spans, folded, inclusion_spans, node_hash
from backend.seal.types import EntryProof, Inclusion, JournalRow, Lag, Node, Span

# One for each field of JournalRow, in its order.
_COLUMNS = (
    "pk",
    "asset",
    "debit_id",
    "debit__owner",
    "debit_balance_after",
    "credit_id",
    "credit__owner",
    "credit_balance_after",
    "amount",
    "code",
    "reference",
    "event_id",
    "at",
    "memo",
    "reverses_id",
)


def journal_rows(transfers: "QuerySet[Transfer]") -> list[JournalRow]:
    """The transfers as they are sealed."""
    return [JournalRow._make(row) for row in transfers.values_list(*_COLUMNS)]


def tree() -> Tree:
    """The tree as it stands; an unsaved, empty one before the first sealing."""
    return Tree.objects.filter(pk=1).first() or Tree(pk=1)


def unsealed(after: int) -> "QuerySet[Transfer]":
    """Committed transfers with an id above `after` that have no leaf."""
    sealed = Leaf.objects.filter(transfer_id=OuterRef("pk"), transfer_id__gt=after)
    return Transfer.objects.filter(~Exists(sealed), pk__gt=after)


def slipped_in() -> "QuerySet[Transfer]":
    """Transfers at or below the horizon without a leaf: they were not there when the journal was sealed."""
    sealed = Leaf.objects.filter(transfer_id=OuterRef("pk"))
    return Transfer.objects.filter(~Exists(sealed), pk__lte=tree().horizon)


def lag(now: datetime) -> Lag:
    """How many transfers wait for the seal, and how long the oldest has waited."""
    found = unsealed(tree().horizon).aggregate(count=Count("pk"), oldest=Min("at"))
    waited = (now - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    return Lag(unsealed=found["count"], oldest_seconds=max(waited, 0.0))


def journal_writers() -> list[str]:
    """The unfinished transactions that have begun to write transfers. On SQLite there is one writer: oneself.

    PostgreSQL takes the table's lock before the statement draws its first id and keeps it to the end, so whoever
    holds an id that is not visible yet is on this list. `pg_snapshot_xmin` alone would not do: a transaction draws
    the id before it is given its number (docs/adr/0010-the-seal.md).
    """
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS, [Transfer._meta.db_table])
        return [writer for (writer,) in cursor.fetchall()]


_WRITERS = """
SELECT DISTINCT virtualtransaction FROM pg_locks
WHERE locktype = 'relation' AND relation = %s::regclass AND mode = 'RowExclusiveLock' AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()
ORDER BY virtualtransaction
"""


def checkpoints() -> "QuerySet[Checkpoint]":
    return Checkpoint.objects.all()


def latest_checkpoint() -> Checkpoint:
    """The newest checkpoint. Raises NotFound before the first."""
    found = Checkpoint.objects.order_by("-day").first()
    if found is None:
        raise NotFound
    return found


def checkpoint_of(size: int) -> Checkpoint:
    """The first checkpoint that was published at `size` leaves. Raises NotFound."""
    found = Checkpoint.objects.filter(size=size).order_by("day").first()
    if found is None:
        raise NotFound
    return found


def public_keys() -> list[bytes]:
    """The keys whose signatures are ours: the one that signs first, then those it replaced."""
    return [notes.public_key(seed) for seed in settings.SEAL_SIGNING_KEY]


def consistency_path(old: int, new: int) -> list[bytes]:
    """The proof that the tree of `old` leaves is the beginning of the tree of `new`. Raises NotAGrowth."""
    if old > new:
        raise NotAGrowth(size=new)
    return hashes_of(consistency_spans(old, new))


def entry_proof(entry: int, mine: AccountRef) -> EntryProof:
    """The proof of one transfer of the account `mine`, under the newest checkpoint.

    It is made of the row as it stands today: had somebody changed it, the proof would not verify, as it should.
    Raises NotFound for a transfer that does not touch the account, ProofNotReady until a checkpoint covers it.
    """
    rows = journal_rows(ledger.journal_of(mine).filter(pk=entry))
    if not rows:
        raise NotFound
    leaf = Leaf.objects.filter(transfer_id=entry).first()
    checkpoint = Checkpoint.objects.order_by("-day").first()
    if leaf is None or checkpoint is None or leaf.index >= checkpoint.size:
        raise ProofNotReady
    return EntryProof(
        entry=entry,
        side="debit" if rows[0].debit_owner == mine.owner else "credit",
        opening=opening_of(rows[0], leaf.index, settings.SEAL_KEY),
        inclusion=inclusion(leaf.index, checkpoint.size),
        note=checkpoint.note,
    )


def inclusion(index: int, size: int) -> Inclusion:
    """The audit path of leaf `index` under the tree of `size`."""
    leaf = bytes(Leaf.objects.get(index=index).hash)
    return Inclusion(index=index, size=size, leaf=leaf, path=hashes_of(inclusion_spans(index, size)))


def hashes_of(spans: Sequence[Span]) -> list[bytes]:
    """The root of each span, read from the kept levels: one query a level, at most 256 hashes a span and level."""
    nodes = [list(complete_nodes(span)) for span in spans]
    kept = _kept_below([node for each in nodes for node in each])
    return [folded([_root(node, kept) for node in each]) for each in nodes]


def _kept_below(nodes: Iterable[Node]) -> dict[Node, bytes]:
    """The stored hashes out of which `nodes` are made."""
    wanted: dict[int, Q] = {}
    for node in nodes:
        level, first, end = _children(node)
        wanted[level] = wanted.get(level, Q()) | Q(index__gte=first, index__lt=end)
    found: dict[Node, bytes] = {}
    for level, ranges in wanted.items():
        stored = TreeNode.objects.filter(level=level) if level else Leaf.objects
        for index, digest in stored.filter(ranges).values_list("index", "hash"):
            found[Node(level, index)] = bytes(digest)
    return found


def _children(node: Node) -> tuple[int, int, int]:
    """The kept level at or below the node, and which of its nodes [first, end) lie under it."""
    below = node.level % KEPT_LEVELS
    return node.level - below, node.index << below, (node.index + 1) << below


def _root(node: Node, kept: dict[Node, bytes]) -> bytes:
    level, first, end = _children(node)
    row = [kept[Node(level, index)] for index in range(first, end)]
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]
