"""The Merkle tree of RFC 6962, section 2: hashing, growth, and proofs made and checked.

Nothing here reads storage. Proofs are first planned as spans of leaves; whoever has the nodes fills in the hashes.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256

from backend.seal.errors import BrokenProof
from backend.seal.types import Node, Span

EMPTY_ROOT = sha256(b"").digest()
# Complete subtrees are kept at every eighth level: 1/255 of the leaves' number, and a proof reads at most 256
# hashes at each kept level instead of one at each level.
KEPT_LEVELS = 8
HASH_BYTES = 32


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def folded(peaks: Sequence[bytes]) -> bytes:
    """The root over adjacent subtrees given from left to right, each smaller than the one before it."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


class Frontier:
    """The right edge of a growing tree: one hash for each binary digit of its size, so growth rereads nothing."""

    def __init__(self, size: int = 0, peaks: bytes = b"") -> None:
        """Continues a tree of `size` leaves whose edge `peaks` is as `packed` gave it. ValueError if they differ."""
        if len(peaks) != HASH_BYTES * size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} peaks, not {len(peaks) / HASH_BYTES}")
        self.size = size
        self._peaks = [peaks[at : at + HASH_BYTES] for at in range(0, len(peaks), HASH_BYTES)]

    def append(self, leaf: bytes) -> list[tuple[Node, bytes]]:
        """Grows the tree by one leaf; returns the subtrees of kept levels that it completed, smallest first."""
        level, index, subtree, kept = 0, self.size, leaf, []
        while index & 1:
            subtree = sha256(b"\x01" + self._peaks.pop() + subtree).digest()
            level, index = level + 1, index >> 1
            if level % KEPT_LEVELS == 0:
                kept.append((Node(level, index), subtree))
        self._peaks.append(subtree)
        self.size += 1
        return kept

    def root(self) -> bytes:
        return folded(self._peaks)

    def packed(self) -> bytes:
        """The peaks from left to right, 32 bytes each."""
        return b"".join(self._peaks)


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The subtrees whose roots are the audit path of leaf `index` in a tree of `size`, from the leaf upwards."""
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} among {size}")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(Span(middle, end))
            end = middle
        else:
            path.append(Span(start, middle))
            start = middle
    return path[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """The subtrees whose roots prove that the tree of `old` leaves is the beginning of the tree of `new`."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} leaves did not grow out of {old}")
    if old in (0, new):
        return []
    start, end, path = 0, new, []
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(Span(middle, end))
            end = middle
        else:
            path.append(Span(start, middle))
            start = middle
    if start:  # the old tree is not one complete subtree, so its last part must be shown
        path.append(Span(start, end))
    return path[::-1]


def complete_nodes(span: Span) -> Iterator[Node]:
    """The complete subtrees that make up a span, from left to right. A span of a plan begins on its own boundary."""
    start = span.start
    while start < span.end:
        level = (span.end - start).bit_length() - 1
        yield Node(level, start >> level)
        start += 1 << level


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that the audit path leads to (RFC 9162, 2.1.3.2). Raises BrokenProof when its length is wrong."""
    if not 0 <= index < size:
        raise BrokenProof(f"there is no leaf {index} among {size}")
    place, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise BrokenProof("the path is too long")
        if place & 1 or place == last:
            root = node_hash(sibling, root)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise BrokenProof("the path is too short")
    return root


def check_consistency(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> None:
    """Raises BrokenProof unless `path` proves that the old tree is the new one's beginning (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new:
        raise BrokenProof(f"a tree of {new} leaves did not grow out of {old}")
    if old in (0, new):
        known = EMPTY_ROOT if old == 0 else new_root
        if path or old_root != known:
            raise BrokenProof("the roots differ" if not path else "the path is too long")
        return
    if _edges(old, old_root, new, path) != (old_root, new_root):
        raise BrokenProof("the path leads to other roots")


def _edges(old: int, old_root: bytes, new: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Both roots as the path gives them. A whole power of two is its own first node, which the path leaves out."""
    nodes = list(path) if old & (old - 1) else [old_root, *path]
    if not nodes:
        raise BrokenProof("the path is too short")
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            raise BrokenProof("the path is too long")
        if place & 1 or place == last:
            before, after = node_hash(node, before), node_hash(node, after)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, node)
        place, last = place >> 1, last >> 1
    if last:
        raise BrokenProof("the path is too short")
    return before, after


def _split(width: int) -> int:
    """The largest power of two below `width`."""
    return 1 << (width - 1).bit_length() - 1
