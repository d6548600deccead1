"""Who pays how much of an amount, to the fen."""

from collections.abc import Mapping
from typing import TypeVar

WHOLE_BP = 10_000
Payer = TypeVar("Payer", bound=str)


def split_shares(amount_fen: int, shares: Mapping[Payer, int]) -> dict[Payer, int]:
    """`amount_fen` among payers by basis points, by the largest remainder; the parts add up to it exactly.

    Each part is the exact share rounded down or up. Fen that remain go to the largest remainders, a tie to the payer
    whose name comes first, so that whoever computes it again gets the same. A negative amount (a return) splits as its
    positive does. Raises ValueError for shares that do not add up to 10,000 or are negative.
    """
    if sum(shares.values()) != WHOLE_BP or min(shares.values(), default=-1) < 0:
        raise ValueError(f"shares do not add up to {WHOLE_BP}: {dict(shares)}")
    sign, amount = (-1, -amount_fen) if amount_fen < 0 else (1, amount_fen)
    parts = {payer: amount * share // WHOLE_BP for payer, share in shares.items()}
    by_remainder = sorted(shares, key=lambda payer: (-(amount * shares[payer] % WHOLE_BP), payer))
    for payer in by_remainder[: amount - sum(parts.values())]:
        parts[payer] += 1
    return {payer: sign * part for payer, part in parts.items()}
