"""The tree against the reference vectors of Certificate Transparency, and against RFC 6962 read word for word."""

from collections.abc import Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backend.seal import rules
from backend.seal.errors import BrokenProof
from backend.seal.types import Node, Span

# The vectors of the reference implementation (github.com/transparency-dev/merkle, proof/verify_test.go).
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSIONS = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCIES = {
    (1, 1): [],
    (1, 8): INCLUSIONS[0, 8],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
    (6, 7): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
REFERENCE = [rules.leaf_hash(bytes.fromhex(text)) for text in INPUTS]


# -- RFC 6962, section 2.1, as it is written ---------------------------------------------------------------------------


def split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def mth(d: Sequence[bytes]) -> bytes:
    if not d:
        return rules.EMPTY_ROOT
    if len(d) == 1:
        return d[0]
    k = split(len(d))
    return rules.node_hash(mth(d[:k]), mth(d[k:]))


def path(m: int, d: Sequence[bytes]) -> list[bytes]:
    if len(d) == 1:
        return []
    k = split(len(d))
    return [*path(m, d[:k]), mth(d[k:])] if m < k else [*path(m - k, d[k:]), mth(d[:k])]


def subproof(m: int, d: Sequence[bytes], whole: bool) -> list[bytes]:
    if m == len(d):
        return [] if whole else [mth(d)]
    k = split(len(d))
    if m <= k:
        return [*subproof(m, d[:k], whole), mth(d[k:])]
    return [*subproof(m - k, d[k:], False), mth(d[:k])]


# -- helpers ----------------------------------------------------------------------------------------------------------


def leaves(size: int) -> list[bytes]:
    return [rules.leaf_hash(b"%d" % number) for number in range(size)]


def filled(spans: Sequence[Span], hashes: Sequence[bytes]) -> list[bytes]:
    return [
        rules.folded([mth(hashes[node.index << node.level : (node.index + 1) << node.level]) for node in nodes])
        for nodes in (list(rules.complete_nodes(span)) for span in spans)
    ]


def grown(hashes: Sequence[bytes]) -> rules.Frontier:
    frontier = rules.Frontier()
    for leaf in hashes:
        frontier.append(leaf)
    return frontier


def flipped(hashes: Sequence[bytes], at: int) -> list[bytes]:
    return [*hashes[:at], bytes([hashes[at][0] ^ 8]) + hashes[at][1:], *hashes[at + 1 :]]


SIZES = st.integers(0, 700)


# -- the reference vectors ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", range(9))
def test_roots_are_the_references(size: int) -> None:
    assert grown(REFERENCE[:size]).root().hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), INCLUSIONS)
def test_audit_paths_are_the_references(index: int, size: int) -> None:
    made = filled(rules.inclusion_spans(index, size), REFERENCE)
    assert [each.hex() for each in made] == INCLUSIONS[index, size]
    assert rules.root_from_inclusion(REFERENCE[index], index, size, made).hex() == ROOTS[size]


@pytest.mark.parametrize(("old", "new"), CONSISTENCIES)
def test_consistency_proofs_are_the_references(old: int, new: int) -> None:
    made = filled(rules.consistency_spans(old, new), REFERENCE)
    assert [each.hex() for each in made] == CONSISTENCIES[old, new]
    rules.check_consistency(old, bytes.fromhex(ROOTS[old]), new, bytes.fromhex(ROOTS[new]), made)


# -- any tree ---------------------------------------------------------------------------------------------------------


@given(size=SIZES, cut=SIZES)
def test_growth_in_pieces_is_growth_at_once(size: int, cut: int) -> None:
    hashes = leaves(size)
    first = grown(hashes[:cut])
    second = rules.Frontier(first.size, first.packed())
    for leaf in hashes[cut:]:
        second.append(leaf)
    assert second.root() == mth(hashes)
    assert (second.size, second.packed()) == (size, grown(hashes).packed())


@given(size=SIZES)
def test_kept_nodes_are_complete_subtrees_each_told_once(size: int) -> None:
    hashes, frontier = leaves(size), rules.Frontier()
    told = [each for leaf in hashes for each in frontier.append(leaf)]
    assert [node for node, _ in told] == [Node(8, index) for index in range(size >> 8)]
    assert [root for _, root in told] == [mth(hashes[index << 8 : (index + 1) << 8]) for index in range(size >> 8)]


