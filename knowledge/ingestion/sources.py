"""Reads `corpus/`: each text with the provenance file that stands beside it."""

import hashlib
import tomllib
from pathlib import Path

from knowledge.errors import CorpusDamaged
from knowledge.types import Kind, Source

CORPUS = Path(__file__).resolve().parent.parent / "corpus"


def read_corpus(folder: Path = CORPUS) -> list[Source]:
    """All documents, by key; raises CorpusDamaged when a text is not the one its provenance describes."""
    return [read_source(path) for path in sorted(folder.glob("*.provenance.toml"))]


def read_source(provenance: Path) -> Source:
    """One document: `name.provenance.toml` describes the file it names."""
    described = tomllib.loads(provenance.read_text(encoding="utf-8"))
    raw = (provenance.parent / described["file"]).read_bytes()
    digest = hashlib.sha256(raw).hexdigest()
    if digest != described["sha256"]:
        raise CorpusDamaged(file=described["file"], expected=described["sha256"], found=digest)
    return Source(
        key=provenance.name.removesuffix(".provenance.toml"),
        title=described["title"],
        short_title=described["short_title"],
        issuer=described["issuer"],
        issued_on=described["issued_on"],
        kind=Kind(described["kind"]),
        status=described["status"],
        origin=described["origin"],
        sha256=digest,
        text=raw.decode("utf-8"),
    )
