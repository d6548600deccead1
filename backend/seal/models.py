"""Rows of the seal. Leaves and checkpoints are written once; nodes and the tree's edge are made of the leaves."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from backend.seal.rules import HASH_BYTES, KEPT_LEVELS


class Leaf(models.Model):
    """One sealed transfer. `index` counts from 0 without a gap: the order of sealing, not of ids.

    No foreign key: it would lock and rewrite the journal's rows, and a transfer that is gone must be found missing.
    """

    append_only = True

    index = models.BigIntegerField(primary_key=True)
    transfer_id = models.BigIntegerField(unique=True)
    hash = models.BinaryField(max_length=HASH_BYTES)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(index__gte=0), name="leaf_index_counts"),
            models.CheckConstraint(condition=Exact(Length("hash"), HASH_BYTES), name="leaf_hash_whole"),
        ]

    def __str__(self) -> str:
        return f"leaf {self.index}: transfer {self.transfer_id}"


class TreeNode(models.Model):
    """The root of a complete subtree, kept at every eighth level so that a proof reads a few hundred hashes."""

    append_only = True

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=HASH_BYTES)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["level", "index"], name="one_node_per_place"),
            models.CheckConstraint(condition=Q(level__gte=KEPT_LEVELS), name="node_level_kept"),
            models.CheckConstraint(condition=Exact(Length("hash"), HASH_BYTES), name="node_hash_whole"),
        ]

    def __str__(self) -> str:
        return f"node {self.index} of level {self.level}"


class Tree(models.Model):
    """The one growing tree, and how far into the journal it has read. A sealer takes this row first.

    Every transfer with an id up to `horizon` is sealed or will never exist. `seen` is the highest id sealed;
    `writers` are the transactions that could still commit an id below it.
    """

    size = models.BigIntegerField(default=0)
    peaks = models.BinaryField(default=b"")
    horizon = models.BigIntegerField(default=0)
    seen = models.BigIntegerField(default=0)
    writers = models.JSONField(default=list)
    runs = models.BigIntegerField(default=0)
    key_name = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_tree"),
            models.CheckConstraint(condition=Q(horizon__lte=models.F("seen")), name="tree_horizon_seen"),
        ]

    def __str__(self) -> str:
        return f"{self.size} leaves"


class Checkpoint(models.Model):
    """The signed head of the tree on one day of the district. `note` is what was published, to the byte."""

    append_only = True

    day = models.DateField(unique=True)
    size = models.BigIntegerField(db_index=True)
    root = models.BinaryField(max_length=HASH_BYTES)
    at = models.DateTimeField()
    key_id = models.CharField(max_length=8)
    note = models.TextField()

    def __str__(self) -> str:
        return f"{self.day}: {self.size} leaves"
