"""The vectors of our own corpus and of the questions in `knowledge/asked/`: a first start need not compute them.

One signed byte a dimension: the cosine of two texts moves by less than 0.001. They belong to an embedding model; beside
any other, and for what is not among them, the build computes its own. A question is named by its text, a passage by its
content hash.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from knowledge.retrieval.embedder import NAME
from knowledge.types import Vector

FILE = Path(__file__).resolve().parent / "shipped.npz"
_ID_BYTES = 8  # of the SHA-256 of a name
_STEPS = 127


def vectors_of(names: list[str], engine: str) -> dict[str, Vector]:
    """The vectors that are shipped under these names for this embedding engine."""
    if engine != NAME or not FILE.exists():
        return {}
    kept = np.load(FILE)
    rows, vectors = {bytes(name): row for row, name in enumerate(kept["ids"])}, kept["vectors"]
    found = {name: rows[_id(name)] for name in names if _id(name) in rows}
    return {name: _whole(vectors[row]) for name, row in found.items()}


def keep(vectors: Mapping[str, Vector]) -> None:
    """Write all vectors by name, in the place of those that were shipped before."""
    rows = np.stack(list(vectors.values()))
    scale = _STEPS / np.abs(rows).max(axis=1, keepdims=True)
    ids = np.array([np.frombuffer(_id(name), dtype=np.uint8) for name in vectors])
    np.savez_compressed(FILE, ids=ids, vectors=np.rint(rows * scale).astype(np.int8))


def _id(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()[:_ID_BYTES]


def _whole(row: np.typing.NDArray[np.int8]) -> Vector:
    """A unit vector again: the scale of a row is lost, and not needed."""
    vector = row.astype(np.float32)
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)
