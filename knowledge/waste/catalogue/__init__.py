"""The catalogue as files, by material and by room, so that an operator can read and extend it without code.

Columns: `rules.parsing.COLUMNS`. One line is one thing in one condition. Categories are the contract's,
`source` says who rules (bureau: the city's own answer; usual: what sorting guides of cities have in common;
ours: placed by us within the national frame), `cities_differ` that the next city may rule otherwise.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from knowledge import lexicon
from knowledge.waste.rules.finding import Index
from knowledge.waste.rules.guessing import Calibration, Guesser
from knowledge.waste.rules.parsing import parse_advice, parse_english, parse_entries, parse_pairs
from knowledge.waste.types import Advice, Category, Condition, Entry

_FOLDER = Path(__file__).resolve().parent
_ITEMS = _FOLDER / "items"
FIRST = "chongqing.tsv"  # read first: where two files name the same thing, the city's own ruling stands


@cache
def entries() -> tuple[Entry, ...]:
    """Every line, Chongqing's own rulings first."""
    files = sorted(_ITEMS.glob("*.tsv"), key=lambda file: (file.name != FIRST, file.name))
    return tuple(entry for file in files for entry in parse_entries(file.read_text(encoding="utf-8")))


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
    """Trained at the first unknown thing, a fraction of a second."""
    return Guesser(examples())


@cache
def calibration() -> Calibration:
    """The curve that `manage.py calibrate_sorting` wrote."""
    rows = [line.split("\t") for line in _read("calibration.tsv").splitlines() if not line.startswith("#")]
    (threshold,) = (float(value) for name, value in rows if name == "threshold")
    points = [(float(edge), float(right)) for edge, right in rows if edge != "threshold"]
    return Calibration(tuple(edge for edge, _ in points), tuple(right for _, right in points), threshold)


def write_calibration(curve: Calibration) -> Path:
    """Store a curve beside the catalogue that it belongs to."""
    lines = ["# score of the guesser <TAB> share of right guesses in cross-validation; made by calibrate_sorting"]
    lines += [f"{edge}\t{right}" for edge, right in zip(curve.edges, curve.right, strict=True)]
    file = _FOLDER / "calibration.tsv"
    file.write_text("\n".join([*lines, f"threshold\t{curve.threshold}"]) + "\n", encoding="utf-8")
    return file


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
