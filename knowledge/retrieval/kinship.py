"""What a question sounds like, heard from its vector alone: one for these documents, and one that they answer.

Two linear ears: words that no document and no list knows still lie near the ones that do, and a question for a
telephone or a price sounds alike whatever it is about. Fitted by `manage.py calibrate_answers`; they belong to an
embedding model and stay silent beside any other.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np

from knowledge.retrieval.embedder import NAME
from knowledge.types import Vector

FILE = Path(__file__).resolve().parent / "kinship.json"


@cache
def _ears() -> dict[str, tuple[Vector, float]]:
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    if kept["embedder"] != NAME:
        return {}
    ears = kept["ears"].items()
    return {name: (np.asarray(ear["weights"], dtype=np.float32), float(ear["bias"])) for name, ear in ears}


def kinship(question: Vector) -> float:
    """Log-odds that a question is one for these documents; 0 says nothing either way."""
    return _heard("kinship", question)


def told(question: Vector) -> float:
    """Log-odds that the like of a question is answered in these documents; 0 says nothing either way."""
    return _heard("told", question)


def _heard(name: str, question: Vector) -> float:
    ear = _ears().get(name)
    return 0.0 if ear is None else float(ear[0] @ question + ear[1])


def keep(**ears: tuple[Vector, float]) -> None:
    """Write newly fitted ears by name; processes that run hear with them after a restart."""
    kept = {name: {"bias": round(bias, 3), "weights": _rounded(weights)} for name, (weights, bias) in ears.items()}
    FILE.write_text(json.dumps({"embedder": NAME, "ears": kept}) + "\n", encoding="utf-8")
    _ears.cache_clear()


def _rounded(weights: Vector) -> list[float]:
    return [round(float(weight), 2) for weight in weights]
