"""The catalogue as files, by material and by room, so that an operator can read and extend it without code.

Columns: `rules.parsing.COLUMNS`. One line is one thing in one condition. Categories are the contract's,
`source` says who rules (bureau: the city's own answer; usual: what sorting guides of cities have in common;
ours: placed by us within the national frame), `cities_differ` that the next city may rule otherwise.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np

from knowledge import lexicon
from knowledge.waste.rules.families import parse_families
from knowledge.waste.rules.finding import Index
from knowledge.waste.rules.guessing import Calibration, Guesser, Weights
from knowledge.waste.rules.parsing import parse_advice, parse_english, parse_entries, parse_pairs
from knowledge.waste.types import Advice, Category, Condition, Entry

_FOLDER = Path(__file__).resolve().parent
_ITEMS = _FOLDER / "items"
_WEIGHTS = "guesser.npz"
_NAMED = ("threshold", "catalogue")
FIRST = "chongqing.tsv"  # read first: where two files name the same thing, the city's own ruling stands


@cache
def entries() -> tuple[Entry, ...]:
    """Every line, Chongqing's own rulings first, then what the families add to them."""
    files = sorted(_ITEMS.glob("*.tsv"), key=lambda file: (file.name != FIRST, file.name))
    listed = [entry for file in files for entry in parse_entries(file.read_text(encoding="utf-8"))]
    return (*listed, *parse_families(_read("families.tsv"), listed))


@cache
def index() -> Index:
    """The catalogue by name; read once a process, on first use."""
    return Index(entries())


@cache
def advice() -> dict[str, Advice]:
    return parse_advice(_read("advice.tsv"))


@cache
def english() -> dict[str, str]:
    """English name → catalogue name."""
    return parse_english(_read("english.tsv"))


@cache
def simplified() -> dict[int, str]:
    """Traditional characters of the field and of names of things, for `str.translate`."""
    return {**lexicon.load().simplified, **parse_pairs(_read("traditional.txt"))}


@cache
def examples() -> tuple[tuple[str, Category], ...]:
    """What the guesser learns from: every name with the ruling that holds when nothing is said of its state."""
    return tuple(
        (name.lower(), entry.category)
        for entry in entries()
        if entry.condition is Condition.ANY and not entry.parts
        for name in entry.names
    )


@cache
def guesser() -> Guesser:
    """What `manage.py calibrate_sorting` learnt; read once a process, on first use."""
    with np.load(_FOLDER / _WEIGHTS, allow_pickle=False) as stored:
        return Guesser(Weights(tuple(stored["pieces"].tobytes().decode().split("\n")), stored["votes"]))


def write_guesser(weights: Weights) -> Path:
    """Store what was learnt beside the catalogue that it was learnt from."""
    file = _FOLDER / _WEIGHTS
    pieces = np.frombuffer("\n".join(weights.pieces).encode(), dtype=np.uint8)
    np.savez_compressed(file, pieces=pieces, votes=weights.votes)
    return file


def digest() -> str:
    """What the guesser learnt from, in twelve characters: tells whether it belongs to this catalogue."""
    told = "\n".join(f"{name}\t{category}" for name, category in sorted(set(examples())))
    return sha256(told.encode()).hexdigest()[:12]


@cache
def calibration() -> Calibration:
    """The curve that `manage.py calibrate_sorting` wrote."""
    rows = _curve()
    points = sorted((float(edge), float(right)) for edge, right in rows.items() if edge not in _NAMED)
    edges, right = zip(*points, strict=True)
    return Calibration(edges, right, float(rows["threshold"]))


def learnt_from() -> str:
    """The `digest` of the catalogue that the stored curve and weights were made from."""
    return _curve()["catalogue"]


def _curve() -> dict[str, str]:
    return dict(line.split("\t") for line in _read("calibration.tsv").splitlines() if not line.startswith("#"))


def write_calibration(curve: Calibration) -> Path:
    """Store a curve beside the catalogue that it belongs to."""
    lines = ["# score of the guesser <TAB> share of right guesses in cross-validation; made by calibrate_sorting"]
    lines += [f"{edge}\t{right}" for edge, right in zip(curve.edges, curve.right, strict=True)]
    file = _FOLDER / "calibration.tsv"
    lines += [f"threshold\t{curve.threshold}", f"catalogue\t{digest()}"]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
