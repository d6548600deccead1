"""The sealer: grows the tree by what the journal has gained, and publishes its head once a day.

It runs off the write path. It takes the tree's own row first, so that sealers run one after another however many
there are, reads the journal without a lock, and never reads the tree itself: the row holds its edge.
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from backend.audit import services as audit
from backend.core import clock
from backend.core.transactions import require_transaction
from backend.seal import notes, queries
from backend.seal.errors import SealKeyChanged
from backend.seal.leaves import key_name, leaf_of, opening_of
from backend.seal.models import Checkpoint, Leaf, Tree, TreeNode
from backend.seal.rules import Frontier
from backend.seal.types import JournalRow, TreeHead

MOST_AT_ONCE = 1000  # on SQLite other writers wait for the whole piece, so it is kept to a few tens of milliseconds


def seal_pending(*, by: object, now: datetime, limit: int = MOST_AT_ONCE) -> int:
    """Seals up to `limit` transfers in id order; returns how many. 0 means that nothing waits.

    Late commits: ids are drawn before they are committed, so a smaller id may appear after a larger one is sealed.
    `horizon` therefore follows `seen` only after every transaction that could own such an id has ended, and the
    journal is read from `horizon`, not from `seen`. The three reads below must stay in this order.
    """
    require_transaction()
    tree = _take_tree()
    all_ended = not set(tree.writers) & set(queries.journal_writers())
    rows = queries.journal_rows(queries.unsealed(tree.horizon).order_by("pk")[:limit])
    tree.writers = queries.journal_writers()
    last = rows[-1].id if rows else tree.seen
    if all_ended and (len(rows) < limit or last >= tree.seen):
        tree.horizon = tree.seen
    tree.seen = max(tree.seen, last)
    before = tree.size
    _grow(tree, rows)
    tree.save()
    if rows:
        audit.record(by=by, action="seal.grow", subject="tree", now=now, size_before=before, size=tree.size)
    return len(rows)


def publish_checkpoint(*, by: object, now: datetime) -> Checkpoint:
    """Signs and publishes the tree's head for the district's day of `now`; the day's own if it is out already."""
    require_transaction()
    tree, day = queries.tree(), clock.local(now).date()
    root = Frontier(tree.size, bytes(tree.peaks)).root()
    head = TreeHead(origin=settings.SEAL_ORIGIN, size=tree.size, root=root, at=now)
    try:
        with transaction.atomic():
            made = Checkpoint.objects.create(day=day, size=head.size, root=root, at=now, **_signature(head))
    except IntegrityError:
        return Checkpoint.objects.get(day=day)
    audit.record(by=by, action="seal.publish", subject=day, now=now, size=head.size, root=root.hex())
    return made


def _take_tree() -> Tree:
    """Makes the tree if there is none, and keeps every other sealer out until this transaction ends."""
    name = key_name(settings.SEAL_KEY)
    Tree.objects.get_or_create(pk=1, defaults={"key_name": name})
    Tree.objects.filter(pk=1).update(runs=F("runs") + 1)
    tree = Tree.objects.get(pk=1)
    if tree.key_name != name:
        raise SealKeyChanged(f"the tree was begun with SEAL_KEY {tree.key_name}, the setting is {name}: restore it")
    return tree


def _grow(tree: Tree, rows: Sequence[JournalRow]) -> None:
    """Appends a leaf for each row and the subtrees that they complete."""
    frontier, leaves, nodes = Frontier(tree.size, bytes(tree.peaks)), [], []
    for index, row in enumerate(rows, start=tree.size):
        digest = leaf_of(opening_of(row, index, settings.SEAL_KEY))
        leaves.append(Leaf(index=index, transfer_id=row.id, hash=digest))
        nodes += [TreeNode(level=at.level, index=at.index, hash=root) for at, root in frontier.append(digest)]
    Leaf.objects.bulk_create(leaves)
    TreeNode.objects.bulk_create(nodes)
    tree.size, tree.peaks = frontier.size, frontier.packed()


def _signature(head: TreeHead) -> dict[str, str]:
    seed = settings.SEAL_SIGNING_KEY[0]
    hint = notes.key_hint(head.origin, notes.public_key(seed))
    return {"key_id": hint.hex(), "note": notes.signed(head, seed)}
