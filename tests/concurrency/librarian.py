"""A process of the two-process test: builds, publishes, withdraws or searches as it is told, one JSON line each.

Vectors are made up from the text, so that no model is loaded: the same text has the same vector in both processes.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
os.environ.setdefault("LOG_LEVEL", "CRITICAL")
django.setup()

from django.db import transaction  # noqa: E402

from backend.core import clock  # noqa: E402
from knowledge import queries, services  # noqa: E402
from knowledge.models import Document  # noqa: E402
from knowledge.retrieval import embedder, index, retriever  # noqa: E402
from tests.factories_documents import drafted, step  # noqa: E402
from tests.shelf import WordVectors  # noqa: E402

_vectors = WordVectors()
embedder.embedder = retriever.embedder = lambda: _vectors  # type: ignore[assignment, return-value]


def build(_: str) -> dict[str, Any]:
    return {"version": str(services.build(by="test", now=clock.now()).version)}


def publish(text: str) -> dict[str, Any]:
    """Through the whole life, without the frozen questions."""
    document, now = step(services.check, drafted(text, key="brought-in")), clock.now()
    built, fingerprint = services.try_out(document=document, now=now)
    with transaction.atomic():
        compared = services.Compared(questions=0)
        services.keep_trial(document=document, built=built, fingerprint=fingerprint, compared=compared, now=now)
    return {"id": str(step(services.publish, document).pk)}


def withdraw(document_id: str) -> dict[str, Any]:
    step(services.withdraw, Document.objects.get(pk=document_id), reason="test")
    return {}


def search(question: str) -> dict[str, Any]:
    """What may be said, by which engines; and what the index would give by itself."""
    found = queries.passages_for(question)
    version = queries.active_version()
    assert version is not None
    embedded = f"正文。{question}"  # as a passage is: with its heading
    near = index.nearest(version, _vectors.query(embedded), 5)
    return {
        "said": sorted({hit.passage.document for hit in found.hits}),
        "engines": list(found.engines),
        "indexed": sorted({key.split("#")[0] for key in near}),
    }


VERBS: dict[str, Callable[[str], dict[str, Any]]] = {
    "build": build, "publish": publish, "withdraw": withdraw, "search": search,
}  # fmt: skip

if __name__ == "__main__":
    for line in sys.stdin:
        verb, words = json.loads(line)
        print(json.dumps(VERBS[verb](words)), flush=True)
