"""Reads `asked/`: questions as people ask them, each with the stretch of a document that answers it, or what lacks."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from knowledge.types import Asked, Source

ASKED = Path(__file__).resolve().parent.parent / "asked"


def read_asked(folder: Path = ASKED) -> list[Asked]:
    """All questions of the folder's `*.jsonl`, in the order of the files."""
    lines = (line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines())
    return [_asked(json.loads(line)) for line in lines if line.strip()]


def _asked(row: dict[str, str | None]) -> Asked:
    missing = row.get("missing") or ""
    return Asked(row["question"] or "", (row.get("near") if missing else row["anchor"]) or "", missing)


def about(asked: Iterable[Asked], sources: Sequence[Source]) -> list[Asked]:
    """Those whose anchor stands in the documents: a withdrawn text takes its questions along."""
    texts = [source.text for source in sources]
    standing = {anchor: any(anchor in text for text in texts) for anchor in {one.anchor for one in asked}}
    return [one for one in asked if not one.anchor or standing[one.anchor]]


def digest_of(asked: Iterable[Asked]) -> str:
    """What tells one set of questions from another."""
    lines = (f"{one.question}\t{one.anchor}\t{one.missing}" for one in asked)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
