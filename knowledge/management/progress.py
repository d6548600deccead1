"""The progress bar of long builds, on stderr so that stdout stays data."""

import sys
from collections.abc import Iterable

from tqdm import tqdm

from knowledge.types import Vector


def bar(vectors: Iterable[Vector], total: int) -> Iterable[Vector]:
    shown: Iterable[Vector] = tqdm(vectors, total=total, desc="embedding", unit="passage", file=sys.stderr)
    return shown
