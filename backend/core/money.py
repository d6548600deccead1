"""Money is integer fen; these are its words for people."""


def yuan(fen: int) -> str:
    """`1050` → `10.50`, `1000` → `10`: the shortest exact form in yuan."""
    sign, fen = ("-" if fen < 0 else ""), abs(fen)
    whole, rest = divmod(fen, 100)
    return f"{sign}{whole}.{rest:02d}" if rest else f"{sign}{whole}"
