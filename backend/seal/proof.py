"""Re-derives the seal from the journal. Each function yields a sentence per disagreement; none means proved."""

from collections.abc import Iterator
from itertools import pairwise

from django.conf import settings
from django.db.models import QuerySet

from backend.ledger.models import Transfer
from backend.seal import notes, queries
from backend.seal.errors import BrokenNote
from backend.seal.leaves import key_name, leaf_of, opening_of
from backend.seal.models import Checkpoint, Leaf, Tree, TreeNode
from backend.seal.rules import Frontier
from backend.seal.types import JournalRow, Node

_CHUNK = 2000  # leaves read at once: memory stays flat however long the journal is


def disagreements() -> Iterator[str]:
    """Every transfer is what was sealed, none is missing or slipped in, and every root and signature follows."""
    yield from _checkpoints()
    yield from _slipped_in()
    yield from _leaves()
    yield from _roots()


def disagreements_against(note: str) -> Iterator[str]:
    """The journal has grown out of the one that `note` was published for. `note` is a checkpoint kept elsewhere.

    This finds what `disagreements` cannot: a journal that was altered, sealed again and signed again.
    """
    try:
        head = notes.opened(note, queries.public_keys())
    except BrokenNote as wrong:
        yield f"the checkpoint kept elsewhere is of no use: {wrong}"
        return
    frontier = Frontier()
    for _, digest in _hashes(head.size):
        frontier.append(digest)
    if frontier.size < head.size:
        yield f"the checkpoint kept elsewhere covers {head.size} leaves, here are {frontier.size}: some were removed"
    elif frontier.root() != head.root:
        yield (
            f"the first {head.size} leaves are not those of the checkpoint of {head.at.isoformat()} kept elsewhere: "
            "the journal was changed after that and sealed again"
        )


def sizes() -> dict[str, int]:
    """How much was looked at."""
    return {"leaves": Leaf.objects.count(), "checkpoints": Checkpoint.objects.count()}


def _checkpoints() -> Iterator[str]:
    """Each is signed by a key of ours, says what its row says, and is no smaller than the one before it."""
    rows, keys = list(Checkpoint.objects.order_by("day")), queries.public_keys()
    for row in rows:
        try:
            head = notes.opened(row.note, keys)
        except BrokenNote as wrong:
            yield f"checkpoint {row.day}: {wrong}"
            continue
        if (head.size, head.root, head.at) != (row.size, bytes(row.root), row.at):
            yield f"checkpoint {row.day}: its row and its signed note differ"
    for before, after in pairwise(rows):
        if after.size < before.size:
            yield f"checkpoint {after.day}: {after.size} leaves after {before.size} on {before.day}"


def _slipped_in() -> Iterator[str]:
    for transfer in queries.slipped_in().order_by("pk").values_list("pk", flat=True).iterator():
        yield f"transfer {transfer}: inserted where the journal was sealed already"


def _leaves() -> Iterator[str]:
    """Each leaf opens with its transfer as it stands, at the place where it stands."""
    key = settings.SEAL_KEY
    begun_with = queries.tree().key_name
    if begun_with and begun_with != key_name(key):
        yield f"SEAL_KEY is not the key {begun_with} that the tree was begun with: no leaf can be opened"
        return
    for index, transfer, digest, row in _sealed():
        if row is None:
            yield f"transfer {transfer}: deleted after it was sealed as leaf {index}"
        elif leaf_of(opening_of(row, index, key)) != digest:
            yield f"transfer {transfer}: altered or moved since it was sealed as leaf {index}"


def _roots() -> Iterator[str]:
    """The leaves are numbered without a gap, and the kept nodes, the checkpoints and the tree's edge follow."""
    tree, frontier = queries.tree(), Frontier()
    kept = {Node(level, index): root for level, index, root in _nodes()}
    heads = _heads()
    yield from _roots_at(heads.pop(0, []), frontier)
    for index, digest in _hashes(tree.size):
        if index != frontier.size:
            yield f"leaf {frontier.size}: missing; the leaves after it belong to no tree"
            return
        for node, root in frontier.append(digest):
            if kept.pop(node, None) != root:
                yield f"{_leaves_under(node)}: their stored root is not theirs"
        yield from _roots_at(heads.pop(frontier.size, []), frontier)
    yield from _left_over(kept, heads)
    yield from _edge(tree, frontier)


def _left_over(kept: dict[Node, bytes], heads: dict[int, list[Checkpoint]]) -> Iterator[str]:
    """What was stored or published for leaves that are not there."""
    for node in sorted(kept):
        yield f"{_leaves_under(node)}: a root is stored for leaves that are not there"
    for size in sorted(heads):
        yield from (f"checkpoint {row.day}: it covers {size} leaves that are not all there" for row in heads[size])


def _edge(tree: Tree, frontier: Frontier) -> Iterator[str]:
    """The row that the sealer continues from is made of the leaves, and of no others."""
    if frontier.size != tree.size:
        yield f"the tree counts {tree.size} leaves, here are {frontier.size}"
    elif frontier.packed() != bytes(tree.peaks):
        yield "the tree's edge is not that of its leaves"
    for index in Leaf.objects.filter(index__gte=tree.size).order_by("index").values_list("index", flat=True):
        yield f"leaf {index}: it lies beyond the tree's {tree.size} leaves"


def _roots_at(rows: list[Checkpoint], frontier: Frontier) -> Iterator[str]:
    for row in rows:
        if bytes(row.root) != frontier.root():
            yield f"checkpoint {row.day}: its root is not that of the first {row.size} leaves"


def _heads() -> dict[int, list[Checkpoint]]:
    found: dict[int, list[Checkpoint]] = {}
    for row in Checkpoint.objects.order_by("day"):
        found.setdefault(row.size, []).append(row)
    return found


def _leaves_under(node: Node) -> str:
    return f"leaves {node.index << node.level} to {((node.index + 1) << node.level) - 1}"


def _sealed() -> Iterator[tuple[int, int, bytes, JournalRow | None]]:
    """Every leaf in order with its transfer; None where the journal has it no more."""
    after = -1
    while True:
        leaves = Leaf.objects.filter(index__gt=after).order_by("index").values_list("index", "transfer_id", "hash")
        chunk = list(leaves[:_CHUNK])
        if not chunk:
            return
        rows = {row.id: row for row in queries.journal_rows(_transfers([transfer for _, transfer, _ in chunk]))}
        for index, transfer, digest in chunk:
            yield index, transfer, bytes(digest), rows.get(transfer)
        after = chunk[-1][0]


def _transfers(ids: list[int]) -> "QuerySet[Transfer]":
    """At least the transfers with these ids. They mostly lie side by side, and a range is read faster than a list."""
    first, last = min(ids), max(ids)
    if last - first < 2 * len(ids):
        return Transfer.objects.filter(pk__gte=first, pk__lte=last)
    return Transfer.objects.filter(pk__in=ids)


def _hashes(end: int) -> Iterator[tuple[int, bytes]]:
    """The leaves below `end` in order: (index, hash)."""
    leaves = Leaf.objects.filter(index__lt=end).order_by("index").values_list("index", "hash")
    for index, digest in leaves.iterator(chunk_size=_CHUNK):
        yield index, bytes(digest)


def _nodes() -> Iterator[tuple[int, int, bytes]]:
    for level, index, root in TreeNode.objects.values_list("level", "index", "hash").iterator(chunk_size=_CHUNK):
        yield level, index, bytes(root)
