"""The vector index: one Chroma collection per knowledge version, built beside the one that serves.

The index is a hint: it returns keys, the database holds the text and the vectors too. A PersistentClient belongs
to one process and does not see what another process wrote after it was opened, so a client is opened anew for
every version; collections never change once they are complete.
"""

import logging
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

import numpy as np
from django.conf import settings

from knowledge.types import Vector

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

NEAREST = 256  # how many neighbours are asked for; the rest count as unrelated
_BATCH = 2048  # Chroma refuses more than 5,461 at once
_opened: "dict[UUID, Collection]" = {}  # what serves, and what is being tried beside it
_lock = threading.Lock()
log = logging.getLogger(__name__)


class IndexAbsent(Exception):
    """Chroma does not answer, or does not hold this version."""


def collection_name(version: UUID) -> str:
    return f"knowledge-{version.hex}"


def _client() -> "ClientAPI":
    import chromadb
    from chromadb.config import Settings

    quiet = Settings(anonymized_telemetry=False)
    if settings.CHROMA_URL:
        url = urlsplit(settings.CHROMA_URL)
        secure = url.scheme == "https"
        port = url.port or (443 if secure else 8000)
        return chromadb.HttpClient(host=url.hostname or "", port=port, ssl=secure, settings=quiet)
    return chromadb.PersistentClient(path=str(settings.DATA_DIR / "chroma"), settings=quiet)


def forget() -> None:
    """Close this process's view of the index; the next search opens it anew."""
    with _lock:
        _opened.clear()
        if not settings.CHROMA_URL:
            from chromadb.api.shared_system_client import SharedSystemClient

            SharedSystemClient.clear_system_cache()


def holds(version: UUID, count: int) -> bool:
    """Whether the index has this version's collection, complete."""
    try:
        return _client().get_collection(collection_name(version), embedding_function=None).count() == count
    except Exception:
        return False


def write(version: UUID, keys: Sequence[str], vectors: Sequence[Vector]) -> None:
    """Build a version's collection; an unfinished one of the same name is thrown away first."""
    client, name = _client(), collection_name(version)
    if name in {collection.name for collection in client.list_collections()}:
        client.delete_collection(name)
    collection = client.create_collection(
        name, embedding_function=None, configuration={"hnsw": {"space": "cosine", "ef_search": NEAREST + 44}}
    )
    for start in range(0, len(keys), _BATCH):
        part = slice(start, start + _BATCH)
        collection.add(ids=list(keys[part]), embeddings=[vector.tolist() for vector in vectors[part]])


def prune(keep: Sequence[UUID]) -> None:
    """Delete the collections of versions that no process serves any more."""
    client, kept = _client(), {collection_name(version) for version in keep}
    for collection in client.list_collections():
        if collection.name.startswith("knowledge-") and collection.name not in kept:
            client.delete_collection(collection.name)


def _open(version: UUID) -> "Collection":
    with _lock:
        if version not in _opened:
            _opened[version] = _client().get_collection(collection_name(version), embedding_function=None)
        return _opened[version]


def nearest(version: UUID, query: Vector, count: int) -> dict[str, float]:
    """Cosine by passage key for the nearest passages; raises IndexAbsent where Chroma cannot serve."""
    try:
        found: Any = _open(version).query(
            query_embeddings=[query.tolist()], n_results=min(NEAREST, count), include=["distances"]
        )
        return {key: 1.0 - distance for key, distance in zip(found["ids"][0], found["distances"][0], strict=True)}
    except Exception as trouble:
        log.warning("The vector index does not answer; using the vectors in the database.", exc_info=True)
        raise IndexAbsent from trouble


def cosines(vectors: Vector, query: Vector) -> Vector:
    """What the index computes, from the vectors in the database: 0.1 ms for a few thousand passages."""
    return np.asarray(vectors @ query, dtype=np.float32)
