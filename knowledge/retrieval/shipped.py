"""The vectors of the questions in `knowledge/asked/`, computed once by us: a first start need not wait for them.

One signed byte a dimension: the cosine of two questions moves by less than 0.001. They belong to an embedding model;
beside any other, and for questions that are not among them, the build computes its own.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from knowledge.retrieval.embedder import NAME
from knowledge.types import Vector

FILE = Path(__file__).resolve().parent / "shipped.npz"
_ID_BYTES = 8  # of the SHA-256 of a question
_STEPS = 127


def vectors_of(questions: list[str], engine: str) -> dict[str, Vector]:
    """The vectors that are shipped for these questions and this embedding engine."""
    if engine != NAME or not FILE.exists():
        return {}
    kept = np.load(FILE)
    rows, vectors = {bytes(name): row for row, name in enumerate(kept["ids"])}, kept["vectors"]
    found = {question: rows[_id(question)] for question in questions if _id(question) in rows}
    return {question: _whole(vectors[row]) for question, row in found.items()}


def keep(vectors: Mapping[str, Vector]) -> None:
    """Write the vectors of all questions, by question, in the place of those that were shipped before."""
    rows = np.stack(list(vectors.values()))
    scale = _STEPS / np.abs(rows).max(axis=1, keepdims=True)
    ids = np.array([np.frombuffer(_id(question), dtype=np.uint8) for question in vectors])
    np.savez_compressed(FILE, ids=ids, vectors=np.rint(rows * scale).astype(np.int8))


def _id(question: str) -> bytes:
    return hashlib.sha256(question.encode()).digest()[:_ID_BYTES]


def _whole(row: np.typing.NDArray[np.int8]) -> Vector:
    """A unit vector again: the scale of a row is lost, and not needed."""
    vector = row.astype(np.float32)
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)