@given(size=st.integers(1, 700), data=st.data())
def test_any_leaf_is_proved_and_any_change_breaks_it(size: int, data: st.DataObject) -> None:
    hashes, index = leaves(size), data.draw(st.integers(0, size - 1))
    made, root = filled(rules.inclusion_spans(index, size), hashes), mth(hashes)
    assert made == path(index, hashes)
    assert rules.root_from_inclusion(hashes[index], index, size, made) == root
    assert leads_elsewhere(root, rules.leaf_hash(b"another"), index, size, made)
    assert leads_elsewhere(root, hashes[index], index, size, [*made, root])
    assert not made or leads_elsewhere(root, hashes[index], index, size, made[:-1])
    assert not made or leads_elsewhere(root, hashes[index], index ^ 1, size, made)
    for at in range(len(made)):
        assert leads_elsewhere(root, hashes[index], index, size, flipped(made, at))


def leads_elsewhere(root: bytes, leaf: bytes, index: int, size: int, made: Sequence[bytes]) -> bool:
    try:
        return rules.root_from_inclusion(leaf, index, size, made) != root
    except BrokenProof:
        return True


@given(new=SIZES, data=st.data())
def test_any_growth_is_proved_and_any_change_breaks_it(new: int, data: st.DataObject) -> None:
    hashes, old = leaves(new), data.draw(st.integers(0, new))
    made, before, after = filled(rules.consistency_spans(old, new), hashes), mth(hashes[:old]), mth(hashes)
    assert made == (subproof(old, hashes, True) if old else [])
    rules.check_consistency(old, before, new, after, made)
    for wrong in [[*made, after], made[:-1] if made else [before], *(flipped(made, at) for at in range(len(made)))]:
        with pytest.raises(BrokenProof):
            rules.check_consistency(old, before, new, after, wrong)


@given(new=st.integers(2, 300), data=st.data())
def test_a_rewritten_past_has_no_proof(new: int, data: st.DataObject) -> None:
    """Whoever changed a leaf below the old head cannot show that the old tree is the new one's beginning."""
    old, hashes = data.draw(st.integers(1, new)), leaves(new)
    changed = flipped(hashes, data.draw(st.integers(0, old - 1)))
    with pytest.raises(BrokenProof):
        rules.check_consistency(
            old, mth(hashes[:old]), new, mth(changed), filled(rules.consistency_spans(old, new), changed)
        )


@given(size=st.integers(1, 2**62), data=st.data())
def test_proofs_of_the_largest_trees_are_planned_in_logarithmic_steps(size: int, data: st.DataObject) -> None:
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    assert len(rules.inclusion_spans(index, size)) <= (size - 1).bit_length()
    assert len(rules.consistency_spans(old, size)) <= (size - 1).bit_length() + 1
    assert all(len(list(rules.complete_nodes(span))) <= 62 for span in rules.inclusion_spans(index, size))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 3), (8, 8)])
def test_no_leaf_no_path(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        rules.inclusion_spans(index, size)
    with pytest.raises(BrokenProof, match="no leaf"):
        rules.root_from_inclusion(rules.EMPTY_ROOT, index, size, [])


@pytest.mark.parametrize(("old", "new"), [(2, 1), (1, 0), (-1, 4)])
def test_a_tree_never_shrinks(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="did not grow"):
        rules.consistency_spans(old, new)
    with pytest.raises(BrokenProof, match="did not grow"):
        rules.check_consistency(old, rules.EMPTY_ROOT, new, rules.EMPTY_ROOT, [])


def test_equal_sizes_want_equal_roots() -> None:
    one, other = leaves(2)
    rules.check_consistency(1, one, 1, one, [])
    with pytest.raises(BrokenProof, match="differ"):
        rules.check_consistency(1, one, 1, other, [])
    with pytest.raises(BrokenProof, match="differ"):
        rules.check_consistency(0, one, 5, other, [])


@given(size=st.integers(0, 2**40), peaks=st.integers(0, 60))
def test_an_edge_that_does_not_fit_its_size_is_refused(size: int, peaks: int) -> None:
    assume(peaks != size.bit_count())
    with pytest.raises(ValueError, match="peaks"):
        rules.Frontier(size, b"x" * 32 * peaks)
