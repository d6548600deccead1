"""Funding shares: every fen has exactly one payer."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.rules import split_shares

NAMES = ("government", "mall", "partner", "shop")


@st.composite
def shares(draw: st.DrawFn) -> dict[str, int]:
    cuts = sorted(draw(st.lists(st.integers(0, 10_000), min_size=3, max_size=3)))
    return dict(zip(NAMES, (b - a for a, b in zip([0, *cuts], [*cuts, 10_000], strict=True)), strict=True))


@given(st.integers(0, 10**12), shares())
def test_parts_add_up_and_are_within_a_fen_of_the_exact_share(amount: int, of: dict[str, int]) -> None:
    parts = split_shares(amount, of)
    assert sum(parts.values()) == amount
    for payer, share in of.items():
        assert abs(Fraction(amount * share, 10_000) - parts[payer]) < 1
        assert parts[payer] >= 0


@given(st.integers(0, 10**12), shares())
def test_no_other_rounding_is_fairer(amount: int, of: dict[str, int]) -> None:
    """Whoever was rounded up had at least the remainder of whoever was rounded down."""
    parts = split_shares(amount, of)
    remainder = {payer: amount * share % 10_000 for payer, share in of.items()}
    up = [remainder[payer] for payer, share in of.items() if parts[payer] > amount * share // 10_000]
    down = [remainder[payer] for payer, share in of.items() if parts[payer] == amount * share // 10_000]
    assert not up or not down or min(up) >= max(down)


@given(st.integers(0, 10**9), shares())
def test_a_return_splits_as_the_payment_did(amount: int, of: dict[str, int]) -> None:
    assert split_shares(-amount, of) == {payer: -part for payer, part in split_shares(amount, of).items()}


@given(st.integers(0, 10**9), shares())
def test_the_order_of_the_payers_does_not_matter(amount: int, of: dict[str, int]) -> None:
    assert split_shares(amount, dict(reversed(of.items()))) == split_shares(amount, of)


def test_an_example() -> None:
    assert split_shares(100, {"government": 3334, "mall": 3333, "shop": 3333}) == {
        "government": 34,
        "mall": 33,
        "shop": 33,
    }


@pytest.mark.parametrize("wrong", [{}, {"mall": 9_999}, {"mall": 10_001}, {"mall": 10_001, "shop": -1}])
def test_shares_that_do_not_add_up(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="do not add up"):
        split_shares(100, wrong)
