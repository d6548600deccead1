"""What the seal speaks of."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class JournalRow(NamedTuple):
    """One transfer as it is sealed: every column of its row, and the names of its two accounts."""

    id: int
    asset: str
    debit_id: int
    debit_owner: str
    debit_balance_after: int | None
    credit_id: int
    credit_owner: str
    credit_balance_after: int | None
    amount: int
    code: str
    reference: str
    event_id: UUID
    at: datetime
    memo: dict[str, object]
    reverses_id: int | None


class Opening(NamedTuple):
    """What opens a leaf's commitment: texts in ASCII and the salts that hide them. Never shown whole to one party."""

    text: str
    salt: bytes
    debit_text: str
    debit_salt: bytes
    credit_text: str
    credit_salt: bytes


class Span(NamedTuple):
    """Leaves `start` to `end`, half-open: one subtree of the tree, the right edge included."""

    start: int
    end: int


@dataclass(frozen=True, order=True)
class Node:
    """A complete subtree: `index` counts the subtrees of 2**level leaves from the left."""

    level: int
    index: int


@dataclass(frozen=True)
class TreeHead:
    """What a checkpoint says: the first `size` leaves of the log `origin` have this root, at this instant."""

    origin: str
    size: int
    root: bytes
    at: datetime


@dataclass(frozen=True)
class Inclusion:
    """The proof of one leaf under the tree of `size` leaves. `path` runs from the leaf to the root."""

    index: int
    size: int
    leaf: bytes
    path: list[bytes]


@dataclass(frozen=True)
class EntryProof:
    """All that one side of a transfer needs to check its own entry; the other side stays closed."""

    entry: int
    side: str
    opening: Opening
    inclusion: Inclusion
    note: str


@dataclass(frozen=True)
class Lag:
    """How far the seal is behind the journal. `oldest_seconds` is 0 when nothing waits."""

    unsealed: int
    oldest_seconds: float
