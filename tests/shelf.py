"""The real corpus, indexed once a session, for tests that ask it; a quick stand-in for tests of the machinery.

Test modules say `pytest_plugins = ["tests.shelf"]`.
"""

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.db import transaction

from knowledge import queries, services
from knowledge.ingestion.sources import read_corpus
from knowledge.retrieval import embedder as embedding
from knowledge.retrieval import index
from knowledge.services import Prepared
from knowledge.types import Vector
from tests.factories import NOON


@pytest.fixture(scope="session")
def _index_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of the session's own for Chroma, so that tests never touch a developer's data."""
    before, settings.DATA_DIR = settings.DATA_DIR, tmp_path_factory.mktemp("data")
    index.forget()
    yield settings.DATA_DIR
    index.forget()
    settings.DATA_DIR = before


@pytest.fixture(scope="session")
def _prepared(_index_folder: Path, django_db_setup: None, django_db_blocker: Any) -> Prepared:
    """The corpus parsed and indexed; its vectors are shipped."""
    sources = read_corpus()
    with django_db_blocker.unblock():
        prepared, _ = services.prepare(
            sources=sources, fingerprint=services.fingerprint_of(sources), progress=lambda vectors, _: vectors
        )
    return prepared


@pytest.fixture
def shelf(_prepared: Prepared, db: None) -> None:
    """The real corpus, active in this test's database."""
    queries.forget()
    with transaction.atomic():
        services.activate(prepared=_prepared, by="test", now=NOON)


@pytest.fixture
def shelf_in_life(_prepared: Prepared, transactional_db: None) -> None:
    """The same, committed: for doors that answer in other threads."""
    queries.forget()
    with transaction.atomic():
        services.activate(prepared=_prepared, by="test", now=NOON)


@pytest.fixture
def shelf_of_its_own(shelf_in_life: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same with a copy of the index, for tests that build versions and have old ones forgotten."""
    index.forget()
    shutil.copytree(settings.DATA_DIR / "chroma", tmp_path / "chroma")
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    yield
    index.forget()
    queries.forget()


class WordVectors:
    """An embedder without a model: the same text gives the same vector. Counts what it embeds."""

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def query(self, text: str) -> Vector:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        vector = np.random.default_rng(seed).normal(size=384).astype(np.float32)
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)

    def passages(self, texts: Iterable[str]) -> Iterator[Vector]:
        for text in texts:
            self.embedded.append(text)
            yield self.query(text)

    def questions(self, texts: Iterable[str]) -> Iterator[Vector]:
        return self.passages(texts)


@pytest.fixture
def word_vectors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WordVectors]:
    """The machinery with a stand-in for the model and an index folder of its own."""
    engine = WordVectors()
    monkeypatch.setattr(embedding, "embedder", lambda: engine)
    monkeypatch.setattr("knowledge.retrieval.retriever.embedder", lambda: engine)
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    index.forget()
    queries.forget()
    yield engine
    index.forget()
    queries.forget()
